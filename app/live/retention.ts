import type { CaseWriter } from '../case/types.ts';
import type { Evidence, RetentionRules } from '../contract.ts';
import { formatBytes } from '../contract/format.ts';
import { downSample } from './windows/merge-windows.ts';
import { packWindow, unpackWindow } from './windows/pack-window.ts';

const DAY = 86_400e6;
const HOUR = 3600;
const SECOND = 1e6;
const KEPT_KEYS = 100;
/** What is taken away leaves empty pages that the next records fill; until then the file is larger than what is in it. */
const SLACK = 0.9;
/** So many windows are merged at a time: whoever writes meanwhile waits no longer than for them. */
const AT_ONCE = 240;

/** What is done by a rule says so in the custody log. */
const act = 'live.retained';

/** Whether evidence was received, and not imported by hand, and nothing more comes into it. */
function isReceived({ status, options }: Evidence): boolean {
  return status !== 'live' && typeof options['source'] === 'number';
}

/**
 * Takes away what the rules say is not kept any longer, the oldest first, one piece of evidence a call; and merges old windows into hours. What was
 * imported by hand is never touched. Returns whether there is more to do. @throws FlowcaseError
 */
export function retain(writer: CaseWriter, rules: RetentionRules, width: number, now: number): boolean {
  const gone = nextGone(writer, rules, now);
  if (gone !== null) {
    writer.removeEvidence(gone.evidence.id);
    const { id, name, rows } = gone.evidence;
    writer.record(act, `${name} (evidence ${id}) was removed by the rule: ${gone.why}.`, { evidence: id, name, rows, rules });
    return true;
  }
  if (isTooLarge(writer, rules) && dropOldest(writer)) return true;
  return rules.hourlyAfterDays !== null && mergeOld(writer, width, rules.hourlyAfterDays * DAY);
}

function nextGone(
  writer: CaseWriter,
  { days, bytes }: RetentionRules,
  now: number,
): { readonly evidence: Evidence; readonly why: string } | null {
  if (days === null && bytes === null) return null;
  const oldest = writer.evidence().find(isReceived);
  if (oldest === undefined) return null;
  if (days !== null && oldest.imported + oldest.seconds * SECOND < now - days * DAY) {
    return { evidence: oldest, why: `what was received is kept for ${days} days` };
  }
  if (bytes !== null && isTooLarge(writer, { bytes })) return { evidence: oldest, why: `the case is kept below ${formatBytes(bytes)}` };
  return null;
}

function isTooLarge(writer: CaseWriter, { bytes }: Pick<RetentionRules, 'bytes'>): boolean {
  return bytes !== null && writer.live.usedBytes() > bytes * SLACK;
}

/** Where no received records are left to take away: the oldest day of windows. */
function dropOldest(writer: CaseWriter): boolean {
  for (const { kind } of writer.info().kinds) {
    const oldest = writer.live.oldestWindow(kind);
    if (oldest === null) continue;
    writer.live.commit((transaction) => transaction.dropWindows(kind, oldest.width, oldest.start + DAY));
    return true;
  }
  return false;
}

/** Windows that begin so long before the latest become hours: an old log has young windows too. Sliding ones overlap, and stay as they are. */
function mergeOld(writer: CaseWriter, width: number, after: number): boolean {
  const step = width * SECOND;
  if (width >= HOUR || HOUR % width !== 0) return false;
  for (const { kind } of writer.info().kinds) {
    const newest = writer.live.newestWindow(kind);
    if (newest === null) continue;
    const before = Math.floor((newest.start - after) / (HOUR * SECOND)) * HOUR * SECOND;
    const old = writer.live.windows(kind, step, 0, before);
    if (old.length === 0) continue;
    const last = Math.floor(old[Math.min(AT_ONCE, old.length) - 1].start / (HOUR * SECOND) + 1) * HOUR * SECOND;
    const group = old.filter(({ start }) => start < last);
    const bySource = Map.groupBy(group, ({ source }) => source);
    if (group.some(({ start }) => start % step !== 0)) return false;
    writer.live.commit((transaction) => {
      for (const [source, windows] of bySource) {
        for (const hour of downSample(
          windows.map(({ figures }) => unpackWindow(figures)),
          HOUR,
        )) {
          const { start, end, whole } = hour;
          transaction.window({ source, kind, width: end - start, start, records: whole.records, figures: packWindow(hour, KEPT_KEYS) });
        }
      }
      transaction.dropWindows(kind, step, last);
    });
    return true;
  }
  return false;
}
