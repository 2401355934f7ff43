import type { LiveSourceStatus } from '../../contract/live.ts';

/** Records of a source that are in no window, since it was started here; and how often event time had run ahead and went back. */
export interface LostRecords {
  readonly late: number;
  readonly early: number;
  readonly backs: number;
}

export const noneLost: LostRecords = { late: 0, early: 0, backs: 0 };

/** Of fewer nobody needs to know: a few are late in every log. */
const WORTH_SAYING = 1000;
const SHARE = 0.05;

/** The status of a source with what its windows lost; a source that runs says so in words. */
export function withLost(status: Omit<LiveSourceStatus, 'late' | 'early'>, lost: LostRecords): LiveSourceStatus {
  const { late, early } = lost;
  const why = status.state === 'running' && status.why === '' ? lostWords(lost, status.records) : status.why;
  return { ...status, why, late, early };
}

/** "" where there is nothing to say. Stays the same while nothing new happens: it is told where it changes. */
function lostWords({ late, early, backs }: LostRecords, records: number): string {
  if (backs > 0)
    return `wrong time stamps ran ahead, and event time went back ${backs === 1 ? 'once' : `${backs} times`}: what came in between is in no window`;
  if (late + early < Math.max(WORTH_SAYING, records * SHARE)) return '';
  return late >= early ? 'many records came too late for their windows' : 'many records are too far ahead for windows';
}
