import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { RecordDetail } from '../contract/records.ts';
import { beatOf, beatWords, SHORTEST_GAP } from '../detect/beat.ts';
import { gapsOf } from '../features/groups.ts';

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
  const beat = beatOf(gapsOf(times).sort());
  const [low, high] = beat.quartiles;
  if (beat.median < SHORTEST_GAP || high - low > 2 * REGULAR * beat.median) return null;
  const hosts = table.dictionary('host');
  return { what: 'rhythm', words: beatWords({ from: hosts.textOf(from), to: hosts.textOf(to), port, count: times.length }, beat) };
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
