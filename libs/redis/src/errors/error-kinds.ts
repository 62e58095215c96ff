import type { CommandOutcome } from './redis-error.js';

/**
 * What an error of the network, of TLS or of Redis means.
 */
export interface ErrorKind {
  /** Stable name, the error's own code where it has one. */
  readonly kind: string;
  /** What certainly happened to the command that got this as its answer. */
  readonly outcome: CommandOutcome;
  /** `unavailable`: Redis cannot serve now. `caller`: an answer, about the command. */
  readonly fault: 'unavailable' | 'caller';
  /** One sentence on what to do. */
  readonly advice: string;
}

// Exact where scripts could answer something alike: `rejected` would let a script that ran be repeated.
const replies: Array<[pattern: RegExp, kind: string, fault: ErrorKind['fault'], advice: string]> = [
  [/^READONLY/, 'READONLY', 'unavailable', 'This server is a replica now. Point REDIS_URL at the primary, or wait for the failover to end; the connection is made anew by itself.'],
  [/^NOAUTH/, 'NOAUTH', 'unavailable', 'The server wants a password. Set REDIS_PASSWORD (and REDIS_USERNAME for an ACL user), or put it into REDIS_URL.'],
  [/^WRONGPASS|^ERR (invalid password|AUTH <|Client sent AUTH)/i, 'WRONGPASS', 'unavailable', 'The server refused the username or password. Check REDIS_USERNAME and REDIS_PASSWORD against ACL LIST on the server.'],
  [/^NOPERM/, 'NOPERM', 'caller', 'The ACL user may not do this. Grant the command and key pattern with ACL SETUSER.'],
  [/^LOADING/, 'LOADING', 'unavailable', 'The server is loading its data set. Wait; commands work again when it has finished.'],
  [/^MASTERDOWN/, 'MASTERDOWN', 'unavailable', 'This replica has lost its primary and may not answer with stale data. Wait for the failover.'],
  [/^BUSY \w+ is busy/, 'BUSY', 'unavailable', 'A script runs for too long. SCRIPT KILL or FUNCTION KILL ends it if it has not written yet.'],
  [/^OOM/, 'OOM', 'unavailable', 'The server is at maxmemory with no key to evict. Raise maxmemory, choose an eviction policy, or delete data.'],
  [/^MISCONF/, 'MISCONF', 'unavailable', 'The server cannot persist and refuses writes. Look at its log and disk space, then BGSAVE.'],
  [/^NOREPLICAS/, 'NOREPLICAS', 'unavailable', 'Fewer replicas are in sync than min-replicas-to-write wants. Bring replicas back or lower it.'],
  [/^CLUSTERDOWN/, 'CLUSTERDOWN', 'unavailable', 'The cluster has slots without a master. CLUSTER INFO and CLUSTER NODES say which.'],
  [/^TRYAGAIN/, 'TRYAGAIN', 'unavailable', 'The keys are being moved between cluster nodes. Try again.'],
  [/^(MOVED|ASK) /, 'MOVED', 'unavailable', 'The server is a cluster node and the key lives on another one. Set REDIS_CLUSTER_MODE=true.'],
  [/^CROSSSLOT/, 'CROSSSLOT', 'caller', 'The keys are in different cluster slots. Give them one {hash tag}.'],
  [/^ERR max number of clients/i, 'MAXCLIENTS', 'unavailable', 'The server has no connection left. Raise maxclients or find who holds them with CLIENT LIST.'],
  [/^DENIED \w+ is running in protected mode/, 'DENIED', 'unavailable', 'The server is in protected mode: without a password it accepts connections of its own machine only. Set a password on the server, or bind and protected-mode in redis.conf.'],
  [/^UNBLOCKED force unblock/, 'UNBLOCKED', 'unavailable', 'The server became a replica while the command was blocked. Send it again to the primary.'],
  [/^WRONGTYPE/, 'WRONGTYPE', 'caller', 'The key holds another type of value. TYPE key tells which.'],
  [/^NOSCRIPT/, 'NOSCRIPT', 'caller', 'The script is not in the server\'s cache. Send it with EVAL or SCRIPT LOAD.'],
  [/^EXECABORT/, 'EXECABORT', 'caller', 'A command in the transaction was refused, so none of them ran.'],
  [/^ERR DB index is out of range/i, 'DBINDEX', 'unavailable', 'The server has fewer databases than REDIS_DB asks for. Clusters have only database 0.'],
  [/unknown command/i, 'UNKNOWN_COMMAND', 'caller', 'This server does not know the command. Check its version, or whether it was renamed.'],
]; // prettier-ignore

