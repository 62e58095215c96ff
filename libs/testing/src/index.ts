export type {
  BlackHoleOptions,
  CutHow,
  CutOptions,
  DelayOptions,
  Fault,
  FaultDirection,
  HalfReplyOptions,
  ThrottleOptions,
} from './proxy/fault.js';
export { FaultProxy, type FaultProxyOptions, type RefuseOptions } from './proxy/fault-proxy.js';
export type { FaultSet } from './proxy/fault-set.js';
export type { ProxyConnection } from './proxy/proxied-connection.js';
export type { RequestSelector } from './proxy/request-selector.js';
export type { ProxyTraffic, Traffic } from './proxy/traffic.js';
export { ReplyError, type Reply } from './resp/decode-reply.js';
export { type CommandArgument } from './resp/encode-command.js';
export { RedisServerError, type RedisServerErrorCode } from './server/redis-server.error.js';
export type {
  DirectiveValue,
  RedisServerOptions,
  RedisServerRestartOptions,
  RedisServerTlsOptions,
} from './server/redis-server.options.js';
export { RedisServer } from './server/redis-server.js';
export { waitFor, type WaitForOptions } from './wait-for.js';
