import type { Fault } from '../fault.js';
import { repeatEvery } from './repeat-every.js';

const full = process.env.HOLDFAST_FAULTS === 'full';

/** The way to Redis fails. */
export const networkFaults: readonly Fault[] = [
  {
    name: 'refused',
    found: 'at-once',
    lastsMs: 3_000,
    async begin({ proxy }) {
      await proxy.refuse();
      return () => proxy.reset();
    },
  },
  {
    name: 'refused from the start',
    found: 'not',
    fromTheStart: true,
    lastsMs: 2_000,
    async begin({ proxy }) {
      await proxy.refuse();
      return () => proxy.reset();
    },
  },
  {
    name: 'black hole that forgets its connections',
    found: 'by-heartbeat',
    begin({ proxy }) {
      proxy.faults.blackHole({ afterwards: 'dead' });
      return () => proxy.reset();
    },
  },
  {
    name: 'black hole that delivers late',
    found: 'by-heartbeat',
    begin({ proxy }) {
      proxy.faults.blackHole({ afterwards: 'deliver' });
      return () => proxy.reset();
    },
  },
  {
    name: '2 s latency',
    found: 'not',
    lastsMs: 5_000,
    commandTimeoutMs: 5_000,
    begin({ proxy }) {
      proxy.faults.delay({ latencyMs: 2_000 });
      return () => proxy.reset();
    },
  },
  {
    name: '10 kB/s with values of 1 MB',
    found: 'not',
    lastsMs: 5_000,
    valueBytes: 1_048_576,
    begin({ proxy }) {
      proxy.faults.throttle({ bytesPerSecond: 10_000 });
      return () => proxy.reset();
    },
  },
  {
    name: `flapping every 500 ms for ${full ? 30 : 6} s`,
    found: 'not',
    lastsMs: full ? 30_000 : 6_000,
    async begin({ proxy }) {
      let refuses = false;
      const flap = repeatEvery(500, () => {
        refuses = !refuses;
        return refuses ? proxy.refuse() : proxy.accept();
      });
      return async () => {
        await flap.stop();
        await proxy.reset();
      };
    },
  },
];
