import type { RecordTable } from '../columns/types.ts';

export interface ValueCount {
  readonly id: number;
  readonly count: number;
}

const cache = new WeakMap<RecordTable, Map<string, readonly ValueCount[]>>();

/** How often each entry stands in the dictionary columns together, the most frequent first. Counted once for a table. */
export function valueCounts(table: RecordTable, columns: readonly string[]): readonly ValueCount[] {
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

function count(table: RecordTable, columns: readonly string[]): readonly ValueCount[] {
  const there = columns.map((name) => table.column(name)).filter((spec) => spec?.storage === 'dictionary');
  if (there.length === 0) return [];
  const counts = new Uint32Array(table.dictionary(there[0]?.dictionary ?? 'term').size + 1);
  for (const chunk of table.chunks) {
    for (const spec of there) {
      if (spec === undefined || chunk.stats(spec.name) === null) continue;
      for (const id of chunk.ids(spec.name)) counts[id]++;
    }
  }
  const list: ValueCount[] = [];
  for (let id = 1; id < counts.length; id++) if (counts[id] > 0) list.push({ id, count: counts[id] });
  return list.sort((a, b) => b.count - a.count || a.id - b.id);
}
