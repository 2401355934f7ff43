import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { FigureTable, type RowFigures } from './figure-table.ts';
import { hashOf } from './hash.ts';
import { LatencySketch, latencyBin } from './latency-sketch.ts';
import { Variety } from './variety.ts';

const bytesOf = (thing: { write(out: ByteWriter): void }): Buffer => {
  const out = new ByteWriter();
  thing.write(out);
  return Buffer.from(out.done());
};

const varietyOf = (values: readonly number[]): Variety => {
  const variety = new Variety();
  for (const value of values) variety.add(hashOf(`value ${value}`));
  return variety;
};

describe('variety', () => {
  const values = fc.array(fc.nat(400), { maxLength: 600 });

  it('depends on the values alone: order, merging and writing change no bit', () => {
    fc.assert(
      fc.property(values, fc.nat(600), (all, cut) => {
        const straight = varietyOf(all);
        const merged = varietyOf(all.slice(0, cut).reverse());
        merged.merge(varietyOf(all.slice(cut)));
        expect(bytesOf(merged)).toEqual(bytesOf(straight));
        expect([merged.distinct(), merged.entropy()]).toEqual([straight.distinct(), straight.entropy()]);
        const read = Variety.read(new ByteReader(bytesOf(straight), 'It'));
        expect(bytesOf(read)).toEqual(bytesOf(straight));
        expect(read.entropy()).toBe(straight.entropy());
      }),
      { numRuns: 60 },
    );
  });

  it('is exact up to 128 values', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(127), { minLength: 1, maxLength: 500 }), (all) => {
        const variety = varietyOf(all);
        const counts = new Map<number, number>();
        for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1);
        const entropy = [...counts.values()].reduce((bits, count) => bits - (count / all.length) * Math.log2(count / all.length), 0);
        expect(variety.distinct()).toBe(counts.size);
        expect(variety.entropy()).toBeCloseTo(entropy, 3);
      }),
    );
  });

  it.each([129, 1000, 5000, 50_000, 400_000])('estimates %i values within four standard errors', (count) => {
    const variety = new Variety();
    for (let i = 0; i < count; i++) variety.add(hashOf(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`));
    expect(Math.abs(variety.distinct() / count - 1)).toBeLessThan(4 * 0.023);
    expect(variety.entropy()).toBeLessThanOrEqual(8);
    expect(variety.entropy()).toBeGreaterThan(6.3);
  });

  it('refuses bytes that are something else', () => {
    expect(() => Variety.read(new ByteReader(Uint8Array.of(200, 1), 'It'))).toThrow(expect.objectContaining({ code: 'FILE_DAMAGED' }));
    expect(() => Variety.read(new ByteReader(Uint8Array.of(2, 5, 1, 0, 1), 'It'))).toThrow(
      expect.objectContaining({ code: 'FILE_DAMAGED' }),
    );
  });
});

describe('quantiles of durations', () => {
  it('lie within 1 % of those of the sorted durations, however they were merged', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4_000_000_000 }), { minLength: 1, maxLength: 300 }), fc.nat(300), (all, cut) => {
        const sketch = new LatencySketch();
        const rest = new LatencySketch();
        all.forEach((duration, i) => (i < cut ? sketch : rest).add(latencyBin(duration)));
        sketch.merge(rest);
        const sorted = [...all].sort((a, b) => a - b);
        for (const share of [0, 0.5, 0.95, 1]) {
          const exact = sorted[Math.floor(share * (sorted.length - 1))];
          expect(Math.abs(sketch.quantile(share) - exact)).toBeLessThanOrEqual(exact * 0.0101);
        }
        expect(bytesOf(LatencySketch.read(new ByteReader(bytesOf(sketch), 'It')))).toEqual(bytesOf(sketch));
      }),
    );
  });
});

describe('figures by key', () => {
  const figures = (rows: number): RowFigures => ({
    errors: new Uint8Array(rows),
    refused: new Uint8Array(rows),
    bytesOut: new Float64Array(rows),
    bytesIn: new Float64Array(rows).fill(7),
    durations: new Float64Array(rows),
    bins: new Int16Array(rows).fill(-1),
  });
  const tableOf = (keys: readonly string[], capacity: number): FigureTable => {
    const table = new FigureTable(capacity);
    const rows = Uint32Array.from(keys, (_, i) => i);
    table.add(keys, figures(keys.length), rows, rows.length, null, null);
    return table;
  };
  const heavy = (seed: number, count: number): string[] => {
    const random = new Random(seed);
    return Array.from({ length: count }, () => `k${Math.floor(400 * random.float() ** 3)}`);
  };
  const check = (table: FigureTable, keys: readonly string[], capacity: number, parts = 1): void => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    expect(table.bound).toBeLessThanOrEqual((parts * keys.length) / (capacity / 2 + 1));
    expect(table.size).toBeLessThanOrEqual(capacity);
    const kept = table.figures();
    for (const { key, records, missed, bytesIn } of kept) {
      const count = counts.get(key) ?? 0;
      expect(records).toBeLessThanOrEqual(count);
      expect(records + missed).toBeGreaterThanOrEqual(count);
      expect(bytesIn).toBe(records * 7);
    }
    const names = new Set(kept.map(({ key }) => key));
    for (const [key, count] of counts) if (!names.has(key)) expect(count).toBeLessThanOrEqual(table.bound);
  };

  it('keeps the heavy ones within the bound that it says', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 4, max: 60 }), fc.integer({ min: 1, max: 3000 }), (seed, capacity, count) => {
        const keys = heavy(seed, count);
        check(tableOf(keys, capacity), keys, capacity);
      }),
      { numRuns: 60 },
    );
  });

  it('and so do merged ones', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 4, max: 60 }), (seed, capacity) => {
        const [first, second] = [heavy(seed, 1500), heavy(seed + 1, 700).map((key) => `${key}x`), []];
        const table = tableOf(first, capacity);
        table.merge(tableOf(second, capacity));
        check(table, [...first, ...second], capacity, 2);
      }),
      { numRuns: 40 },
    );
  });

  it('exact where all keys fit', () => {
    const keys = heavy(3, 2000);
    const table = tableOf(keys, 400);
    expect(table.bound).toBe(0);
    expect(table.figures().reduce((sum, { records }) => sum + records, 0)).toBe(2000);
    expect(bytesOf(FigureTable.read(new ByteReader(bytesOf(table), 'It'), 400))).toEqual(bytesOf(table));
  });
});
