import { Cached, CacheEvict, cacheChannels, type CacheOperationEvent } from '@holdfast/cache';
import { RedisServer, waitFor } from '@holdfast/testing';
import { Controller, Get, Injectable, Logger, Param, Post, Scope } from '@nestjs/common';
import { CachedApplication } from './cached-application.js';

interface Item {
  readonly id: number;
  readonly call: number;
}

@Injectable()
class ItemService {
  calls = 0;

  @Cached({ key: 'item:{0}', ttlMs: 60_000, tags: ['items', 'owner:{1.name}'] })
  async item(id: number, _owner: { name: string }): Promise<Item> {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return { id, call: ++this.calls };
  }

  @Cached({ key: (page: number, size: number) => `items:${page}:${size}`, tags: () => ['items'] })
  async items(page: number, size: number): Promise<Item[]> {
    return [{ id: page * size, call: ++this.calls }];
  }

  @CacheEvict({ keys: ['item:{0}'] })
  async change(_id: number): Promise<string> {
    return 'changed';
  }

  @CacheEvict({ tags: (name: string) => [`owner:${name}`] })
  async fail(name: string): Promise<never> {
    throw new Error(`no ${name}`);
  }

  @Cached({ key: 'pair:{0}:{1}' })
  async pair(a: unknown, b: unknown): Promise<unknown[]> {
    return [a, b];
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientService extends ItemService {
  @Cached({ key: 'transient' })
  async own(): Promise<number> {
    return ++this.calls;
  }
}

@Controller('decorated')
class DecoratedController {
  @Cached({ key: 'decorated:{0}' })
  @Get(':id')
  async above(@Param('id') id: string): Promise<Item> {
    return { id: Number(id), call: Math.random() };
  }

  @Post(':id')
  @CacheEvict({ keys: ['decorated:{0}'] })
  async below(@Param('id') _id: string): Promise<Item> {
    return { id: 0, call: 0 };
  }
}

describe('C1: @Cached and @CacheEvict', () => {
  let server: RedisServer;
  let app: CachedApplication;
  let items: ItemService;

  beforeAll(async () => {
    server = await RedisServer.start();
    app = await CachedApplication.start({ url: server.url, appName: 'test' }, { isGlobal: true }, [ItemService, TransientService], [DecoratedController]);
    await app.redis.connect();
    items = app.app.get(ItemService);
  }); // prettier-ignore
  afterAll(async () => {
    await app.close();
    await server.stop();
  });
  beforeEach(() => app.cache.clear());

  it('caches what a method gives, by template and by function', async () => {
    const [first, second] = await Promise.all([
      items.item(1, { name: 'ann' }),
      items.item(1, { name: 'ann' }),
    ]);
    expect(second).toEqual(first);
    expect(await items.item(2, { name: 'ann' })).not.toEqual(first);
    const page = await items.items(1, 10);
    expect(await items.items(1, 10)).toEqual(page);
    await waitFor(async () => (await app.cache.get('items:1:10')) !== undefined);
  });

  it('evicts keys and tags when a method has ended, also when it failed', async () => {
    const first = await items.item(1, { name: 'ann' });
    const other = await items.item(2, { name: 'bob' });
    expect(await items.change(1)).toBe('changed');
    expect(await items.item(1, { name: 'ann' })).not.toEqual(first);
    expect(await items.item(2, { name: 'bob' })).toEqual(other);
    await expect(items.fail('bob')).rejects.toThrow('no bob');
    expect(await items.item(2, { name: 'bob' })).not.toEqual(other);
  });

  it('makes different keys of different arguments', async () => {
    expect(await items.pair('a:b', 'c')).toEqual(['a:b', 'c']);
    expect(await items.pair('a', 'b:c')).toEqual(['a', 'b:c']);
    for (const odd of [undefined, null, {}, Symbol('x')]) {
      await expect(items.pair(odd, 1)).rejects.toMatchObject({ code: 'CACHE_INVALID_KEY' });
    }
  });

  it('works on controllers, above and below @Get, and on transient and derived providers', async () => {
    const first = await app.get('decorated/7');
    expect((await app.get('decorated/7')).body).toEqual(first.body);
    await app.post('decorated/7');
    expect((await app.get('decorated/7')).body).not.toEqual(first.body);
    const transient = await app.app.resolve(TransientService);
    expect([await transient.own(), await transient.own()]).toEqual([1, 1]);
    await transient.item(1, { name: 'ann' });
  });

  it('says so where there is no cache', async () => {
    await expect(new ItemService().item(1, { name: 'x' })).rejects.toThrow('providers of Nest');
  });

  it('an eviction that fails is logged, and the method has done its work', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const own = await RedisServer.start();
    const off = await CachedApplication.start({ url: own.url, appName: 'test', fallback: 'off' }, { isGlobal: true }, [ItemService]); // prettier-ignore
    await own.stop();
    expect(await off.app.get(ItemService).change(1)).toBe('changed');
    expect(error).toHaveBeenCalledWith('event=evict-failed', expect.anything());
    error.mockRestore();
    await off.close();
  });

  it('tells of every operation on a diagnostics channel, without keys', async () => {
    const events: CacheOperationEvent[] = [];
    const listen = (event: unknown): void => void events.push(event as CacheOperationEvent);
    cacheChannels.operation.subscribe(listen);
    await app.cache.get('k');
    await app.cache.getOrSet('k', () => 1);
    // The flight has landed: the value is kept, the lock given up.
    await waitFor(async () => (await server.command('EXISTS', 'cache:entry:k', 'cache:lock:k')) === 1);
    await app.manager.get('k');
    await app.cache.getOrSet('k', () => 1);
    await app.cache.getOrSet('f', () => Promise.reject(new Error('x'))).catch(() => undefined);
    await app.manager.set('k', 2);
    await app.cache.delete('k');
    await app.cache.invalidateTags('t');
    cacheChannels.operation.unsubscribe(listen);
    expect(events.map(({ operation, result, source }) => [operation, result, source])).toEqual([
      ['get', 'miss', undefined],
      ['getOrSet', 'factory', 'factory'],
      ['get', 'hit', 'redis'],
      ['getOrSet', 'hit', 'redis'],
      ['getOrSet', 'error', undefined],
      ['set', 'done', undefined],
      ['delete', 'done', undefined],
      ['invalidateTags', 'done', undefined],
    ]);
    for (const event of events)
      expect(event).toMatchObject({ cache: 'cache', durationMs: expect.any(Number) });
  });
});
