import { RedisModule } from '@holdfast/redis';
import { RedisServer } from '@holdfast/testing';
import {
  RedisThrottlerModule,
  type RedisThrottlerModuleOptions,
  type RedisThrottlerOptionsFactory,
  RedisThrottlerStorage,
  RedisThrottlerStorageModule,
} from '@holdfast/throttler';
import { Injectable } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { LimitedApplication } from './limited-application.js';

const throttlers = [{ ttl: 60_000, limit: 2 }];

@Injectable()
class Options implements RedisThrottlerOptionsFactory {
  createRedisThrottlerOptions(): RedisThrottlerModuleOptions {
    return { throttlers, keyPrefix: 'class:' };
  }
}

describe('C3: every form of registration limits in Redis', () => {
  let server: RedisServer;
  let app: LimitedApplication | undefined;

  beforeAll(async () => (server = await RedisServer.start()));
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await server.command('FLUSHALL');
  });
  afterAll(() => server.stop());

  const redis = () => RedisModule.forRoot({ url: server.url, fallback: 'off' });

  it.each<[string, string, () => Parameters<typeof LimitedApplication.with>[0]]>([
    ['forRoot', 'root:', () => [redis(), RedisThrottlerModule.forRoot({ throttlers, keyPrefix: 'root:' })]],
    ['forRootAsync with a factory', 'factory:', () => [redis(), RedisThrottlerModule.forRootAsync({ useFactory: () => ({ throttlers, keyPrefix: 'factory:' }) })]],
    ['forRootAsync with a class', 'class:', () => [redis(), RedisThrottlerModule.forRootAsync({ useClass: Options })]],
    ['a named connection', 'named:', () => [
      RedisModule.forRoot({ name: 'limits', url: server.url }),
      RedisThrottlerModule.forRoot({ throttlers, connection: 'limits', keyPrefix: 'named:' }),
    ]],
    ['the storage alone', 'throttler:', () => [redis(), ThrottlerModule.forRootAsync({
      imports: [RedisThrottlerStorageModule],
      inject: [RedisThrottlerStorage],
      useFactory: (storage: RedisThrottlerStorage) => ({ throttlers, storage }),
    })]],
    ['the storage alone, with options', 'alone:', () => [redis(), ThrottlerModule.forRootAsync({
      imports: [RedisThrottlerStorageModule.forRoot({ keyPrefix: 'alone:' })],
      inject: [RedisThrottlerStorage],
      useFactory: (storage: RedisThrottlerStorage) => ({ throttlers, storage }),
    })]],
  ])('%s', async (_, prefix, imports) => {
    app = await LimitedApplication.with(imports());
    const answers = [await app.get(), await app.get(), await app.get()];
    expect(answers.map(({ code }) => code)).toEqual([200, 200, 429]);
    expect(answers[0]?.headers.get('x-ratelimit-remaining')).toBe('1');
    expect(answers[2]?.headers.get('retry-after')).toBe('60');
    const keys = (await server.command('KEYS', '*')) as string[];
    expect(keys).toHaveLength(2);
    expect(keys.every((key) => key.startsWith(prefix))).toBe(true);
  }); // prettier-ignore

  it('refuses at start what could never work', async () => {
    const start = (options: RedisThrottlerModuleOptions) => LimitedApplication.start({ url: server.url }, options);
    await expect(start({ throttlers: [{ ttl: -1, limit: 2 }] })).rejects.toThrow(/ttl of the throttler "default" = -1: accepted/);
    await expect(start({ throttlers: [{ name: 'a', ttl: 1, limit: Number.NaN }] })).rejects.toThrow(/limit of the throttler "a" = NaN/);
    await expect(start({ throttlers, whenDown: 'pass' as 'allow' })).rejects.toThrow(/whenDown = pass: accepted/);
    await expect(start({} as RedisThrottlerModuleOptions)).rejects.toThrow(/throttlers must be a list/);
  }); // prettier-ignore
});
