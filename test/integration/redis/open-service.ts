import {
  createRedisService,
  type RedisLog,
  type RedisModuleOptions,
  type RedisService,
} from '@holdfast/redis';

/** What a service logged, one entry a line. */
export class RecordingLog implements RedisLog {
  readonly lines: string[] = [];

  log(message: unknown): void {
    this.lines.push(String(message));
  }

  warn(message: unknown): void {
    this.lines.push(String(message));
  }

  error(message: unknown): void {
    this.lines.push(String(message));
  }
}

const open = new Set<RedisService>();

/** A service to be closed by {@link closeServices}. */
export function openService(
  options: RedisModuleOptions,
  context: { name?: string; log?: RecordingLog } = {},
): RedisService {
  const log = context.log ?? new RecordingLog();
  const service = createRedisService({ appName: 'test', fallback: 'off', ...options }, { ...context, log });
  open.add(service);
  return service;
}

/** To be called after each test. */
export async function closeServices(): Promise<void> {
  await Promise.all([...open].map((service) => service.close(500)));
  open.clear();
}
