/** Files, in PEM, that make a server speak TLS. */
export interface RedisServerTlsOptions {
  /** Certificate of the server. */
  certFile: string;
  /** Private key of the server. */
  keyFile: string;
  /** Authority that signs the clients' certificates. */
  caFile: string;
  /**
   * Whether clients must show a certificate; `'optional'` checks it only when there is one.
   * @default false
   */
  authClients?: boolean | 'optional';
}

/** One value of a configuration directive, written as in `redis.conf`; `true` is `yes`, `false` is `no`. */
export type DirectiveValue = string | number | boolean;

/** What kind of server {@link RedisServer.start} starts. */
export interface RedisServerOptions {
  /**
   * Port on 127.0.0.1.
   * @default a free one, chosen below the range of outgoing connections
   */
  port?: number;
  /** Password of the `default` user. */
  password?: string;
  /** ACL rules, one a line, as in an ACL file: `user app on >secret ~app:* +@all`. */
  acl?: readonly string[];
  /** An ACL file instead of `acl`; it is copied, so that `ACL SAVE` leaves it alone. */
  aclFile?: string;
  /** Speak TLS on the port, and nothing else. */
  tls?: RedisServerTlsOptions;
  /**
   * Write every change to an append-only file, so that acknowledged writes survive `kill()` and `restart()`.
   * @default false
   */
  persistence?: boolean;
  /**
   * Further directives: lines of `redis.conf`, or values by name (an array repeats the directive).
   * They override defaults, but neither `port` nor where the server keeps its files.
   */
  directives?: readonly string[] | Readonly<Record<string, DirectiveValue | readonly DirectiveValue[]>>;
  /**
   * Time for one start or restart until the server answers, in milliseconds.
   * @default 10000
   */
  startTimeoutMs?: number;
}

/** What becomes of the data in {@link RedisServer.restart}. */
export interface RedisServerRestartOptions {
  /**
   * `true` keeps the data (without `persistence` it is saved first, which needs a running server);
   * `false` comes back empty.
   * @default the option `persistence`
   */
  keepData?: boolean;
}
