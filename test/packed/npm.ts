import { Program } from './program.js';

/** npm may have to fetch what its cache does not hold. */
const timeoutMs = 90_000;

/**
 * Runs npm and gives what it printed.
 *
 * @throws {Error} with its messages, when it fails or takes longer than 90 s
 */
export async function runNpm(args: readonly string[], folder: string): Promise<string> {
  const [command, ...first] =
    process.platform === 'win32' ? ['cmd', '/c', 'npm'] : (['npm'] as [string, ...string[]]);
  const npm = new Program(command as string, [...first, ...args], { folder });
  const { code, stdout, stderr } = await npm.ended(timeoutMs);
  if (code !== 0) throw new Error(`npm ${args[0]} failed (${code}):\n${stderr}\n${stdout}`);
  return stdout;
}
