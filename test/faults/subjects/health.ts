import type { Violation } from '../invariants.js';
import type { Subject } from './subject.js';

/** `healthCheck()`: the truth, and soon. */
export const health: Subject = {
  name: 'health',
  rows: 'B4 B5',
  async open({ options, log, service }) {
    const redis = service(options);
    let healthy = false;
    let open = true;
    const check = async (): Promise<boolean> => {
      const call = await log.call({ op: 'health', key: 'health' }, () => redis.healthCheck());
      return (call.reply as { healthy?: boolean }).healthy ?? false;
    };
    const watching = (async () => {
      while (open) {
        healthy = await check();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    return {
      // Its own limit.
      deadlineMs: () => 1_000,
      isUp: () => healthy,
      works: check,
      work: async () => void (await check()),
      async settle() {
        open = false;
        await watching;
      },
      violations(): Violation[] {
        const rejected = log.records.find(({ told }) => told !== 'ok');
        return rejected ? [`see: healthCheck() rejected: ${rejected.error}`] : [];
      },
    };
  },
};
