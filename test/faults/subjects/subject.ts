import type { RedisModuleOptions, RedisService } from '@holdfast/redis';
import type { CallLog } from '../call-log.js';
import type { Fault, FaultSite } from '../fault.js';
import type { HistoryOptions, Violation } from '../invariants.js';

/** What a subject is opened with. */
export interface SubjectInit {
  readonly fault: Fault;
  readonly site: FaultSite;
  /** By these the application connects. */
  readonly options: RedisModuleOptions & { commandTimeoutMs: number };
  readonly log: CallLog;
  /** Makes a service that is closed with the cell. */
  service(options: RedisModuleOptions): RedisService;
}

/** Something that speaks to Redis, as one cell of the matrix sees it. */
export interface OpenSubject {
  /** Longest time in ms that one of its calls may take. */
  deadlineMs(op: string): number;
  /** How much later it may be found to be unusable, in ms: the time for which its command blocks. @default 0 */
  readonly foundLaterMs?: number;
  /** What it tells of itself. */
  isUp(): boolean;
  /** Whether it does its work now. Changes nothing that {@link violations} looks at. */
  works(): Promise<boolean>;
  /** One piece of work, with what callers were told of it in the log; never rejects. */
  work(): Promise<void>;
  /** Waits for what is still on its way to Redis when there is no work any more. */
  settle?(): Promise<void>;
  /** The promises that were broken, beside those that hold for every call. */
  violations(history: HistoryOptions): Promise<Violation[]> | Violation[];
}

/** A row of the matrix. A room that comes later adds a file with one. */
export interface Subject {
  readonly name: string;
  /** Rows of the requirements that its cells prove. */
  readonly rows: string;
  open(init: SubjectInit): Promise<OpenSubject>;
}
