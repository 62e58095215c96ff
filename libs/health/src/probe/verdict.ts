import { RedisConnectionState } from '@holdfast/redis';
import type { ResolvedCheckOptions } from '../redis-health.options.js';
import { describeConnection, describeTrouble } from '../report/connection-report.js';
import type { Sighting } from './redis-probe.js';

/** What a check says. */
export interface Verdict {
  readonly status: 'up' | 'degraded' | 'down';
  /** What is wrong and what to do; absent when nothing is. */
  readonly message?: string;
}

type Rules = Pick<ResolvedCheckOptions, 'timeoutMs' | 'whenDown'>;

/** A Redis this much slower than last time is worth a word. */
const slowerRatio = 2;

/** Judges what a look found. */
export function judge(sighting: Sighting, rules: Rules): Verdict {
  const { answer, shared } = sighting;
  switch (answer.kind) {
    case 'pong':
      return judgeOthers(sighting);
    case 'not-connected':
      return down(describeTrouble(shared), rules);
    case 'error':
      return down(answer.message, rules);
    case 'late': {
      const silent = `${describeConnection(shared)} has not answered PING for ${Math.round(answer.silentMs)} ms`;
      if (answer.silentMs >= rules.timeoutMs) {
        const advice =
          'Redis is frozen, runs a command that takes long (SLOWLOG GET), or the network swallows packets';
        return down(`${silent}. ${advice}.`, rules);
      }
      // Whether Redis is as slow as ever or gone cannot be known yet; the last answer is the best guess.
      if (sighting.latencyMs !== undefined && answer.silentMs <= slowerRatio * sighting.latencyMs) {
        return judgeOthers(sighting);
      }
      return {
        status: 'degraded',
        message: `${silent}. It is slow, or gone: without an answer it is down after ${rules.timeoutMs} ms.`,
      };
    }
  }
}

function down(message: string, { whenDown }: Rules): Verdict {
  return whenDown === 'down'
    ? { status: 'down', message }
    : { status: 'degraded', message: `${message} The application works without it.` };
}

/** Redis serves; but does it serve everyone in this process? */
function judgeOthers({ connections, shared }: Sighting): Verdict {
  const troubled = connections.filter(
    (connection) => connection !== shared && unusable.has(connection.state),
  );
  if (troubled.length === 0) return { status: 'up' };
  return { status: 'degraded', message: troubled.map(describeTrouble).join(' ') };
}

const unusable: ReadonlySet<RedisConnectionState> = new Set([
  RedisConnectionState.Reconnecting,
  RedisConnectionState.Disconnected,
]);
