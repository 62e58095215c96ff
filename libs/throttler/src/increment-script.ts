import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { classifyError, RedisTimeoutError } from '@holdfast/redis';
import { Command, type Redis } from 'ioredis';

const text = readFileSync(new URL('./increment.lua', import.meta.url), 'utf8');
const sha = createHash('sha1').update(text).digest('hex');

/** What the script answers. */
export type IncrementReply = readonly [
  totalHits: number,
  windowLeftSeconds: number,
  blocked: 0 | 1,
  blockLeftSeconds: number,
];

/** Keys and arguments, as the head of `increment.lua` names them. */
export interface IncrementCall {
  readonly keys: readonly [record: string, hits: string];
  readonly args: ReadonlyArray<string | number>;
}

/**
 * Runs `increment.lua` by its digest: one round trip. A server that does not have it, because it is new or was
 * told to forget its scripts, is given it once, however many hits find out at the same time.
 */
export class IncrementScript {
  /** The script is on its way to the server. */
  #loading: Promise<unknown> | undefined;

  /**
   * Runs it once. What has not been sent when the time is up never is.
   *
   * @param timeoutMs longest time for all of it, from the call on
   * @throws {RedisTimeoutError} when there is no answer in time; `outcome` is `unknown` when it was sent
   * @throws whatever the connection throws
   */
  run(client: Redis, call: IncrementCall, timeoutMs: number): Promise<IncrementReply> {
    return new Promise<IncrementReply>((resolve, reject) => {
      let command: Command | undefined;
      let expired = false;
      const timer = setTimeout(() => {
        expired = true;
        const error = timedOut(client, timeoutMs);
        command?.reject(error);
        reject(error);
      }, timeoutMs);
      const send = (name: 'evalsha' | 'eval'): Promise<IncrementReply> => {
        const { keyPrefix } = client.options;
        const script = name === 'eval' ? text : sha;
        const options = { replyEncoding: 'utf8', ...(keyPrefix ? { keyPrefix } : {}) } as const;
        command = new Command(name, [script, call.keys.length, ...call.keys, ...call.args], options);
        client.sendCommand(command);
        return command.promise as Promise<IncrementReply>;
      };
      const done = (reply: IncrementReply): void => {
        clearTimeout(timer);
        resolve(reply);
      };
      const failed = (error: unknown): void => {
        clearTimeout(timer);
        reject(error);
      };
      /** NOSCRIPT is the answer to a script that did not begin: sending it again counts nothing twice. */
      const repair = async (): Promise<IncrementReply> => {
        await this.#load(client);
        if (expired) throw new Error('The time is up.');
        return send('evalsha').catch((error: unknown) => {
          // Forgotten again in between: this time the text goes along.
          if (isUnknownScript(error) && !expired) return send('eval');
          throw error;
        });
      };
      send('evalsha').then(done, (error: unknown) => {
        if (isUnknownScript(error) && !expired) repair().then(done, failed);
        else failed(error);
      });
    });
  }

  async #load(client: Redis): Promise<void> {
    this.#loading ??= client.script('LOAD', text).finally(() => (this.#loading = undefined));
    await this.#loading;
  }
}

function isUnknownScript(error: unknown): boolean {
  return classifyError(error).kind === 'NOSCRIPT';
}

function timedOut(client: Redis, timeoutMs: number): RedisTimeoutError {
  const wasSent = client.status === 'ready';
  const connection = client.options.connectionName;
  return new RedisTimeoutError({
    outcome: wasSent ? 'unknown' : 'not-sent',
    ...(connection === undefined || connection === null ? {} : { connection }),
    message: `A hit was not ${wasSent ? 'answered' : 'sent'} within ${timeoutMs} ms (timeoutMs of the throttler's storage).`,
  });
}
