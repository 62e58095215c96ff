import { breakerInstrument } from './breaker-instrument.js';
import { cacheInstrument } from './cache-instrument.js';
import { commandInstrument } from './command-instrument.js';
import { connectionInstrument } from './connection-instrument.js';
import { fallbackInstrument } from './fallback-instrument.js';
import { healthInstrument } from './health-instrument.js';
import type { MetricsInstrument } from './instrument.js';
import { queueInstrument } from './queue-instrument.js';
import { throttlerInstrument } from './throttler-instrument.js';

/** The subjects that every module shows, one file each. */
export const builtInInstruments: readonly MetricsInstrument[] = [
  connectionInstrument,
  commandInstrument,
  breakerInstrument,
  fallbackInstrument,
  healthInstrument,
  cacheInstrument,
  queueInstrument,
  throttlerInstrument,
];
