import { z } from 'zod';
import { alertRules } from '../contract/live-alerts.ts';
import { liveWindowRules, retentionRules, type LiveRules } from '../contract/live.ts';

const rules = z.object({
  windows: liveWindowRules.default(liveWindowRules.parse({})),
  alerts: alertRules.default(alertRules.parse({})),
  retention: retentionRules.default(retentionRules.parse({})),
});

/** What a person set, as it stands in the case; what is not there is as it is at first. */
export function readRules(stored: Uint8Array | null): LiveRules {
  return rules.parse(stored === null ? {} : withNamesOfNow(JSON.parse(Buffer.from(stored).toString())));
}

const earlier = z.looseObject({ retention: z.looseObject({ hoursAfter: z.unknown() }) });

/** Cases of earlier versions call the days until windows become hours `hoursAfter`. */
function withNamesOfNow(stored: unknown): unknown {
  const read = earlier.safeParse(stored);
  if (!read.success || !('hoursAfter' in read.data.retention)) return stored;
  const { hoursAfter, ...retention } = read.data.retention;
  return { ...read.data, retention: { ...retention, hourlyAfterDays: hoursAfter } };
}
