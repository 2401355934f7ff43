import fc from 'fast-check';
import { expect, it } from 'vitest';
import { connectionColumns, MemoryTable, type PlainRow } from '../query/testing.ts';
import { everyRow } from '../columns/scan/slices.ts';
import { orderRecords } from './order.ts';
import { sortedOrder } from '../columns/scan/sorted-order.ts';

it('sortedOrder is a stable sort with NaN last, both ways', () => {
  const key = fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1.7e15, 5e-324));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 60 }), fc.boolean(), (keys, descending) => {
      const present = [...keys.keys()].filter((i) => !Number.isNaN(keys[i]));
      const sorted = present.sort((a, b) => (keys[a] === keys[b] ? a - b : (keys[a] < keys[b] ? -1 : 1) * (descending ? -1 : 1)));
      const absent = [...keys.keys()].filter((i) => Number.isNaN(keys[i]));
      expect([...sortedOrder(Float64Array.from(keys), descending)]).toEqual([...sorted, ...absent]);
    }),
    { numRuns: 2000 },
  );
});

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 4 });
const row: fc.Arbitrary<PlainRow> = fc.record({
  ts: maybe(fc.integer({ min: -5, max: 5 })),
  // The same first six bytes, longer and shorter, and bytes beyond ASCII.
  uid: maybe(fc.constantFrom('', 'C', 'Cabcde', 'Cabcdef', 'CabcdeA', 'CabcdeAB', 'é', '\0', 'Cabcde\0')),
  orig_h: maybe(fc.constantFrom('9.0.0.1', '10.0.0.1', '10.0.0.10', '10.0.0.9', '2001:db8::2', '2001:db8::10')),
  service: maybe(fc.constantFrom('http', 'ssl', 'SSL')),
  orig_bytes: maybe(fc.integer({ min: 0, max: 3 })),
  resp_bytes: maybe(fc.integer({ min: 0, max: 3 })),
});
const addresses = ['9.0.0.1', '10.0.0.1', '10.0.0.9', '10.0.0.10', '2001:db8::2', '2001:db8::10'];
const numberOf = (value: PlainRow[string]): number | null => (typeof value === 'number' ? value : null);
/** What each column sorts by, as something that < compares. */
const keyOf = new Map<string, (plain: PlainRow) => number | string | null>([
  ['ts', (plain) => numberOf(plain['ts'])],
  ['uid', (plain) => (typeof plain['uid'] === 'string' ? Buffer.from(plain['uid']).toString('latin1') : null)],
  ['orig_h', (plain) => (typeof plain['orig_h'] === 'string' ? addresses.indexOf(plain['orig_h']) : null)],
  ['service', (plain) => (typeof plain['service'] === 'string' ? plain['service'] : null)],
  [
    'bytes',
    (plain) => {
      const [out, back] = [numberOf(plain['orig_bytes']), numberOf(plain['resp_bytes'])];
      return out === null && back === null ? null : (out ?? 0) + (back ?? 0);
    },
  ],
]);

it.each([...keyOf.keys()].map((name) => [name]))('orders records by %s as a plain sort does', (column) => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), fc.boolean(), (rows, descending) => {
      const table = new MemoryTable(connectionColumns, rows);
      const idOf = (index: number): number => index + 10 * Math.floor(index / 7);
      const key = keyOf.get(column) ?? ((): null => null);
      const present = [...rows.keys()].filter((i) => key(rows[i]) !== null);
      const absent = [...rows.keys()].filter((i) => key(rows[i]) === null);
      const before = (a: number, b: number): number => {
        const [x, y] = [key(rows[a]) ?? 0, key(rows[b]) ?? 0];
        return x === y ? a - b : (x < y ? -1 : 1) * (descending ? -1 : 1);
      };
      const expected = [...present.sort(before), ...absent].map(idOf);
      expect([...orderRecords(table, everyRow, { column, descending }).ids()]).toEqual(expected);
      if (column === 'ts' && !descending) expect([...orderRecords(table, everyRow, undefined).ids()]).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