const network: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens there. Start Redis, or check REDIS_URL or REDIS_HOST and REDIS_PORT.',
  ETIMEDOUT:
    'No answer from there. Check firewall and security groups, whether rediss:// is meant for a port that speaks TLS, or raise REDIS_CONNECT_TIMEOUT.',
  ECONNRESET:
    'The other side cut the connection. Redis restarted or closed it (CLIENT KILL, output buffer limit), a proxy dropped it, or it wants TLS (rediss://).',
  EPIPE: 'The other side had closed the connection. Redis restarted or closed it.',
  ENOTFOUND: 'The host name does not resolve. Check REDIS_URL or REDIS_HOST and the DNS of this machine.',
  EAI_AGAIN: 'The name server does not answer at the moment. Check the DNS of this machine.',
  EHOSTUNREACH: 'There is no route to the host. Check network and firewall.',
  ENETUNREACH: 'There is no route to that network. Check network and VPN.',
  EADDRNOTAVAIL: 'This machine has run out of local ports. Something opens connections in a loop.',
  EMFILE: 'This process has no file descriptor left. Raise ulimit -n, or find the leak.',
  HALF_OPEN:
    'The connection looked open but nothing was answered: Redis is frozen or the network swallows packets. It is made anew by itself.',
  NOT_READY:
    'Redis accepts connections and does not serve yet: it is loading its data set, or very slow. It is waited for.',
  CONNECTION_CLOSED: 'The other side closed the connection.',
};

const tls: Array<[pattern: RegExp, kind: string, advice: string]> = [
  [/ERR_TLS_CERT_ALTNAME_INVALID/, 'TLS_WRONG_HOST', 'The certificate is for another host. Set REDIS_TLS_SERVER_NAME to a name it covers.'],
  [/CERT_HAS_EXPIRED/, 'TLS_EXPIRED', 'The server\'s certificate has expired. Renew it on the server.'],
  [/CERT_NOT_YET_VALID/, 'TLS_NOT_YET_VALID', 'The certificate is not valid yet. Check the clocks of both machines.'],
  [/DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN/, 'TLS_SELF_SIGNED', 'The certificate is self-signed, or its CA is not known here. Give the CA with REDIS_TLS_CA_FILE.'],
  [/UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/, 'TLS_UNKNOWN_CA', 'The certificate\'s CA is not known here. Give it with REDIS_TLS_CA_FILE.'],
  [/wrong version number|WRONG_VERSION_NUMBER|packet length too long/i, 'TLS_NOT_SPOKEN', 'The server does not speak TLS on this port. Use redis:// or the TLS port.'],
  [/certificate required|handshake failure|bad certificate|unknown ca/i, 'TLS_CLIENT_CERTIFICATE', 'The server wants a client certificate that it trusts. Set REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE.'],
  [/^ERR_(TLS|SSL|OSSL)|^CERT_|EPROTO/, 'TLS', 'The TLS handshake failed. Check certificates, protocol versions and the port.'],
]; // prettier-ignore

const tlsCut: ErrorKind = {
  kind: 'TLS',
  outcome: 'not-sent',
  fault: 'unavailable',
  advice: 'The connection was cut during the TLS handshake: the server is restarting, or this port speaks no TLS.',
}; // prettier-ignore

const unknown: ErrorKind = {
  kind: 'UNKNOWN',
  outcome: 'unknown',
  fault: 'unavailable',
  advice: 'Look at the cause and at the server\'s log.',
}; // prettier-ignore

function codeOf(error: object): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** True for an error that Redis itself sent as its answer (ioredis and node-redis call it ReplyError). */
export function isReplyError(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'ReplyError' || error.constructor.name === 'ReplyError');
}

/**
 * Says what an error means. The one place that knows reply prefixes, errno codes and OpenSSL's names.
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
export function classifyError(error: unknown): ErrorKind {
  if (typeof error !== 'object' || error === null) return unknown;
  const message = error instanceof Error ? error.message : '';
  const code = codeOf(error);
  for (const [pattern, kind, fault, advice] of replies) {
    if (pattern.test(message)) return { kind, outcome: 'rejected', fault, advice };
  }
  if (isReplyError(error)) {
    return {
      // Scripts may answer with any text; a kind must not hold values.
      kind: /^[A-Z][A-Z\d_]{1,31}(?= |$)/.exec(message)?.[0] ?? 'ERR',
      outcome: 'rejected',
      fault: 'caller',
      advice: 'Redis refused the command; the message says why.',
    };
  }
  // Its code is ECONNRESET, as if a connection had been there.
  if (message.includes('before secure TLS connection')) return tlsCut;
  const known = network[code];
  if (known !== undefined) return { kind: code, outcome: 'unknown', fault: 'unavailable', advice: known };
  for (const [pattern, kind, advice] of tls) {
    if (pattern.test(code) || pattern.test(message)) {
      return { kind, outcome: 'not-sent', fault: 'unavailable', advice };
    }
  }
  if (/Connection is closed|Socket closed|aborted due to connection close/.test(message)) {
    return {
      kind: 'CONNECTION_CLOSED',
      outcome: 'unknown',
      fault: 'unavailable',
      advice: network.CONNECTION_CLOSED as string,
    };
  }
  if (/Unknown RESP type|Please report this/.test(message)) {
    return {
      kind: 'PROTOCOL',
      outcome: 'unknown',
      fault: 'unavailable',
      advice:
        'What arrived is not what Redis speaks. Check host and port, and what stands between: a proxy, a load balancer.',
    };
  }
  return code ? { ...unknown, kind: code } : unknown;
}
