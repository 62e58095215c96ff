import type { CircuitState } from './circuit-state.js';

/** A circuit breaker refused a call. The call was not made. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
  readonly code = 'CIRCUIT_OPEN';

  /** @param state the state in which the breaker refused the call */
  constructor(readonly state: CircuitState) {
    super(`the call was refused because the circuit is ${state.kind}`);
  }
}
