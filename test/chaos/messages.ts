import type { CallRecord } from '../faults/call-log.js';

/** What an application is started with. */
export interface ApplicationInit {
  readonly name: string;
  readonly seed: number;
  readonly url: string;
  readonly commandTimeoutMs: number;
  /** What callers were told goes there, a line of JSON a call. Times are milliseconds since 1970. */
  readonly historyFile: string;
}

/** From the walk to an application. */
export type Order = 'recover' | 'finish' | 'exit';

/** From an application to the walk. */
export type Report =
  | { readonly kind: 'started' }
  /** From the order until every connection did its work again; `null` when one did not. */
  | { readonly kind: 'recovered'; readonly afterMs: number | null }
  /** Everything has ended and is closed. */
  | { readonly kind: 'finished'; readonly calls: number; readonly problems: readonly string[] };

export type HistoryLine = CallRecord & { readonly application: string };
