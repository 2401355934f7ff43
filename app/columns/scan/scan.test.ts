import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionColumns, MemoryTable, type PlainRow } from '../testing.ts';
import type { ChunkView, ColumnSpec } from '../types.ts';
import type { Key } from './codes.ts';
import { distinctCount, entriesIn } from './distinct.ts';
import { groupBy } from './group.ts';
import type { Measure } from './measures.ts';
import { slicesOf, slicesOfIds, type RowFilter } from './slices.ts';
import { largest, smallest } from './top.ts';

/** Every primitive beside a plain twin that goes row by row over plain values with Map and sort. */

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 4 });
const columns: readonly ColumnSpec[] = [
  ...connectionColumns,
  { name: 'ratio', type: 'double', storage: 'number', dictionary: null, title: 'Ratio' },
];
const row: fc.Arbitrary<PlainRow> = fc.record({
  ts: maybe(fc.integer({ min: -50, max: 50 })),
  uid: maybe(fc.constantFrom('', 'C1', 'C2', 'é', '\0')),
  orig_h: maybe(fc.constantFrom('9.0.0.1', '10.0.0.1', '10.0.0.10')),
  resp_h: maybe(fc.constantFrom('10.0.0.1', '10.0.0.10', '__proto__', '2001:db8::2')),
  resp_p: maybe(fc.constantFrom(0, 53, 443, 65_535)),
  service: maybe(fc.constantFrom('http', 'ssl')),
  orig_bytes: maybe(fc.integer({ min: 0, max: 1000 })),
  resp_bytes: maybe(fc.integer({ min: -5, max: 5 })),
  // Small beside large: what is not whole must not be taken for whole. Far apart: what has no table of its own.
  ratio: maybe(fc.constantFrom(-0, 0, 0.5, 1e-17, 2e-17, -1000, 1e12, 1e300, Infinity, 7)),
});
const filter = fc.constantFrom<RowFilter & { readonly name: string }>(
  { name: 'all', everything: true, mask: (chunk) => new Uint8Array(chunk.rows).fill(1) },
  { name: 'odd', everything: false, mask: (chunk) => Uint8Array.from({ length: chunk.rows }, (_, i) => i % 2) },
  { name: 'chunk 2', everything: false, mask: (chunk) => (chunk.id === 2 ? new Uint8Array(chunk.rows).fill(1) : null) },
  { name: 'none', everything: false, mask: () => null },
);
const tables = fc
  .tuple(fc.array(row, { maxLength: 40 }), filter)
  .map(([rows, chosen]) => ({ rows, chosen, table: new MemoryTable(columns, rows) }));

/** The plain rows that a filter chooses. */
function chosenRows(table: MemoryTable, rows: readonly PlainRow[], chosen: RowFilter): PlainRow[] {
  let at = 0;
  return table.chunks.flatMap((chunk: ChunkView) => {
    const mask = chosen.mask(chunk);
    const mine = rows.slice(at, (at += chunk.rows));
    return mine.filter((_, i) => mask?.[i] === 1);
  });
}

type Value = number | string | null;
function valueOf(plain: PlainRow, { column, step }: Key): Value {
  const value = plain[column] ?? null;
  if (typeof value !== 'number') return value;
  return (step === undefined ? value : Math.floor(value / step) * step) + 0;
}

const keys: fc.Arbitrary<readonly Key[]> = fc.array(
  fc.constantFrom<Key>(
    { column: 'orig_h' },
    { column: 'resp_h' },
    { column: 'resp_p' },
    { column: 'service' },
    { column: 'uid' },
    { column: 'ratio' },
    { column: 'ts', step: 7 },
    { column: 'ratio', step: 0.25 },
    { column: 'nowhere' },
  ),
  { maxLength: 3 },
);
const numbers = (rows: readonly PlainRow[], column: string): number[] =>
  rows.flatMap((plain) => (typeof plain[column] === 'number' ? [plain[column]] : []));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const measures: readonly { readonly measure: Measure; readonly plain: (rows: readonly PlainRow[]) => number }[] = [
  {
    measure: { sum: ['orig_bytes', 'resp_bytes'] },
    plain: (rows) => sum([...numbers(rows, 'orig_bytes'), ...numbers(rows, 'resp_bytes')]),
  },
  { measure: { min: 'ts' }, plain: (rows) => (numbers(rows, 'ts').length === 0 ? NaN : Math.min(...numbers(rows, 'ts')) + 0) },
  { measure: { max: 'ratio' }, plain: (rows) => (numbers(rows, 'ratio').length === 0 ? NaN : Math.max(...numbers(rows, 'ratio')) + 0) },
  { measure: { present: 'resp_bytes' }, plain: (rows) => numbers(rows, 'resp_bytes').length },
  { measure: { distinct: 'resp_h' }, plain: (rows) => new Set(rows.flatMap((plain) => plain['resp_h'] ?? [])).size },
  { measure: { distinct: 'ratio' }, plain: (rows) => new Set(numbers(rows, 'ratio')).size },
  { measure: { distinct: 'uid' }, plain: (rows) => new Set(rows.flatMap((plain) => plain['uid'] ?? [])).size },
  { measure: { sum: ['nowhere'] }, plain: () => 0 },
];

