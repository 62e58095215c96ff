import { classifyError, isReplyError } from './error-kinds.js';

function reply(message: string): Error {
  const error = new Error(message);
  error.name = 'ReplyError';
  return error;
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

describe('A12 replies of Redis', () => {
  it.each([
    ["READONLY You can't write against a read only replica.", 'READONLY', 'unavailable', 'Point REDIS_URL at the primary'],
    ['NOAUTH Authentication required.', 'NOAUTH', 'unavailable', 'Set REDIS_PASSWORD'],
    ['NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used', 'NOAUTH', 'unavailable', 'Set REDIS_PASSWORD'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'WRONGPASS', 'unavailable', 'Check REDIS_USERNAME and REDIS_PASSWORD'],
    ['ERR invalid password', 'WRONGPASS', 'unavailable', 'REDIS_PASSWORD'],
    ['ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?', 'WRONGPASS', 'unavailable', 'REDIS_PASSWORD'],
    ['ERR Client sent AUTH, but no password is set', 'WRONGPASS', 'unavailable', 'REDIS_PASSWORD'],
    ["NOPERM User bob has no permissions to run the 'set' command", 'NOPERM', 'caller', 'ACL SETUSER'],
    ['LOADING Redis is loading the dataset in memory', 'LOADING', 'unavailable', 'Wait'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'MASTERDOWN', 'unavailable', 'failover'],
    ['BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.', 'BUSY', 'unavailable', 'SCRIPT KILL'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM', 'unavailable', 'Raise maxmemory'],
    ['MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.', 'MISCONF', 'unavailable', 'disk space'],
    ['NOREPLICAS Not enough good replicas to write.', 'NOREPLICAS', 'unavailable', 'min-replicas-to-write'],
    ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN', 'unavailable', 'CLUSTER INFO'],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'TRYAGAIN', 'unavailable', 'Try again'],
    ['MOVED 3999 127.0.0.1:6381', 'MOVED', 'unavailable', 'REDIS_CLUSTER_MODE=true'],
    ['ASK 3999 127.0.0.1:6381', 'MOVED', 'unavailable', 'REDIS_CLUSTER_MODE=true'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'CROSSSLOT', 'caller', '{hash tag}'],
    ['ERR max number of clients reached', 'MAXCLIENTS', 'unavailable', 'CLIENT LIST'],
    ['DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user.', 'DENIED', 'unavailable', 'protected mode'],
    ['UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)', 'UNBLOCKED', 'unavailable', 'primary'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'WRONGTYPE', 'caller', 'TYPE key'],
    ['NOSCRIPT No matching script. Please use EVAL.', 'NOSCRIPT', 'caller', 'SCRIPT LOAD'],
    ['EXECABORT Transaction discarded because of previous errors.', 'EXECABORT', 'caller', 'none of them ran'],
    ['ERR DB index is out of range', 'DBINDEX', 'unavailable', 'REDIS_DB'],
    ["ERR unknown command 'GETX', with args beginning with: 'a' ", 'UNKNOWN_COMMAND', 'caller', 'version'],
    ['ERR value is not an integer or out of range', 'ERR', 'caller', 'the message says why'],
    ['BUSYGROUP Consumer Group name already exists', 'BUSYGROUP', 'caller', 'the message says why'],
    ['BUSY Valkey is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.', 'BUSY', 'unavailable', 'SCRIPT KILL'],
    // Answers of scripts and people that only sound like those of the server.
    ['BUSY the lock is held', 'BUSY', 'caller', 'the message says why'],
    ['DENIED too many requests', 'DENIED', 'caller', 'the message says why'],
    ['UNBLOCKED client unblocked via CLIENT UNBLOCK', 'UNBLOCKED', 'caller', 'the message says why'],
    ['ERR ann gave an invalid password', 'ERR', 'caller', 'the message says why'],
    ['ERR the shop has its max number of clients', 'ERR', 'caller', 'the message says why'],
    ['BUSYKEY Target key name already exists.', 'BUSYKEY', 'caller', 'the message says why'],
    ['MYMODULE something of a module', 'MYMODULE', 'caller', 'the message says why'],
    ['', 'ERR', 'caller', 'the message says why'],
    ['user ann@example.org not found', 'ERR', 'caller', 'the message says why'],
    ['ANN@example.org not found', 'ERR', 'caller', 'the message says why'],
  ])('%s', (message, kind, fault, advice) => {
    const found = classifyError(reply(message));
    expect(found).toMatchObject({ kind, fault, outcome: 'rejected' });
    expect(found.advice).toContain(advice);
  }); // prettier-ignore
});

describe('A12 failures of the network', () => {
  it.each([
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:6379', 'Start Redis'],
    ['ETIMEDOUT', 'connect ETIMEDOUT', 'firewall'],
    ['ECONNRESET', 'read ECONNRESET', 'it wants TLS'],
    ['EPIPE', 'write EPIPE', 'closed'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND redis.local', 'does not resolve'],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN redis.local', 'DNS'],
    ['EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.1:6379', 'route'],
    ['ENETUNREACH', 'connect ENETUNREACH 10.0.0.1:6379', 'VPN'],
    ['EADDRNOTAVAIL', 'connect EADDRNOTAVAIL 10.0.0.1:6379', 'local ports'],
    ['EMFILE', 'connect EMFILE 10.0.0.1:6379', 'ulimit'],
    ['HALF_OPEN', 'app:shared did not answer within 2000 ms: it is half-open', 'frozen'],
  ])('%s', (code, message, advice) => {
    const found = classifyError(failure(code, message));
    expect(found).toMatchObject({ kind: code, fault: 'unavailable', outcome: 'unknown' });
    expect(found.advice).toContain(advice);
  });

  it('ECONNREFUSED of every address of a host, as Node 20 reports it', () => {
    const both = [failure('ECONNREFUSED', 'connect ECONNREFUSED ::1:6379')];
    expect(classifyError(Object.assign(new AggregateError(both), { code: 'ECONNREFUSED' })).kind).toBe(
      'ECONNREFUSED',
    );
  });

  it.each(['Connection is closed.', 'Socket closed unexpectedly', 'Command aborted due to connection close'])(
    '%s',
    (message) => {
      expect(classifyError(new Error(message))).toMatchObject({
        kind: 'CONNECTION_CLOSED',
        outcome: 'unknown',
        fault: 'unavailable',
      });
    },
  );
});

describe('A12 TLS (D6)', () => {
  it.each([
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames: Host: a. is not in the cert's altnames: DNS:b", 'TLS_WRONG_HOST', 'REDIS_TLS_SERVER_NAME'],
    ['CERT_HAS_EXPIRED', 'certificate has expired', 'TLS_EXPIRED', 'Renew'],
    ['CERT_NOT_YET_VALID', 'certificate is not yet valid', 'TLS_NOT_YET_VALID', 'clocks'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'TLS_SELF_SIGNED', 'REDIS_TLS_CA_FILE'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', 'TLS_SELF_SIGNED', 'REDIS_TLS_CA_FILE'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', 'TLS_UNKNOWN_CA', 'REDIS_TLS_CA_FILE'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate', 'TLS_UNKNOWN_CA', 'REDIS_TLS_CA_FILE'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'C0E7:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/openssl/ssl/record/ssl3_record.c:355:', 'TLS_NOT_SPOKEN', 'does not speak TLS'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'C0E7:error:0A0000C6:SSL routines:ssl3_get_record:packet length too long', 'TLS_NOT_SPOKEN', 'does not speak TLS'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'C0E7:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:ssl/record/rec_layer_s3.c:1590:SSL alert number 116', 'TLS_CLIENT_CERTIFICATE', 'REDIS_TLS_CERT_FILE'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'C0E7:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure', 'TLS_CLIENT_CERTIFICATE', 'REDIS_TLS_CERT_FILE'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'C0E7:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca', 'TLS_CLIENT_CERTIFICATE', 'REDIS_TLS_CERT_FILE'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'C0E7:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version', 'TLS', 'protocol versions'],
    ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'error:05800074:x509 certificate routines::key values mismatch', 'TLS', 'certificates'],
    ['CERT_REVOKED', 'certificate revoked', 'TLS', 'certificates'],
    ['EPROTO', 'write EPROTO', 'TLS', 'protocol versions'],
    ['ECONNRESET', 'Client network socket disconnected before secure TLS connection was established', 'TLS', 'during the TLS handshake'],
  ])('%s', (code, message, kind, advice) => {
    const found = classifyError(failure(code, message));
    expect(found).toMatchObject({ kind, fault: 'unavailable', outcome: 'not-sent' });
    expect(found.advice).toContain(advice);
  }); // prettier-ignore
});

describe('A12 anything else', () => {
  it.each([[undefined], [null], ['text'], [{}], [new Error('odd')]])(
    '%p is unknown, and so is its outcome',
    (error) => {
      expect(classifyError(error)).toMatchObject({
        kind: 'UNKNOWN',
        outcome: 'unknown',
        fault: 'unavailable',
      });
    },
  );

  it('keeps a code nobody knows as its kind', () => {
    expect(classifyError(failure('EODD', 'odd')).kind).toBe('EODD');
  });

  it('tells a reply by its name or class, whichever copy of ioredis made it', () => {
    class ReplyError extends Error {}
    expect([reply('ERR a'), new ReplyError('ERR a'), new Error('ERR a'), 'ERR a'].map(isReplyError)).toEqual([
      true, true, false, false,
    ]); // prettier-ignore
  });
});
