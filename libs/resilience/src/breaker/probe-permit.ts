import type { Clock } from '../clock/clock.js';
import type { CircuitPermit } from './circuit-permit.js';

/** How a probe ended. */
export type ProbeOutcome =
  | { readonly kind: 'success'; readonly durationMs: number; readonly now: number }
  | { readonly kind: 'failure'; readonly now: number }
  | { readonly kind: 'ignored' };

/** The permit of one probe. */
export class ProbePermit implements CircuitPermit {
  constructor(
    private readonly clock: Clock,
    /** From this moment on the probe counts as hung. */
    readonly deadlineAt: number,
    private readonly onEnd: (probe: ProbePermit, outcome: ProbeOutcome) => void,
  ) {}

  success(durationMs: number, now = this.clock.now()): void {
    this.onEnd(this, { kind: 'success', durationMs, now });
  }

  failure(now = this.clock.now()): void {
    this.onEnd(this, { kind: 'failure', now });
  }

  ignore(): void {
    this.onEnd(this, { kind: 'ignored' });
  }
}
