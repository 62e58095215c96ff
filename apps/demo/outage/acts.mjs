/**
 * What happens to Redis, in order. `state` is how it is while the act lasts.
 *
 * @type {readonly { name: string, seconds: number, state: string, says: string, isOut: boolean,
 *   begin?: (server: import('@holdfast/testing').RedisServer) => Promise<void> }[]}
 */
export const acts = [
  { name: 'healthy', seconds: 4, state: 'up', says: 'Redis is up', isOut: false },
  {
    name: 'frozen',
    seconds: 8,
    state: 'frozen',
    says: 'Redis is frozen: connections stay open and silent (SIGSTOP)',
    isOut: true,
    begin: (server) => server.pause(),
  },
  {
    name: 'thawed',
    seconds: 5,
    state: 'up',
    says: 'Redis goes on (SIGCONT)',
    isOut: false,
    begin: (server) => server.resume(),
  },
  {
    name: 'killed',
    seconds: 8,
    state: 'killed',
    says: 'Redis is killed (SIGKILL)',
    isOut: true,
    begin: (server) => server.kill(),
  },
  {
    name: 'restarted',
    seconds: 6,
    state: 'up',
    says: 'Redis is started again, with its data',
    isOut: false,
    begin: (server) => server.restart(),
  },
];
