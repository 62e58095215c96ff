import { randomUUID } from 'node:crypto';
import { accessSync, closeSync, constants, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'; // prettier-ignore
import { dirname } from 'node:path';
import type { AddRequest } from './add-request.js';

/** A job out of the file; its ticket tells whether an earlier run had added it after all. */
export type SavedJob = Omit<AddRequest, 'order'>;

/** Jobs of an earlier run, one a line, as JSON. Written as a whole or not at all. */
export class OutboxFile {
  readonly path: string;

  /** @throws {Error} when the folder is not there or not writable: at start, not when it would be too late */
  constructor(path: string) {
    try {
      accessSync(dirname(path), constants.W_OK);
    } catch (cause) {
      throw new Error(`outbox.file = ${path}: its folder must exist and be writable`, { cause });
    }
    this.path = path;
  }

  /** @returns what the file holds, and how many of its lines make no sense; these are kept beside it */
  read(): { jobs: readonly SavedJob[]; unreadable: number } {
    if (!existsSync(this.path)) return { jobs: [], unreadable: 0 };
    const lines = readFileSync(this.path, 'utf8').split('\n').filter(Boolean);
    const jobs = lines.map(parse).filter((job) => job !== undefined);
    const unreadable = lines.length - jobs.length;
    if (unreadable > 0)
      this.#write(
        `${this.path}.unreadable`,
        lines.filter((line) => !parse(line)),
      );
    return { jobs, unreadable };
  }

  /** Replaces the content, readable by the owner only. */
  write(lines: readonly string[]): void {
    this.#write(this.path, lines);
  }

  /** Everything in it is in Redis. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  #write(path: string, lines: readonly string[]): void {
    const temporary = `${path}.${randomUUID()}.tmp`;
    const file = openSync(temporary, 'wx', 0o600);
    try {
      for (const line of lines) writeSync(file, `${line}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  }
}

function parse(line: string): SavedJob | undefined {
  try {
    const { queue, prefix, id, job, ticket } = JSON.parse(line) as Partial<SavedJob>;
    const complete =
      [queue, prefix, id, job?.name, job?.data, ticket?.key].every((text) => typeof text === 'string') &&
      Number.isInteger(ticket?.bit);
    return complete ? ({ queue, prefix, id, job, ticket } as SavedJob) : undefined;
  } catch {
    return undefined;
  }
}
