/** What a circuit breaker does with calls. `kind` tells the states apart. */
export type CircuitState =
  /** Calls go through and are counted. */
  | { readonly kind: 'closed' }
  /** Calls are refused at once. `until`: the moment, in the breaker's clock, from which on probes may try. */
  | { readonly kind: 'open'; readonly until: number }
  /** Only probes go through. `probes`: how many of them are under way. */
  | { readonly kind: 'half-open'; readonly probes: number }
  /** Calls are refused until {@link CircuitBreaker.reset}. */
  | { readonly kind: 'isolated' };

export type CircuitStateKind = CircuitState['kind'];

/** Why a circuit changed its state. */
export type CircuitChangeReason =
  'tripped' | 'probe-due' | 'probe-failed' | 'probe-timed-out' | 'probe-succeeded' | 'isolated' | 'reset';

/** A circuit breaker's change from one kind of state to another. */
export interface CircuitStateChange {
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: CircuitChangeReason;
}
