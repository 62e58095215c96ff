import { ListenerList, type Listener } from '../events/listener-list.js';
import {
  resolveCircuitBreakerOptions,
  type CircuitBreakerOptions,
  type ResolvedCircuitBreakerOptions,
} from './circuit-breaker.options.js';
import { CircuitOpenError } from './circuit-open.error.js';
import type { CircuitPermit } from './circuit-permit.js';
import type { CircuitChangeReason, CircuitState, CircuitStateChange } from './circuit-state.js';
import { ClosedPermit } from './closed-permit.js';
import { ProbePermit, type ProbeOutcome } from './probe-permit.js';

/**
 * Refuses calls at once while the other side is known to be failing, and finds out when it is back.
 *
 * It sets no timers: what is due by time (the end of the open time, a probe that hangs) takes place at the
 * next {@link tryAcquire} or {@link reportProbe}. There is nothing to dispose of.
 */
export class CircuitBreaker {
  private readonly options: ResolvedCircuitBreakerOptions;
  private readonly changes = new ListenerList<CircuitStateChange>();
  private current: CircuitState = { kind: 'closed' };
  private closedPermit: ClosedPermit | undefined;
  private readonly probes = new Set<ProbePermit>();
  private probeSuccesses = 0;
  private reopenings = 0;

  /** @throws TypeError | RangeError when an option is not in its range */
  constructor(options: CircuitBreakerOptions = {}) {
    this.options = resolveCircuitBreakerOptions(options);
    this.closedPermit = this.newClosedPermit();
  }

  /** The state as of the last call or report. Looking at it changes nothing. */
  get state(): CircuitState {
    return this.current.kind === 'half-open' ? { kind: 'half-open', probes: this.probes.size } : this.current;
  }

  /** Calls the listener at each change to another kind of state; returns a function that removes it. */
  onStateChange(listener: Listener<CircuitStateChange>): () => void {
    return this.changes.add(listener);
  }

  /**
   * Asks to make a call. With a permit the call may be made and the permit must be settled when it has
   * ended; undefined means that the call is refused.
   */
  tryAcquire(): CircuitPermit | undefined {
    return this.closedPermit ?? this.tryAcquireProbe();
  }

  /**
   * Makes a call under the breaker's eyes. It is observed, not limited: time-outs are the caller's.
   *
   * @throws CircuitOpenError (as a rejection) when the call is refused; `call` has not been invoked then
   */
  async execute<T>(call: () => T | PromiseLike<T>): Promise<T> {
    const permit = this.tryAcquire();
    if (!permit) throw new CircuitOpenError(this.state);
    const { clock, isFailure, isIgnored } = this.options;
    const startedAt = clock.now();
    try {
      const result = await call();
      const now = clock.now();
      permit.success(now - startedAt, now);
      return result;
    } catch (error) {
      const now = clock.now();
      if (isIgnored(error)) permit.ignore();
      else if (isFailure(error)) permit.failure(now);
      else permit.success(now - startedAt, now);
      throw error;
    }
  }

  /**
   * Tells the result of a probe made by somebody else, such as a heartbeat. Counts only with
   * `probing: 'external'`, while the circuit is open or half-open, and after the open time: what is reported
   * earlier is without effect, so that a heartbeat does not close a circuit the moment it has opened.
   *
   * @param success whether the other side answered
   * @param durationMs how long it took, in milliseconds; an answer that is slow by the trip strategy has failed
   */
  reportProbe(success: boolean, durationMs = 0): void {
    const { clock, probing, trip } = this.options;
    const { current } = this;
    if (probing !== 'external' || (current.kind !== 'open' && current.kind !== 'half-open')) return;
    const now = clock.now();
    if (current.kind === 'open' && now < current.until) return;

    if (success && trip.acceptsProbe(durationMs)) {
      if (current.kind === 'open') this.halfOpen();
      this.countProbeSuccess();
    } else {
      this.reopen(now, 'probe-failed');
    }
  }

  /** Refuses every call until {@link reset}. */
  isolate(): void {
    this.moveTo({ kind: 'isolated' }, 'isolated');
  }

  /** Closes the circuit and forgets all results, whatever the state was. */
  reset(): void {
    this.close('reset');
  }

  private tryAcquireProbe(): CircuitPermit | undefined {
    const { clock, maxProbes, probeTimeoutMs, probing } = this.options;
    if (probing === 'external' || this.current.kind === 'isolated') return undefined;
    const now = clock.now();
    this.failHungProbe(now);
    if (this.current.kind === 'open' && now >= this.current.until) this.halfOpen();
    // A listener may have changed the state meanwhile.
    if (this.current.kind !== 'half-open' || this.probes.size >= maxProbes) return this.closedPermit;
    const probe = new ProbePermit(clock, now + probeTimeoutMs, this.endProbe);
    this.probes.add(probe);
    return probe;
  }

  /** Probes are in the order of their deadlines. The open time starts at the deadline, not when it is noticed. */
  private failHungProbe(now: number): void {
    const [first] = this.probes;
    if (first && now >= first.deadlineAt) this.reopen(first.deadlineAt, 'probe-timed-out');
  }

  private readonly endProbe = (probe: ProbePermit, outcome: ProbeOutcome): void => {
    // Gone from the set: settled before, or of an earlier half-open period.
    if (!this.probes.has(probe)) return;
    if (outcome.kind !== 'ignored' && outcome.now >= probe.deadlineAt) {
      this.reopen(probe.deadlineAt, 'probe-timed-out');
      return;
    }
    this.probes.delete(probe);
    if (outcome.kind === 'ignored') return;
    if (outcome.kind === 'success' && this.options.trip.acceptsProbe(outcome.durationMs))
      this.countProbeSuccess();
    else this.reopen(outcome.now, 'probe-failed');
  };

  private countProbeSuccess(): void {
    // A listener may have changed the state meanwhile.
    if (this.current.kind !== 'half-open') return;
    this.probeSuccesses++;
    if (this.probeSuccesses >= this.options.successesToClose) this.close('probe-succeeded');
  }

  private readonly tripAt = (now: number): void => {
    this.moveTo(this.openSince(now), 'tripped');
  };

  private reopen(at: number, reason: CircuitChangeReason): void {
    this.moveTo(this.openSince(at), reason);
  }

  /** Each call makes the next open time longer. */
  private openSince(at: number): CircuitState {
    return { kind: 'open', until: at + this.options.openTime.delayMs(this.reopenings++) };
  }

  private halfOpen(): void {
    this.moveTo({ kind: 'half-open', probes: 0 }, 'probe-due');
  }

  private close(reason: CircuitChangeReason): void {
    this.reopenings = 0;
    this.options.trip.reset();
    this.moveTo({ kind: 'closed' }, reason);
  }

  /** Listeners hear of it only when it is another kind of state: open for longer is no news. */
  private moveTo(to: CircuitState, reason: CircuitChangeReason): void {
    const from = this.state;
    this.closedPermit?.retire();
    this.closedPermit = to.kind === 'closed' ? this.newClosedPermit() : undefined;
    this.probes.clear();
    this.probeSuccesses = 0;
    this.current = to;
    if (from.kind !== to.kind) this.changes.emit({ from, to, reason });
  }

  private newClosedPermit(): ClosedPermit {
    return new ClosedPermit(this.options.clock, this.options.trip, this.tripAt);
  }
}
