import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RedisServer } from '@holdfast/testing';
import { rootFolder } from '../harness/paths.mjs';
import { startSuite } from '../suites/start.mjs';

/**
 * Time to listen that RedisModule adds to an application, in ms, by the state of Redis.
 *
 * @returns {Promise<Record<'up' | 'refused' | 'silent', number>>}
 */
export async function measureStart({ quick }) {
  const server = await RedisServer.start();
  try {
    const { results } = await startSuite.run({ redisUrl: server.url, quick, repeat: quick ? 2 : 7 });
    const { standings } = results[0];
    return Object.fromEntries(
      ['up', 'refused', 'silent'].map((id) => [
        id,
        standings.find((standing) => standing.id === id).differences.processMs.median,
      ]),
    );
  } finally {
    await server.stop();
  }
}

/** What users of the demo got while its Redis froze and died. @returns the summary of demo:outage */
export async function measureDemo() {
  const program = join(rootFolder, 'apps', 'demo', 'outage', 'run.mjs');
  const child = spawn(process.execPath, [program, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  await once(child, 'close');
  return JSON.parse(text);
}
