#!/usr/bin/env node
// `npm run build`: TypeScript, and what TypeScript does not copy. Quiet when nothing changed.
import { build } from './setup/build.mjs';
import { SetupError } from './setup/report.mjs';

try {
  build();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
