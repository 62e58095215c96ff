import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './source-tree.js';

/** The set-up as npm runs it before `npm start` and `npm test`, where the packages are installed already. */
function setUp(args: string[], env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'setup.mjs'), ...args],
    { encoding: 'utf8', env },
  );
  return { status, said: `${stdout}${stderr}`.trim() };
}

/** A machine on which nothing but Node can be found. */
const bare = { PATH: join(root, 'test', 'architecture') };

describe('set-up', () => {
  it('says nothing when there is nothing to do', () => {
    expect(setUp([], { ...bare, REDIS_SERVER_BIN: process.execPath })).toEqual({ status: 0, said: '' });
  });

  it('says in one sentence what to do when there is no Redis server and no way to get one', () => {
    const { status, said } = setUp([], bare);
    expect(status).toBe(1);
    expect(said).toMatch(
      /^setup: no redis-server or valkey-server can be found, and .* REDIS_SERVER_BIN; .*\.$/,
    );
  });

  it('is content with a REDIS_URL where that is enough, and only there', () => {
    const env = { ...bare, REDIS_URL: 'redis://127.0.0.1:1' };
    expect(setUp(['--redis=optional'], env)).toEqual({ status: 0, said: '' });
    expect(setUp(['--redis=optional'], bare).status).toBe(1);
    expect(setUp([], env).status).toBe(1);
  });

  it('refuses a REDIS_SERVER_BIN that is no program, instead of falling back to another', () => {
    const { status, said } = setUp([], { PATH: process.env.PATH ?? '', REDIS_SERVER_BIN: './nowhere' });
    expect(status).toBe(1);
    expect(said).toContain('REDIS_SERVER_BIN names ./nowhere');
  });
});
