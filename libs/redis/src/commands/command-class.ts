/**
 * What may be done about a command that failed:
 *
 * - `read`: may be repeated
 * - `last-wins`: a write whose repetition leaves the same state; may be repeated within its deadline
 * - `accumulating`: counts, appends, runs a script, or is not known; repeated only when it certainly did not run
 * - `blocking`: holds its connection
 * - `admin`: about the server or the connection
 */
export type CommandClass = 'read' | 'last-wins' | 'accumulating' | 'blocking' | 'admin';

const words = (text: string): string[] => text.split(' ');

const members: Record<Exclude<CommandClass, 'accumulating'>, string[]> = {
  read: words(
    'get mget exists ttl pttl type strlen getrange expiretime pexpiretime dump randomkey ' +
      'hget hmget hgetall hkeys hvals hlen hexists hstrlen hscan hrandfield ' +
      'lrange llen lindex lpos smembers sismember smismember scard srandmember sscan sinter sunion sdiff sintercard ' +
      'zrange zrangebyscore zrevrange zrevrangebyscore zrangebylex zrevrangebylex zscore zmscore zcard zcount ' +
      'zlexcount zrank zrevrank zrandmember zscan zinter zunion zdiff zintercard ' +
      'xread xlen xrange xrevrange xinfo xpending getbit bitcount bitpos bitfield_ro ' +
      'geopos geodist geohash geosearch pfcount scan keys dbsize ping echo time info object memory touch ' +
      'eval_ro evalsha_ro fcall_ro sort_ro pubsub lastsave',
  ),
  'last-wins': words(
    'set setex psetex mset del unlink expire pexpire expireat pexpireat persist ' +
      'hset hmset hdel sadd srem zadd zrem zremrangebyscore zremrangebylex ' +
      'lset setrange setbit pfadd flushdb flushall',
  ),
  blocking: words('blpop brpop brpoplpush blmove bzpopmin bzpopmax blmpop bzmpop wait waitaof'),
  admin: words('auth acl client cluster command config debug failover function hello latency module monitor quit ' +
      'readonly readwrite replicaof reset role save bgsave bgrewriteaof script select shutdown slaveof slowlog swapdb'),
}; // prettier-ignore

const classes = new Map<string, CommandClass>(
  Object.entries(members).flatMap(([name, commands]) =>
    commands.map((command): [string, CommandClass] => [command, name as CommandClass]),
  ),
);

/**
 * The class of a command as it is sent. Options may change it: SET with GET or NX answers differently when it
 * is repeated, ZADD with INCR counts.
 */
export function classifyCommand(name: string, args: readonly unknown[] = []): CommandClass {
  const known = classes.get(name.toLowerCase());
  if (known !== 'last-wins' || args.length < 3) return known ?? 'accumulating';
  switch (name.toLowerCase()) {
    case 'set':
      return hasOption(args.slice(2), ['NX', 'XX', 'GET']) ? 'accumulating' : known;
    case 'zadd':
      return hasOption(args.slice(1), ['INCR', 'NX']) ? 'accumulating' : known;
    default:
      return known;
  }
}

function hasOption(args: readonly unknown[], options: readonly string[]): boolean {
  return args.some(
    (arg) =>
      (typeof arg === 'string' || (Buffer.isBuffer(arg) && arg.length < 8)) &&
      options.includes(arg.toString().toUpperCase()),
  );
}