describe('groupBy', () => {
  it('gives the groups and figures of a plain loop', () => {
    fc.assert(
      fc.property(tables, keys, ({ rows, chosen, table }, by) => {
        const expected = new Map<string, PlainRow[]>();
        for (const plain of chosenRows(table, rows, chosen)) {
          const name = JSON.stringify(by.map((key) => String(valueOf(plain, key)) + typeof valueOf(plain, key)));
          expected.set(name, [...(expected.get(name) ?? []), plain]);
        }
        const groups = groupBy(
          table,
          chosen,
          by,
          measures.map(({ measure }) => measure),
        );
        const found = new Map<string, number[]>();
        for (let group = 0; group < groups.size; group++) {
          const name = groups.keys.map((key) => {
            const value: Value = key.textOf(group) ?? (key.isAbsent(group) ? null : key.values[group]);
            return String(value) + typeof value;
          });
          found.set(JSON.stringify(name), [groups.counts[group], ...groups.figures.map((figures) => figures[group])]);
        }
        const twin = [...expected].map(([name, mine]): [string, number[]] => [
          name,
          [mine.length, ...measures.map(({ plain }) => plain(mine))],
        ]);
        expect(found).toEqual(new Map(twin));
        expect(groups.size).toBe(twin.length);
      }),
      { numRuns: 1500 },
    );
  });

  it('weighs entries', () => {
    fc.assert(
      fc.property(tables, ({ rows, chosen, table }) => {
        const weights = new Float64Array(table.dictionary('term').size + 1).fill(1);
        weights[table.dictionary('term').idOf('ssl')] = 10;
        weights[0] = 0.5;
        const { figures } = groupBy(table, chosen, [], [{ weigh: 'service', weights }]);
        const weightOf = (plain: PlainRow): number => (plain['service'] === null ? 0.5 : plain['service'] === 'ssl' ? 10 : 1);
        expect(figures[0][0] ?? 0).toBe(sum(chosenRows(table, rows, chosen).map(weightOf)));
      }),
    );
  });

  it('gives groups the same order however the rows come', () => {
    fc.assert(
      fc.property(tables, keys, ({ chosen, table }, by) => {
        const once = groupBy(table, chosen, by);
        const again = groupBy(table, slicesOf(table, chosen), by);
        expect(again.keys.map(({ values }) => values)).toEqual(once.keys.map(({ values }) => values));
      }),
    );
  });
});

describe('distinct', () => {
  it('counts combinations without absent parts, as a set of tuples does', () => {
    fc.assert(
      fc.property(tables, keys, ({ rows, chosen, table }, by) => {
        const tuples = chosenRows(table, rows, chosen).map((plain) => by.map((key) => valueOf(plain, key)));
        const whole = tuples
          .filter((tuple) => !tuple.includes(null))
          .map((tuple) => tuple.map((value) => `${typeof value}${value}`).join('\n'));
        expect(distinctCount(table, chosen, by)).toBe(new Set(whole).size);
      }),
      { numRuns: 500 },
    );
  });

  it('lists the entries of several columns', () => {
    fc.assert(
      fc.property(tables, ({ rows, chosen, table }) => {
        const hosts = new Set(chosenRows(table, rows, chosen).flatMap((plain) => [plain['orig_h'] ?? [], plain['resp_h'] ?? []].flat()));
        const ids = entriesIn(table, chosen, ['orig_h', 'resp_h', 'nowhere']);
        expect(new Set([...ids].map((id) => table.dictionary('host').textOf(id)))).toEqual(hosts);
        expect([...ids]).toEqual([...new Set(ids)].sort((a, b) => a - b));
      }),
    );
  });
});

it('slices of ids are the rows with these ids', () => {
  fc.assert(
    fc.property(tables, ({ chosen, table }) => {
      const slices = slicesOf(table, chosen);
      const idsOf = (of: typeof slices): number[] =>
        of.flatMap(({ chunk, rows, count }) => Array.from({ length: count }, (_, k) => chunk.firstRow + (rows === null ? k : rows[k])));
      const ids = idsOf(slices);
      // Numbers that no record has lie between the chunks.
      const more = [...new Set([...ids, 7, 9, 1000])].sort((a, b) => a - b);
      const known = more.filter((id) => table.locate(id) !== null);
      expect(idsOf(slicesOfIds(table, Float64Array.from(more)))).toEqual(known);
      expect(idsOf(slicesOfIds(table, Float64Array.from(ids)))).toEqual(ids);
    }),
  );
});

it.each([
  ['largest', largest, -1],
  ['smallest', smallest, 1],
] as const)('%s is a sort cut short', (_name, pick, sign) => {
  const value = fc.constantFrom(0, -1, 1, 2, 3.5, NaN, Infinity, -Infinity);
  fc.assert(
    fc.property(fc.array(value, { maxLength: 30 }), fc.integer({ min: 0, max: 12 }), fc.boolean(), (values, count, backwards) => {
      const tie = (a: number, b: number): number => (backwards ? b - a : a - b);
      const present = [...values.keys()].filter((i) => !Number.isNaN(values[i]));
      const sorted = present.sort((a, b) => (values[a] === values[b] ? tie(a, b) : (values[a] < values[b] ? -1 : 1) * sign));
      expect(pick(Float64Array.from(values), count, tie)).toEqual(sorted.slice(0, count));
    }),
    { numRuns: 1000 },
  );
});
