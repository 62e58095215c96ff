import {
  boolean,
  integer,
  list,
  milliseconds,
  oneOf,
  optionalBoolean,
  optionalInteger,
  optionalText,
  ratio,
  pemText,
  readableFile,
  text,
} from './setting-kinds.js';

const day = 86_400_000;
const gigabyte = 1_073_741_824;

/**
 * Every setting, its environment variable, its limits and its default. The only place with defaults, and the
 * source of the README's table.
 */
export const settings = {
  url: optionalText(
    { env: 'REDIS_URL', about: 'Where Redis is, with credentials and database.', secret: 'url' },
    {
      accepted: 'redis://[[user]:password@]host[:port][/db], or rediss:// for TLS',
      pattern: /^rediss?:\/\/[^/]/,
    },
  ),
  host: optionalText(
    { env: 'REDIS_HOST', about: 'Host name or address, instead of a URL.', shownDefault: '127.0.0.1' },
    {
      accepted: 'a host name or address, without port',
      pattern: /^(?:[^\s/@:?#[\]]+|[\da-f.]*(?::[\da-f.]*){2,}(?:%[\w.-]+)?|\[[\da-f:.]+\])$/i,
    },
  ),
  port: optionalInteger(
    { env: 'REDIS_PORT', about: 'Port, instead of a URL.', shownDefault: '6379' },
    { min: 1, max: 65_535 },
  ),
  username: optionalText({ env: 'REDIS_USERNAME', about: 'ACL user.' }),
  password: optionalText({
    env: 'REDIS_PASSWORD',
    about: 'Password of the ACL or default user.',
    secret: 'all',
  }),
  db: optionalInteger(
    { env: 'REDIS_DB', about: 'Database number.', shownDefault: '0' },
    { min: 0, max: 65_535 },
  ),
  tls: optionalBoolean({
    env: 'REDIS_TLS',
    about: 'Use TLS, with the server\'s certificate verified. Implied by rediss://.',
    shownDefault: 'false',
  }), // prettier-ignore
  tlsCaFile: readableFile({
    env: 'REDIS_TLS_CA_FILE',
    about: 'PEM file of the CA that signed the server\'s certificate.',
  }), // prettier-ignore
  tlsCa: pemText({
    env: 'REDIS_TLS_CA',
    about: 'The same as text, for platforms without files; line breaks may be written as `\\n`.',
    secret: 'all',
  }),
  tlsCertFile: readableFile({ env: 'REDIS_TLS_CERT_FILE', about: 'PEM file of the client certificate.' }),
  tlsKeyFile: readableFile({ env: 'REDIS_TLS_KEY_FILE', about: 'PEM file of the client certificate\'s key.' }), // prettier-ignore
  tlsServerName: optionalText({
    env: 'REDIS_TLS_SERVER_NAME',
    about: 'Name the certificate must cover when it is not the host.',
  }),
  tlsInsecureSkipVerify: boolean(
    {
      env: 'REDIS_TLS_INSECURE_SKIP_VERIFY',
      about:
        'Accept any certificate. Anyone on the way can then read and change everything; logged as a warning.',
    },
    false,
  ),
  appName: text(
    {
      env: 'REDIS_APP_NAME',
      about: 'First part of the connection names in `CLIENT LIST`.',
      shownDefault: 'name of the npm package, else `app`',
    },
    { accepted: 'letters, digits and ._- only', pattern: /^[\w.-]{1,64}$/, default: 'app' },
  ),
  keyPrefix: text(
    { env: 'REDIS_KEY_PREFIX', about: 'Put before every key by ioredis, except on Bull connections.' },
    { accepted: 'text without white space', pattern: /^\S*$/, default: '' },
  ),
  connectTimeoutMs: milliseconds(
    {
      env: 'REDIS_CONNECT_TIMEOUT',
      about:
        'Longest time for one attempt, from the start of the look-up to the end of the TCP or TLS handshake.',
    },
    { min: 1, max: day, default: 2_000 },
  ),
  commandTimeoutMs: milliseconds(
    {
      env: 'REDIS_COMMAND_TIMEOUT',
      about:
        'Longest time for a command, from the call until its answer, waiting for the connection included. Not on Bull connections.',
    },
    { min: 1, max: day, default: 5_000 },
  ),
  keepAliveMs: milliseconds(
    { env: 'REDIS_KEEP_ALIVE', about: 'Silence after which TCP keep-alive probes begin.' },
    { min: 0, max: day, default: 30_000 },
  ),
  maxRetriesPerRequest: integer(
    {
      env: 'REDIS_MAX_RETRIES',
      about:
        'Failed connection attempts after which waiting commands are given up. Bull connections wait on.',
    },
    { min: 0, max: 1_000, default: 3 },
  ),
  maxWaitingCommands: integer(
    { env: 'REDIS_MAX_WAITING_COMMANDS', about: 'Most commands that wait for one connection.' },
    { min: 0, max: 10_000_000, default: 10_000 },
  ),
  maxWaitingBytes: integer(
    { env: 'REDIS_MAX_WAITING_BYTES', about: 'Most bytes of commands that wait for one connection.' },
    { min: 0, max: 16 * gigabyte, default: 33_554_432 },
  ),
  heartbeatIntervalMs: milliseconds(
    { env: 'REDIS_HEARTBEAT_INTERVAL', about: 'Silence on a connection after which PING is sent.' },
    { min: 200, max: day, default: 1_000 },
  ),
  heartbeatTimeoutMs: milliseconds(
    {
      env: 'REDIS_HEARTBEAT_TIMEOUT',
      about:
        'Time for any answer, from the PING on, before the connection is taken for half-open and made anew.',
    },
    { min: 200, max: day, default: 2_000 },
  ),
  reconnectMinDelayMs: milliseconds(
    { env: 'REDIS_RECONNECT_MIN_DELAY', about: 'First upper bound of the random delay between attempts.' },
    { min: 1, max: day, default: 50 },
  ),
  reconnectMaxDelayMs: milliseconds(
    { env: 'REDIS_RECONNECT_MAX_DELAY', about: 'Last upper bound, doubled up to from the first.' },
    { min: 1, max: day, default: 2_000 },
  ),
  reconnectMaxAttempts: optionalInteger(
    {
      env: 'REDIS_RECONNECT_MAX_ATTEMPTS',
      about: 'Failed attempts in a row after which it gives up until `connect()` is called.',
      shownDefault: 'no limit',
    },
    { min: 1, max: 1_000_000 },
  ),
  maxInFlightCommands: integer(
    { env: 'REDIS_MAX_IN_FLIGHT_COMMANDS', about: 'Most calls of `RedisService` under way at once; more are refused at once.' },
    { min: 1, max: 10_000_000, default: 100_000 },
  ), // prettier-ignore
  maxInFlightBytes: integer(
    { env: 'REDIS_MAX_IN_FLIGHT_BYTES', about: 'Most bytes of arguments of the calls under way.' },
    { min: 1, max: 16 * gigabyte, default: 268_435_456 },
  ),
  breakerFailureRatio: ratio(
    { env: 'REDIS_BREAKER_FAILURE_RATIO', about: 'Share of failed calls within the window that opens the circuit breaker.' },
    0.5,
  ), // prettier-ignore
  breakerMinCalls: integer(
    { env: 'REDIS_BREAKER_MIN_CALLS', about: 'Fewer calls than these within the window never open it.' },
    { min: 1, max: 1_000, default: 20 },
  ),
  breakerWindowMs: milliseconds(
    { env: 'REDIS_BREAKER_WINDOW', about: 'How far back the breaker looks.' },
    { min: 100, max: day, default: 10_000 },
  ),
  breakerSlowCallMs: milliseconds(
    { env: 'REDIS_BREAKER_SLOW_CALL', about: 'Calls that take so long count as slow; 80 % of them open the breaker.' },
    { min: 1, max: day, default: 2_000 },
  ), // prettier-ignore
  breakerOpenMs: milliseconds(
    {
      env: 'REDIS_BREAKER_OPEN',
      about: 'Least time it stays open after it tripped, growing up to four times as long while probes fail.',
    },
    { min: 10, max: day, default: 250 },
  ),
  fallback: oneOf(
    {
      env: 'REDIS_FALLBACK',
      about: 'Whether cache-like commands of `RedisService` are answered from memory while Redis is away.',
    },
    ['memory', 'off'],
    'memory',
  ),
  fallbackMaxBytes: integer(
    { env: 'REDIS_FALLBACK_MAX_BYTES', about: 'Most bytes of values that memory keeps for an outage.' },
    { min: 1, max: 1_024 * gigabyte, default: 104_857_600 },
  ),
  fallbackPrefixes: list(
    { env: 'REDIS_FALLBACK_PREFIXES', about: 'Only keys that begin with one of these are cache-like; all are when there is none.' },
    { accepted: 'prefixes of keys', pattern: /./ },
  ), // prettier-ignore
  fallbackRecovery: oneOf(
    {
      env: 'REDIS_FALLBACK_RECOVERY',
      about: 'What becomes of writes made while Redis was away: brought into Redis, or forgotten.',
    },
    ['apply', 'discard'],
    'apply',
  ),
  journalMaxBytes: integer(
    { env: 'REDIS_JOURNAL_MAX_BYTES', about: 'Most bytes of such writes; more are refused with an error.' },
    { min: 1, max: 1_024 * gigabyte, default: 33_554_432 },
  ),
  healthCheckIntervalMs: milliseconds(
    {
      env: 'REDIS_HEALTH_CHECK_INTERVAL',
      about: 'Time between the health checks of the monitor; 0 turns it off.',
    },
    { min: 0, max: day, default: 30_000 },
  ),
  shutdownTimeoutMs: milliseconds(
    { env: 'REDIS_SHUTDOWN_TIMEOUT', about: 'Longest time from the start of the shutdown until every connection is closed.' },
    { min: 0, max: day, default: 5_000 },
  ), // prettier-ignore
  allowFlushDb: optionalBoolean({
    env: 'REDIS_ALLOW_FLUSHDB',
    about: 'Whether `flushDb()` may run.',
    shownDefault: 'false when NODE_ENV is production, else true',
  }),
  enableAutoPipelining: boolean(
    { env: 'REDIS_ENABLE_AUTO_PIPELINING', about: 'Let ioredis send the commands of one turn of the event loop together.' },
    false,
  ), // prettier-ignore
  poolSize: integer(
    { env: 'REDIS_POOL_SIZE', about: 'Shared connections. Only 1 is available in this version.' },
    { min: 1, max: 1_000, default: 1 },
  ),
  clusterMode: boolean(
    { env: 'REDIS_CLUSTER_MODE', about: 'Connect to a Redis Cluster. Not available in this version.' },
    false,
  ),
  clusterNodes: list(
    {
      env: 'REDIS_CLUSTER_NODES',
      about: 'Nodes to discover the cluster from. Not available in this version.',
    },
    { accepted: 'host:port pairs', pattern: /^[^\s/@]+:\d{1,5}$/ },
  ),
  sentinels: list(
    { env: 'REDIS_SENTINELS', about: 'Sentinels to ask for the primary. Not available in this version.' },
    { accepted: 'host:port pairs', pattern: /^[^\s/@]+:\d{1,5}$/ },
  ),
  sentinelName: optionalText({
    env: 'REDIS_SENTINEL_NAME',
    about: 'Name of the primary at the sentinels. Not available in this version.',
  }),
  readReplicas: boolean(
    { env: 'REDIS_READ_REPLICAS', about: 'Read from replicas. Not available in this version.' },
    false,
  ),
  readReplicaUrls: list(
    {
      env: 'REDIS_READ_REPLICA_URLS',
      about: 'Replicas to read from. Not available in this version.',
      secret: 'url',
    },
    { accepted: 'redis:// or rediss:// URLs', pattern: /^rediss?:\/\/[^/]/ },
  ),
} as const;

/** Name of a setting as it is written in code. */
export type SettingName = keyof typeof settings;

/** Every setting with its default in place. */
export type SettingValues = { readonly [Name in SettingName]: (typeof settings)[Name]['byDefault'] };

/** Every setting as a user may give it in code. */
export type SettingInput = { [Name in SettingName]?: (typeof settings)[Name]['byDefault'] | undefined };
