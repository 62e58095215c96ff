import { SetupError } from './report.mjs';

/** Node 20.19 is the first 20 in which CommonJS may `require()` the ESM-only Nest 12. */
export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `Node 20.19 or later is needed, this is ${version}: install a newer one and run this again.`,
  );
}
