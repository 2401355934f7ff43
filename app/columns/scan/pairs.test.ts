import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionColumns, MemoryTable } from '../testing.ts';
import type { Codes, GroupKey } from './codes.ts';
import { foldingFor } from './measures.ts';
import { pairTable } from './pair-table.ts';
import { pairGroups } from './partitioned.ts';
import { slicesOf, everyRow, type Slice } from './slices.ts';

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 30 })), { maxLength: 300 });

describe.each([
  ['every pair in a place of its own', 41, 31],
  ['a hash table', null, null],
] as const)('pairs numbered by %s', (_title, firsts, seconds) => {
  it('have the numbers of a Map', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 50 }), (list, step) => {
        const known = new Map<string, number>();
        const expected = list.map((pair) => {
          const code = known.get(pair.join()) ?? known.size;
          known.set(pair.join(), code);
          return code;
        });
        const table = pairTable(firsts, seconds);
        const codes: number[] = [];
        for (let at = 0; at < list.length; at += step) {
          const some = list.slice(at, at + step);
          const out = Uint32Array.from(some, ([a]) => a);
          table.codesOf(
            out,
            Uint32Array.from(some, ([, b]) => b),
            some.length,
            out,
          );
          codes.push(...out);
        }
        expect(codes).toEqual(expected);
        expect(table.size).toBe(known.size);
        const back = table.pairs(Uint32Array.from(codes));
        expect(list.map((_, k) => [back.firsts[k], back.seconds[k]])).toEqual(list);
      }),
    );
  });

  it('keep their numbers when there are many', () => {
    const table = pairTable(firsts === null ? null : 300, seconds === null ? null : 700);
    const a = Uint32Array.from({ length: 60_000 }, (_, k) => (k * 7919) % 300);
    const b = Uint32Array.from({ length: 60_000 }, (_, k) => (k * 104_729) % 700);
    const once = new Uint32Array(a.length);
    const again = new Uint32Array(a.length);
    table.codesOf(a, b, a.length, once);
    table.codesOf(a, b, a.length, again);
    expect(again).toEqual(once);
    expect(table.size).toBe(new Set(a.map((first, k) => first * 1000 + b[k])).size);
    expect(table.pairs(once)).toEqual({ firsts: a, seconds: b });
  });
});

/** Codes that are given row by row. */
class GivenCodes implements Codes {
  readonly size: number;
  readonly settled = true;
  readonly #codes: readonly number[];

  constructor(codes: readonly number[], size: number) {
    this.#codes = codes;
    this.size = size;
  }
  fill({ chunk, rows, count }: Slice, out: Uint32Array): Uint32Array {
    // The chunks of a table in memory leave a gap of ten numbers after every seven rows.
    const first = (chunk.id - 1) * 7;
    for (let k = 0; k < count; k++) out[k] = this.#codes[first + (rows === null ? k : rows[k])];
    return out;
  }
  keys(): readonly GroupKey[] {
    return [];
  }
}

it('rows brought together by their first key have the groups and figures of a Map, however many are taken at a time', () => {
  const row = fc.record({
    a: fc.integer({ min: 0, max: 9 }),
    b: fc.integer({ min: 0, max: 9 }),
    bytes: fc.option(fc.integer({ min: -9, max: 9 })),
    odd: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 80 }), fc.integer({ min: 1, max: 90 }), fc.boolean(), (rows, mostRows, all) => {
      const table = new MemoryTable(
        connectionColumns,
        rows.map(({ bytes }) => ({ orig_bytes: bytes })),
      );
      const isChosen = (index: number): boolean => all || rows[index].odd;
      const filter = {
        everything: false,
        mask: (chunk: { id: number; rows: number }) => Uint8Array.from({ length: chunk.rows }, (_, i) => +isChosen((chunk.id - 1) * 7 + i)),
      };
      const expected = new Map<string, [number, number, number, number]>();
      for (const [index, { a, b, bytes }] of rows.entries()) {
        if (!isChosen(index)) continue;
        const [count, sum, min, max] = expected.get(`${a} ${b}`) ?? [0, 0, NaN, NaN];
        const least = bytes === null || min <= bytes ? min : bytes;
        const greatest = bytes === null || max >= bytes ? max : bytes;
        expected.set(`${a} ${b}`, [count + 1, sum + (bytes ?? 0), least, greatest]);
      }
      const foldings = [foldingFor({ sum: ['orig_bytes'] }), foldingFor({ min: 'orig_bytes' }), foldingFor({ max: 'orig_bytes' })];
      const groups = pairGroups(
        slicesOf(table, all ? everyRow : filter),
        new GivenCodes(
          rows.map(({ a }) => a),
          10,
        ),
        new GivenCodes(
          rows.map(({ b }) => b),
          10,
        ),
        foldings.flatMap((folding) => folding ?? []),
        mostRows,
      );
      const found = Array.from(groups?.firsts ?? [], (a, g): [string, number[]] => [
        `${a} ${groups?.seconds[g] ?? -1}`,
        [groups?.counts[g] ?? -1, ...(groups?.figures ?? []).map((figures) => figures[g])],
      ]);
      expect(found.length).toBe(expected.size);
      expect(new Map(found)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
