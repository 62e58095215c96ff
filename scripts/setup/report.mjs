/** A reason to stop that is the user's to act on: shown as its message, without a stack. */
export class SetupError extends Error {}

/** Runs a step and prints its one line: what it is before it, how long it took after it. */
export function step(title, run) {
  const start = performance.now();
  process.stdout.write(`setup: ${title}`);
  try {
    const result = run();
    process.stdout.write(` (${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
    return result;
  } catch (error) {
    process.stdout.write(' failed\n');
    throw error;
  }
}

/** The last lines of a tool's output, without the addresses (and credentials in them) that tools like to print. */
export function excerpt(output, lines = 20) {
  return output
    .replaceAll(/\b[a-z][a-z+.-]*:\/\/\S+/gi, '<address>')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .join('\n');
}
