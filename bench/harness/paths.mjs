import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const benchFolder = join(dirname(fileURLToPath(import.meta.url)), '..');
export const rootFolder = join(benchFolder, '..');
export const resultsFolder = join(benchFolder, 'results');
export const documentFile = join(rootFolder, 'docs', 'performance.md');
