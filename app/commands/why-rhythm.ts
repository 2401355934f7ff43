import type { ChunkView, RecordTable } from '../columns/types.ts';
import { formatCount, formatDuration } from '../contract/format.ts';
import type { RecordDetail } from '../contract/records.ts';

/** Below this many calls there is no rhythm to speak of. */
const LEAST_CALLS = 10;
/** Half the range of the middle half of the intervals, as a part of the median interval. */
const REGULAR = 0.1;

/** Does the originator call this responder and port at regular intervals? A single call of a beacon looks like any other. */
export function rhythmReason(table: RecordTable, chunk: ChunkView, index: number): RecordDetail['why'][number] | null {
  const [from, to] = [chunk.ids('orig_h')[index], chunk.ids('resp_h')[index]];
  const port = chunk.numbers('resp_p')[index];
  if (from === 0 || to === 0 || port !== port) return null;
  const times = callTimes(table, from, to, port);
  if (times.length < LEAST_CALLS) return null;
  const gaps = new Float64Array(times.length - 1);
  for (let i = 0; i < gaps.length; i++) gaps[i] = times[i + 1] - times[i];
  gaps.sort();
  const quantile = (share: number): number => gaps[Math.floor(share * (gaps.length - 1))];
  const median = quantile(0.5);
  const spread = (quantile(0.75) - quantile(0.25)) / 2;
  if (median < 1e6 || spread > REGULAR * median) return null;
  const span = formatDuration(times[times.length - 1] - times[0]);
  const hosts = table.dictionary('host');
  return {
    what: 'rhythm',
    words: `${hosts.textOf(from)} calls ${hosts.textOf(to)} on port ${port} every ${formatDuration(median)} ± ${formatDuration(spread)}, ${formatCount(times.length)} times in ${span} (median interval, ± half the range of the middle half).`,
  };
}

/** Times of all such connections, ascending. */
function callTimes(table: RecordTable, from: number, to: number, port: number): Float64Array {
  const times: number[] = [];
  for (const chunk of table.chunks) {
    const stats = chunk.stats('orig_h');
    if (stats === null || stats.min === null || stats.max === null || from < stats.min || from > stats.max) continue;
    const [orig, resp] = [chunk.ids('orig_h'), chunk.ids('resp_h')];
    const [ports, ts] = [chunk.numbers('resp_p'), chunk.numbers('ts')];
    for (let i = 0; i < orig.length; i++) {
      if (orig[i] === from && resp[i] === to && ports[i] === port && ts[i] === ts[i]) times.push(ts[i]);
    }
  }
  return Float64Array.from(times).sort();
}
