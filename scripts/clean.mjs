#!/usr/bin/env node
// `npm run clean`: removes what the build made, and nothing else.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, rooms } from './setup/workspace.mjs';

for (const folder of [root, ...rooms()]) {
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.tsbuildinfo')) rmSync(join(folder, name), { force: true });
  }
}
