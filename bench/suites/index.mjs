import { commandSuite } from './command.mjs';
import { policiesSuite } from './policies.mjs';
import { startSuite } from './start.mjs';

/** All suites, in the order in which they run. */
export const suites = [commandSuite, policiesSuite, startSuite];
