import {
  createRedisService,
  type RedisModuleOptions,
  RedisConnectionState,
  type RedisService,
} from '@holdfast/redis';
import { FaultProxy, RedisServer, type RedisServerOptions, waitFor } from '@holdfast/testing';
import { RecordingLog } from '../integration/redis/open-service.js';

/** A server, a proxy before it, and services that connect by the proxy. */
export class Scene {
  readonly server: RedisServer;
  readonly proxy: FaultProxy;
  readonly #services: RedisService[] = [];

  private constructor(server: RedisServer, proxy: FaultProxy) {
    this.server = server;
    this.proxy = proxy;
  }

  /** Plays a scene and clears the stage, whatever happens. */
  static async play(act: (scene: Scene) => Promise<void>, options: RedisServerOptions = {}): Promise<void> {
    const server = await RedisServer.start(options);
    const scene = new Scene(server, await FaultProxy.start({ target: server }));
    try {
      await act(scene);
    } finally {
      await Promise.all(scene.#services.map((service) => service.close(500)));
      await scene.proxy.stop();
      await server.stop();
    }
  }

  /** A service that is connected. */
  async connected(options: RedisModuleOptions = {}): Promise<RedisService> {
    const service = createRedisService(
      { url: this.proxy.url, appName: 'faults', ...options },
      { log: new RecordingLog() },
    );
    this.#services.push(service);
    await service.connect();
    return service;
  }

  async heal(): Promise<void> {
    if (!this.server.isRunning) await this.server.restart();
    await this.server.resume();
    await this.proxy.reset();
  }
}

export const isDown = (redis: RedisService): boolean =>
  redis.getConnectionState() !== RedisConnectionState.Connected;

/** Waits until the shared connection has answered a command. */
export async function isBack(redis: RedisService): Promise<void> {
  await waitFor(() => redis.getClient().ping(), { timeoutMs: 10_000, message: 'the recovery' });
}
