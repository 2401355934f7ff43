import { groupBy } from '../columns/scan/group.ts';
import { everyRow } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';

export interface ValueCount {
  readonly id: number;
  readonly count: number;
}

const cache = new WeakMap<RecordTable, Map<string, readonly ValueCount[]>>();

/** How often each entry stands in the dictionary columns together, the most frequent first. Counted once for a table. */
export function valueCounts(table: RecordTable, columns: readonly string[]): readonly ValueCount[] {
  return remembered(table, columns, countEntries);
}

/** How often each port stands in the columns together, the most frequent first; `id` is the port. Counted once for a table. */
export function portCounts(table: RecordTable, columns: readonly string[]): readonly ValueCount[] {
  return remembered(table, columns, countPorts);
}

type Count = (table: RecordTable, columns: readonly string[]) => readonly ValueCount[];

function remembered(table: RecordTable, columns: readonly string[], count: Count): readonly ValueCount[] {
  const known = cache.get(table) ?? new Map<string, readonly ValueCount[]>();
  cache.set(table, known);
  const key = columns.join('\n');
  let counts = known.get(key);
  if (counts === undefined) {
    counts = count(table, columns);
    known.set(key, counts);
  }
  return counts;
}

function countEntries(table: RecordTable, columns: readonly string[]): readonly ValueCount[] {
  const there = columns.flatMap((name) => table.column(name) ?? []).filter(({ storage }) => storage === 'dictionary');
  if (there.length === 0) return [];
  const counts = new Uint32Array(table.dictionary(there[0].dictionary ?? 'term').size + 1);
  for (const { name } of there) {
    const { size, counts: rows, keys } = groupBy(table, everyRow, [{ column: name }]);
    for (let group = 0; group < size; group++) counts[keys[0].values[group]] += rows[group];
  }
  // 0 is absent.
  counts[0] = 0;
  return listed(counts);
}

function countPorts(table: RecordTable, columns: readonly string[]): readonly ValueCount[] {
  const counts = new Uint32Array(65_536);
  for (const name of columns) {
    const { size, counts: rows, keys } = groupBy(table, everyRow, [{ column: name }]);
    for (let group = 0; group < size; group++) if (keys[0].values[group] >= 0) counts[keys[0].values[group]] += rows[group];
  }
  return listed(counts);
}

function listed(counts: Uint32Array): readonly ValueCount[] {
  const list: ValueCount[] = [];
  for (let id = 0; id < counts.length; id++) if (counts[id] > 0) list.push({ id, count: counts[id] });
  return list.sort((a, b) => b.count - a.count || a.id - b.id);
}
