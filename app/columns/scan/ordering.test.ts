import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { connectionColumns, MemoryTable, type PlainRow } from '../testing.ts';
import { Ordering } from './ordering.ts';
import { boundsOf, everyRow, slicesOf } from './slices.ts';
import { NumberKey, RankKey, type SortKey } from './sort-key.ts';
import { TextKey } from './text-key.ts';

/** Enough rows for stretches to be parted more than once. */
const ROWS = 30_000;
const columns = [...connectionColumns, { name: 'ratio', type: 'double', storage: 'number', dictionary: null, title: 'Ratio' } as const];

function plainRows(random: Random): PlainRow[] {
  const maybe = <T>(value: T): T | null => (random.below(20) === 0 ? null : value);
  return Array.from({ length: ROWS }, (_, i) => ({
    // In order but for a few; above what fits a double's 32 upper bits.
    ts: 1.7e15 + i * 40 + (random.below(9) === 0 ? random.below(100_000) : 0),
    // Half of them in one value, the rest over many magnitudes.
    orig_bytes: maybe(random.below(2) === 0 ? 0 : Math.floor(Math.exp(random.below(2200) / 100))),
    resp_bytes: i,
    ratio: maybe(random.normal() * 10 ** (random.below(60) - 30)),
    uid: maybe(['', 'C', 'CONNECTION', 'CONNECTION-', 'CONNECTION-longer-than-that'][random.below(5)] + String(random.below(500))),
    service: maybe(`service ${random.below(700)}`),
  }));
}

let rows: PlainRow[] = [];
let table = new MemoryTable(columns, []);
beforeAll(() => {
  rows = plainRows(new Random(7));
  table = new MemoryTable(columns, rows, 7000);
});

function keyFor(name: string): SortKey {
  const slices = slicesOf(table, everyRow);
  if (name === 'uid') return new TextKey(name);
  if (name !== 'service') return new NumberKey((chunk) => chunk.packedNumbers(name), boundsOf(slices, name));
  const terms = table.dictionary('term');
  const texts = Array.from({ length: terms.size }, (_, i) => terms.textOf(i + 1));
  const sorted = [...texts].sort();
  const places = new Map(sorted.map((text, place) => [text, place]));
  return new RankKey(
    name,
    Float64Array.from(['', ...texts], (text, id) => (id === 0 ? NaN : (places.get(text) ?? NaN))),
  );
}

function expectedIds(name: string, descending: boolean): number[] {
  const before = (x: number | string, y: number | string): number => (x < y ? -1 : x > y ? 1 : 0) * (descending ? -1 : 1);
  const order = [...rows.keys()].sort((a, b) => {
    const [x, y] = [rows[a][name] ?? null, rows[b][name] ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
    return before(x, y) || a - b;
  });
  return order.map((index) => index + 10 * Math.floor(index / 7000));
}

describe.each(['ts', 'orig_bytes', 'resp_bytes', 'ratio', 'uid', 'service'])('rows by %s', (name) => {
  it.each([false, true])('are in order, page by page and as a whole; descending: %s', (descending) => {
    const expected = expectedIds(name, descending);
    const slices = slicesOf(table, everyRow);
    const paged = new Ordering(slices, keyFor(name), descending);
    expect(paged.length).toBe(ROWS);
    for (const offset of [15_000, 0, 29_950, 14_950, 7, 15_050, ROWS, ROWS + 5]) {
      expect([...paged.ids(offset, 100)]).toEqual(expected.slice(offset, offset + 100));
    }
    expect([...new Ordering(slices, keyFor(name), descending).ids()]).toEqual(expected);
    expect([...paged.ids()]).toEqual(expected);
  });
});
