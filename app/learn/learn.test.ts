import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { chooseComponents } from './choose-components.ts';
import { chooseK, decide } from './choose-k.ts';
import { distinctRows, metAmong } from './distinct.ts';
import { KMeans } from './kmeans.ts';
import { Matrix } from './matrix.ts';
import { unwatched } from './pace.ts';
import { principalComponents, project } from './pca.ts';
import { rowsByCluster, sampleRows, stratifiedRows } from './sample.ts';
import { silhouette } from './silhouette.ts';
import { heaps, iris, rowsOf, squared } from './testing.ts';

describe('Matrix', () => {
  it('keeps what is put in, whatever the number of rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 13 }), fc.integer({ min: 1, max: 6 }), (rows, columns) => {
        const values = Array.from({ length: rows * columns }, (_, i) => i + 0.5);
        const matrix = Matrix.fromRows(values, columns);
        expect(rowsOf(matrix).flat()).toEqual(values);
        const all = matrix.values.reduce((sum, value) => sum + value, 0);
        expect(all).toBe(values.reduce((sum, value) => sum + value, 0));
      }),
    );
  });

  it('drops columns without losing a value, and clears what is left over', () => {
    const matrix = Matrix.fromRows(
      Array.from({ length: 35 }, (_, i) => i),
      5,
    );
    matrix.keepColumns(2);
    expect(rowsOf(matrix)).toEqual([0, 5, 10, 15, 20, 25, 30].map((i) => [i, i + 1]));
    expect(matrix.values).toHaveLength(16);
    const start = matrix.reserve(1000);
    expect(new Float32Array(matrix.memory.buffer, start, 2)).toEqual(new Float32Array(2));
  });

  it('grows behind its values without moving them', () => {
    const matrix = Matrix.fromRows([1, 2, 3], 1);
    const start = matrix.reserve(1_000_000);
    expect(matrix.memory.buffer.byteLength).toBeGreaterThanOrEqual(start + 1_000_000);
    expect(rowsOf(matrix).flat()).toEqual([1, 2, 3]);
    expect(() => matrix.reserve(2 ** 32)).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }) as Error);
  });
});

describe('distinctRows', () => {
  it('finds the first of each, up to the limit; zero has no sign', () => {
    const matrix = Matrix.fromRows([1, 2, 1, 2, 0, 1, -0, 1, 3, 3], 2);
    expect(distinctRows(matrix, 10)).toEqual([0, 2, 4]);
    expect(distinctRows(matrix, 2)).toEqual([0, 2]);
  });

  it('and those that are met among others are found, whatever is absent', async () => {
    const cell = fc.constantFrom(0, 1, 2, Number.NaN);
    const lists = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(lists, fc.nat(40), async (rows, cut) => {
        const [some, others] = [Uint32Array.from(rows.keys()).slice(0, cut), Uint32Array.from(rows.keys()).slice(cut)];
        const known = new Set(Array.from(others, (row) => rows[row].join()));
        const met = await metAmong(Matrix.fromRows(rows.flat(), 3), some, others, unwatched());
        expect([...met]).toEqual(Array.from(some, (row) => Number(known.has(rows[row].join()))));
      }),
    );
  });
});

describe('samples', () => {
  it('have no row twice, are ascending, and are everything where so much is asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 250 }), fc.nat(), (count, size, seed) => {
        const rows = sampleRows(count, size, new Random(seed));
        expect(rows).toHaveLength(Math.min(count, size));
        expect([...rows]).toEqual([...new Set(rows)].sort((a, b) => a - b));
        expect(rows.every((row) => row < count)).toBe(true);
      }),
    );
  });

  it('take every row as often as any other', () => {
    const counts = new Array<number>(20).fill(0);
    const random = new Random(4);
    for (let i = 0; i < 4000; i++) for (const row of sampleRows(20, 5, random)) counts[row]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('by cluster keep small clusters', () => {
    const labels = Uint16Array.from({ length: 10_000 }, (_, i) => (i % 1000 === 0 ? 1 : i === 7 ? 2 : 0));
    const rows = stratifiedRows(labels, 3, 500, 8, new Random(1));
    const sizes = rowsByCluster(
      Uint16Array.from(rows, (row) => labels[row]),
      3,
    ).map((members) => members.length);
    expect(sizes).toEqual([499, 8, 1]);
  });
});

describe('principalComponents', () => {
  it('gives on iris what scikit-learn gives', async () => {
    const pca = await principalComponents(iris(), 2, unwatched());
    [0.92461872, 0.05306648].forEach((ratio, i) => expect(pca.varianceRatio[i]).toBeCloseTo(ratio, 6));
    [0.36138659, -0.08452251, 0.85667061, 0.3582892, 0.65658877, 0.73016143, -0.17337266, -0.07548102].forEach((loading, i) =>
      expect(pca.components[i]).toBeCloseTo(loading, 5),
    );
    const places = rowsOf(iris()).map((row) => project(pca, row, 0));
    expect(places.reduce((sum, place) => sum + place, 0) / 150).toBeCloseTo(0, 5);
  });

  it('takes one column and rows that are all alike', async () => {
    const one = await principalComponents(Matrix.fromRows([1, 2, 3], 1), 2, unwatched());
    expect([...one.varianceRatio, ...one.components]).toEqual([1, 0, 1, 0]);
    const none = await principalComponents(Matrix.fromRows([5, 5, 5, 5], 2), 2, unwatched());
    expect([...none.varianceRatio]).toEqual([0, 0]);
    expect(project(none, [5, 5], 0)).toBe(0);
  });
});

