import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './source-tree.js';

/** Section E of the requirements. */
const required = [
  'REDIS_URL', 'REDIS_HOST', 'REDIS_PORT', 'REDIS_USERNAME', 'REDIS_PASSWORD', 'REDIS_DB', 'REDIS_TLS',
  'REDIS_KEY_PREFIX', 'REDIS_POOL_SIZE', 'REDIS_CLUSTER_MODE', 'REDIS_CLUSTER_NODES', 'REDIS_SENTINELS',
  'REDIS_SENTINEL_NAME', 'REDIS_READ_REPLICAS', 'REDIS_READ_REPLICA_URLS', 'REDIS_CONNECT_TIMEOUT',
  'REDIS_COMMAND_TIMEOUT', 'REDIS_KEEP_ALIVE', 'REDIS_MAX_RETRIES', 'REDIS_ENABLE_AUTO_PIPELINING',
  'REDIS_HEARTBEAT_INTERVAL', 'REDIS_HEARTBEAT_TIMEOUT', 'REDIS_RECONNECT_MAX_ATTEMPTS', 'REDIS_FALLBACK',
  'REDIS_FALLBACK_MAX_BYTES',
]; // prettier-ignore

const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8');
const between = /<!-- settings -->\n\n([\s\S]*)\n<!-- \/settings -->/.exec(page)?.[1];
const variables = [...(between ?? '').matchAll(/^\| `(\w+)`/gm)].map(([, variable]) => variable);

describe('the table of settings in docs/configuration.md', () => {
  it('is what `node scripts/settings-table.mjs --write docs/configuration.md` would write', () => {
    const script = join(root, 'scripts', 'settings-table.mjs');
    const fresh = execFileSync(process.execPath, [script], { encoding: 'utf8' });
    expect(between).toBe(fresh);
  });

  it('has a row for every setting and for nothing else', () => {
    const schema = readFileSync(join(root, 'libs', 'redis', 'src', 'configuration', 'settings.ts'), 'utf8');
    expect(variables).toEqual([...schema.matchAll(/\benv: '(\w+)'/g)].map(([, variable]) => variable));
  });

  it('has everything that section E asks for', () => {
    expect(required.filter((variable) => !variables.includes(variable))).toEqual([]);
  });
});
