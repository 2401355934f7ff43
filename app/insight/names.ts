import type { RecordTable } from '../columns/types.ts';
import type { NamedCount, Overview } from '../contract/records.ts';
import { connStates } from '../formats/conn-states.ts';
import { largest } from './talkers.ts';
import type { Slice } from '../columns/scan/slices.ts';

/** The name under which rows are counted that have no value. */
export const ABSENT_NAME = '-';

const PORTS = 65_536;

/** Values of a dictionary column by connections, the most frequent first; absent ones under "-". */
export function countNames(table: RecordTable, slices: readonly Slice[], column: string, top: number): NamedCount[] {
  if (table.column(column)?.storage !== 'dictionary') return [];
  const terms = table.dictionary(table.column(column)?.dictionary ?? 'term');
  // Absent is id 0; shifted by one so that it counts like the others.
  const counts = new Float64Array(terms.size + 2);
  const bytes = new Float64Array(terms.size + 2);
  for (const { chunk, rows, count } of slices) {
    const ids = chunk.ids(column);
    const sent = chunk.numbers('orig_bytes');
    const received = chunk.numbers('resp_bytes');
    for (let k = 0; k < count; k++) {
      const i = rows === null ? k : rows[k];
      const at = ids[i] + 1;
      counts[at]++;
      bytes[at] += (sent[i] === sent[i] ? sent[i] : 0) + (received[i] === received[i] ? received[i] : 0);
    }
  }
  return largest(counts, top).map((at) => ({
    name: at === 1 ? ABSENT_NAME : terms.textOf(at - 1),
    connections: counts[at],
    bytes: bytes[at],
  }));
}

export function countStates(table: RecordTable, slices: readonly Slice[], top: number): Overview['states'] {
  return countNames(table, slices, 'conn_state', top).map((entry) => ({
    ...entry,
    meaning: entry.name === ABSENT_NAME ? 'The log does not say' : (connStates.get(entry.name)?.title ?? 'Not a state that Zeek documents'),
  }));
}

/** Ports of responders by connections, the most frequent first. */
export function countPorts(slices: readonly Slice[], top: number): Overview['ports'] {
  const counts = new Float64Array(PORTS + 1);
  const bytes = new Float64Array(PORTS + 1);
  for (const { chunk, rows, count } of slices) {
    const ports = chunk.numbers('resp_p');
    const sent = chunk.numbers('orig_bytes');
    const received = chunk.numbers('resp_bytes');
    for (let k = 0; k < count; k++) {
      const i = rows === null ? k : rows[k];
      const port = ports[i];
      if (!(port >= 0 && port < PORTS)) continue;
      counts[port + 1]++;
      bytes[port + 1] += (sent[i] === sent[i] ? sent[i] : 0) + (received[i] === received[i] ? received[i] : 0);
    }
  }
  return largest(counts, top).map((at) => ({ name: String(at - 1), port: at - 1, connections: counts[at], bytes: bytes[at] }));
}