describe('silhouette', () => {
  it.each([
    [2, 0.68105],
    [3, 0.55282],
    [4, 0.49805],
  ])('gives on iris what scikit-learn gives, k = %i', async (k, expected) => {
    const model = await new KMeans({ nClusters: k, nInit: 20, seed: 1 }).fit(iris());
    const { score, sample } = await silhouette(iris(), model.labels_, k, new Random(1), unwatched());
    expect(sample).toBe(150);
    expect(score).toBeCloseTo(expected, k === 4 ? 2 : 4);
  });

  it('from a sample is near the exact one, weighted by the sizes of the clusters', async () => {
    const matrix = heaps(6000, 3, 4, 8);
    const model = await new KMeans({ nClusters: 4, seed: 1 }).fit(matrix);
    const exact = await silhouette(matrix, model.labels_, 4, new Random(1), unwatched(), 6000);
    const sampled = await silhouette(matrix, model.labels_, 4, new Random(1), unwatched(), 1500);
    expect(exact.sample).toBe(6000);
    expect(sampled.sample).toBeLessThan(1510);
    expect(Math.abs((sampled.score ?? 0) - (exact.score ?? 1))).toBeLessThan(0.02);
  });

  it('is not defined for one cluster, 0 for a cluster of one row, and within -1..1', async () => {
    const matrix = Matrix.fromRows([0, 1, 10], 1);
    expect(await silhouette(matrix, Uint16Array.of(0, 0, 0), 1, new Random(1), unwatched())).toEqual({ score: null, sample: 0 });
    const { score } = await silhouette(matrix, Uint16Array.of(0, 0, 1), 2, new Random(1), unwatched());
    expect(score).toBeCloseTo((9 / 10 + 8 / 9 + 0) / 3, 10);
  });
});

describe('chooseK', () => {
  it('finds heaps that lie apart, with a curve that falls, and says why', async () => {
    const random = new Random(2);
    const places = [0, 20, 45, 80, 130];
    const values = Array.from({ length: 1000 }, (_, i) => [places[i % 5] + random.normal(), random.normal()]).flat();
    const chosen = await chooseK(Matrix.fromRows(values, 2), 1, unwatched());
    expect(chosen.k).toBe(5);
    expect(chosen.why).toMatch(/^k = 5/);
    expect(chosen.curve.map((tried) => tried.k)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    chosen.curve.slice(1).forEach((tried, i) => expect(tried.inertia).toBeLessThan(chosen.curve[i].inertia * 1.001));
  });

  it('chooses among equal silhouettes by the bend', () => {
    const curve = [
      [2, 100, 0.5],
      [3, 40, 0.48],
      [4, 35, 0.49],
      [5, 30, 0.2],
    ].map(([k, inertia, score]) => ({ k, inertia, silhouette: score }));
    expect(decide(curve, 900)).toMatchObject({ k: 3, why: expect.stringContaining('was tried on 900 rows;') as string });
    expect(decide(curve, 20_000).why).toContain('was tried on 20,000 rows (silhouettes: 2,000 of them)');
    expect(
      decide(
        curve.map((tried) => ({ ...tried, silhouette: tried.k === 4 ? 0.9 : 0.1 })),
        900,
      ),
    ).toMatchObject({ k: 4 });
  });

  const drawn = new Random(11);
  const wide = Matrix.fromRows(
    Array.from({ length: 400 }, () => drawn.normal() ** 3),
    2,
  );

  it('tries each k as it is fitted alone, with the same seed and starts', async () => {
    const { curve, rows } = await chooseK(wide, 3, unwatched(), null, 2);
    expect(rows).toBe(200);
    for (const { k, inertia } of curve) expect(inertia).toBe((await new KMeans({ nClusters: k, nInit: 2, seed: 3 }).fit(wide)).inertia_);
  });

  it('still tries as programs before did, where a run of theirs is repeated', async () => {
    const { curve } = await chooseK(wide, 3, unwatched(), null, 'apart');
    const then = [3149.1657671940047, 2446.6984129697084, 1415.9843737349147, 1051.8694443593267, 801.814733457868, 728.6750313494122];
    expect(curve.slice(0, 6).map(({ inertia }) => inertia)).toEqual(then);
    const mixtures = await chooseComponents(wide, 'diag', 2, unwatched(), null, 'apart');
    expect(mixtures.k).toBe(10);
    expect(mixtures.curve.slice(1, 3).map(({ bic }) => bic)).toEqual([2010.449723604688, 1578.976131470906]);
  });

  it('says that there is nothing to choose where all rows are alike, and tries no more than there are', async () => {
    expect(await chooseK(Matrix.fromRows([1, 1, 1], 1), 1, unwatched())).toMatchObject({ k: 1, curve: [] });
    const few = await chooseK(Matrix.fromRows([1, 2, 3, 3], 1), 1, unwatched());
    expect(few.curve.map((tried) => tried.k)).toEqual([2, 3]);
  });
});

describe('squared', () => {
  it('is the oracle it is taken for', () => expect(squared([1, 2], [4, 6])).toBe(25));
});
