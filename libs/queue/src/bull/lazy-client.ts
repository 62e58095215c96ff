import type { Redis } from 'ioredis';

/** What a lazy client carries along, for those who know it. */
export const runtimeKey = Symbol('holdfast.queue.runtime');

export interface LazyClientInit {
  /** Who made it. */
  readonly runtime: object;
  /** Makes the connection; called once, when something is really done with it. */
  make(): Redis;
  /** Makes a connection of its own for somebody who blocks. */
  duplicate(override: object | undefined): Redis;
}

/**
 * Goes through BullMQ and `@nestjs/bullmq` as the `connection` of every queue. It is a connection that is not
 * opened before somebody sends something through it: producers do not, and a process without workers needs none.
 */
export function lazyClient({ runtime, make, duplicate }: LazyClientInit): Redis {
  let made: Redis | undefined;
  const real = (): Redis => (made ??= make());
  const later = (name: 'connect' | 'disconnect') => (): unknown => real()[name]();
  const known: Record<PropertyKey, unknown> = {
    [runtimeKey]: runtime,
    // Asked for by whoever wants to know whether this is a client; nothing is opened for that.
    connect: later('connect'),
    disconnect: later('disconnect'),
    duplicate,
  };
  return new Proxy({} as Redis, {
    get(_, name) {
      if (name in known) return known[name];
      const client = real();
      const value = Reflect.get(client, name, client) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(client) : value;
    },
    set: (_, name, value) => Reflect.set(real(), name, value),
    has: (_, name) => name in known || name in real(),
  });
}
