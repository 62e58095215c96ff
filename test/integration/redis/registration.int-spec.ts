import {
  InjectRedis, InjectRedisService, REDIS_CLIENT, RedisConfigurationError, RedisConnectionState, RedisModule,
  type RedisModuleOptions, type RedisOptionsFactory, RedisService, getRedisClientToken, getRedisServiceToken,
} from '@holdfast/redis'; // prettier-ignore
import { RedisServer, waitFor } from '@holdfast/testing';
import { Controller, Get, Inject, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Redis } from 'ioredis';

@Injectable()
class Consumer {
  constructor(
    @Inject(REDIS_CLIENT) readonly client: Redis,
    readonly service: RedisService,
  ) {}
}

@Injectable()
class JobsConsumer {
  constructor(
    @InjectRedis('jobs') readonly client: Redis,
    @InjectRedisService('jobs') readonly service: RedisService,
  ) {}
}

/** Does not import RedisModule: it is global. */
@Module({ providers: [Consumer], exports: [Consumer] })
class FeatureModule {}

describe('registration in NestJS', () => {
  let server: RedisServer;
  const modules: TestingModule[] = [];
  const environment = { ...process.env };

  beforeAll(async () => (server = await RedisServer.start({ password: 'open sesame' })));
  afterAll(() => server.stop());
  afterEach(async () => {
    process.env = { ...environment };
    await Promise.all(modules.splice(0).map((module) => module.close()));
  });

  async function compile(imports: ModuleMetadata['imports'], providers: ModuleMetadata['providers'] = []): Promise<TestingModule> {
    const module = await Test.createTestingModule({ imports: [...(imports ?? []), FeatureModule], providers })
      .setLogger(false as never)
      .compile();
    modules.push(module);
    await module.init();
    return module;
  } // prettier-ignore

  async function expectUsable(module: TestingModule): Promise<void> {
    const { client, service } = module.get(Consumer, { strict: false });
    expect(client).toBeInstanceOf(Redis);
    expect(service.getClient()).toBe(client);
    await service.connect();
    expect(await client.set('k', 'v')).toBe('OK');
    expect(await service.get('k')).toBe('v');
  }

  it('A1: RedisModule alone takes everything from the environment', async () => {
    process.env.REDIS_URL = server.url;
    process.env.REDIS_APP_NAME = 'from-environment';
    const module = await compile([RedisModule]);
    await expectUsable(module);
    expect(String(await server.command('CLIENT', 'LIST'))).toContain('name=from-environment:shared ');
  });

  it('A1: forRoot takes options in code before the environment', async () => {
    process.env.REDIS_URL = 'redis://127.0.0.1:1';
    process.env.REDIS_PASSWORD = 'another';
    process.env.REDIS_APP_NAME = 'from-environment';
    const module = await compile([RedisModule.forRoot({ url: server.url })]);
    await expectUsable(module);
    expect(module.get(RedisService).getConnections()[0]?.name).toBe('from-environment:shared');
  });

  @Injectable()
  class Settings {
    readonly url = server.url;
  }

  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}

  @Injectable()
  class SettingsFactory implements RedisOptionsFactory {
    createRedisOptions(): RedisModuleOptions {
      return { url: server.url };
    }
  }

  @Module({ providers: [SettingsFactory], exports: [SettingsFactory] })
  class FactoryModule {}

  it.each([
    [
      'a factory',
      () =>
        RedisModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings) => Promise.resolve({ url: settings.url }),
        }),
    ],
    ['a class', () => RedisModule.forRootAsync({ useClass: SettingsFactory })],
    ['an existing provider', () => RedisModule.forRootAsync({ imports: [FactoryModule], useExisting: SettingsFactory })],
  ])('A1: forRootAsync takes its options from %s', async (_, register) => {
    await expectUsable(await compile([register()]));
  }); // prettier-ignore

  it('A2: named connections have their own client and service beside the default one', async () => {
    const module = await compile(
      [
        RedisModule.forRoot({ url: server.url }),
        RedisModule.forRoot({ name: 'jobs', url: server.url, keyPrefix: 'jobs:', db: undefined }),
      ],
      [JobsConsumer],
    );
    await expectUsable(module);
    const jobs = module.get(JobsConsumer);
    expect(jobs.client).toBe(module.get(getRedisClientToken('jobs')));
    expect(jobs.service).toBe(module.get(getRedisServiceToken('jobs')));
    expect(jobs.client).not.toBe(module.get(REDIS_CLIENT));
    await jobs.service.connect();
    await jobs.client.set('k', 'of jobs');
    expect(await module.get(RedisService).mget(['jobs:k', 'k'])).toEqual(['of jobs', 'v']);
    expect(jobs.service.getConnections()[0]?.name).toMatch(/:jobs:shared$/);
  });

  it.each([
    ['the default connection', () => [RedisModule.forRoot({ url: server.url }), RedisModule]],
    [
      'the connection "jobs"',
      () => [
        RedisModule.forRoot({ url: server.url }),
        RedisModule.forRoot({ name: 'jobs', url: server.url }),
        RedisModule.forRoot({ name: 'jobs', host: '127.0.0.1', port: server.port }),
      ],
    ],
  ])('A2: refuses to start when %s is registered twice', async (which, imports) => {
    const error: unknown = await compile(imports()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RedisConfigurationError);
    expect((error as Error).message).toContain(`${which} is registered 2 times`);
    await waitFor(async () => !String(await server.command('CLIENT', 'LIST')).includes(':jobs:shared '));
  });

  it('refuses to start with bad settings, all of them in one error', async () => {
    Object.assign(process.env, { REDIS_PORT: 'abc', REDIS_DB: '-1', REDIS_CLUSTER_MODE: 'maybe' });
    const error: unknown = await compile([RedisModule]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RedisConfigurationError);
    for (const name of ['REDIS_PORT', 'REDIS_DB', 'REDIS_CLUSTER_MODE']) {
      expect((error as Error).message).toContain(name);
    }
  });

  it('borrows a client that is passed in, and never closes it', async () => {
    const own = new Redis(server.url);
    try {
      const module = await compile([RedisModule.forRoot({ client: own })]);
      const service = module.get(RedisService);
      expect(module.get(REDIS_CLIENT)).toBe(own);
      await service.connect();
      expect(service.getConnectionState()).toBe(RedisConnectionState.Connected);
      await service.set('k', 'borrowed');
      await module.close();
      expect(await own.get('k')).toBe('borrowed');
      expect(own.status).toBe('ready');
    } finally {
      own.disconnect();
    }
  });

  it('ends calls on a borrowed client by their deadline as well', async () => {
    const own = new Redis(server.url);
    try {
      const module = await compile([RedisModule.forRoot({ client: own, commandTimeoutMs: 200 })]);
      await module.get(RedisService).connect();
      await server.pause();
      await expect(module.get(RedisService).strict.get('k')).rejects.toMatchObject({ code: 'REDIS_TIMEOUT' });
    } finally {
      await server.resume();
      own.disconnect();
    }
  });

  it('A7: the application answers HTTP with Redis absent, and connects in the background', async () => {
    @Controller()
    class Ping {
      @Get('ping')
      ping(): string {
        return 'pong';
      }
    }
    @Module({ imports: [RedisModule.forRoot({ url: 'redis://127.0.0.1:1' })], controllers: [Ping] })
    class App {}
    const app = (await Test.createTestingModule({ imports: [App] }).setLogger(false as never).compile()).createNestApplication();
    try {
      await app.listen(0, '127.0.0.1');
      const response = await fetch(`${await app.getUrl()}/ping`);
      expect(await response.text()).toBe('pong');
      await waitFor(async () => (await app.get(RedisService).healthCheck()).error?.includes('ECONNREFUSED'));
    } finally {
      await app.close();
    }
  }); // prettier-ignore
});
