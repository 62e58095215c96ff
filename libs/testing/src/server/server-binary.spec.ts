import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServerBinary } from './server-binary.js';

describe('findServerBinary (F3)', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-binary-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const install = async (name: string, mode = 0o755) => {
    await writeFile(join(folder, name), '');
    await chmod(join(folder, name), mode);
    return join(folder, name);
  };

  it('takes what REDIS_SERVER_BIN names, by path or by name', async () => {
    const binary = await install('my-redis');
    await install('redis-server');
    await expect(findServerBinary({ REDIS_SERVER_BIN: binary, PATH: folder })).resolves.toBe(binary);
    await expect(findServerBinary({ REDIS_SERVER_BIN: 'my-redis', PATH: folder })).resolves.toBe(binary);
  });

  it('prefers redis-server to valkey-server', async () => {
    const valkey = await install('valkey-server');
    await expect(findServerBinary({ PATH: `/nowhere:${folder}` })).resolves.toBe(valkey);
    const redis = await install('redis-server');
    await expect(findServerBinary({ PATH: `/nowhere:${folder}` })).resolves.toBe(redis);
  });

  it('says what to do when there is none', async () => {
    await install('redis-server', 0o644);
    await expect(findServerBinary({ PATH: folder })).rejects.toMatchObject({
      code: 'REDIS_SERVER_NOT_FOUND',
      message: expect.stringMatching(/install one .* or name one in REDIS_SERVER_BIN/),
    });
  });

  it('does not look elsewhere when REDIS_SERVER_BIN is wrong', async () => {
    await install('redis-server');
    await expect(findServerBinary({ REDIS_SERVER_BIN: '/no/such', PATH: folder })).rejects.toThrow(
      'REDIS_SERVER_BIN names /no/such, which is not an executable file',
    );
  });
});
