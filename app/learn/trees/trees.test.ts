import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Matrix } from '../matrix.ts';
import { decodeModel } from '../model-file.ts';
import { Random } from '../../shared/random.ts';
import { createThread } from '../testing.ts';
import { ThreadPool } from '../thread-pool.ts';
import type { SavedEstimator } from '../types.ts';
import { DecisionTree, loadDecisionTree } from './decision-tree.ts';
import { keyOf, roundedDown } from './packed-trees.ts';
import { loadRandomForest, RandomForest } from './random-forest.ts';
import { blobs, lacking } from './testing.ts';

const pools = [1, 2, 3].map((threads) => new ThreadPool(createThread, threads));
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

const whole = blobs(9000, 6, 4, 3);
const { matrix, y, classes } = whole;
const holed = lacking(whole, 0.1, 3);

describe.each([
  ['decision tree', () => new DecisionTree({ seed: 5 }), whole],
  ['decision tree of drawn columns', () => new DecisionTree({ seed: 5, maxFeatures: 'sqrt', criterion: 'entropy' }), whole],
  ['random forest', () => new RandomForest({ nEstimators: 7, seed: 5, oobScore: true }), whole],
  ['decision tree, values absent', () => new DecisionTree({ seed: 5, classWeight: 'balanced' }), holed],
  ['decision tree of drawn columns, values absent', () => new DecisionTree({ seed: 5, maxFeatures: 2, criterion: 'entropy' }), holed],
  ['random forest, values absent', () => new RandomForest({ nEstimators: 7, seed: 5, oobScore: true }), holed],
  ['decision tree, absent values left', () => new DecisionTree({ seed: 5, absentValues: 'left' }), holed],
] as const)('%s', (_name, make, { matrix, y, classes }) => {
  it('learns the same bits on any number of threads, and again', async () => {
    const alone = await make().fit(matrix, y, classes);
    const shares = await alone.predictProba(matrix);
    for (const pool of pools) {
      const model = await make().fit(matrix, y, classes, { pool });
      expect(model.save()).toEqual(alone.save());
      expect(await model.predictProba(matrix, { pool })).toEqual(shares);
      if (model instanceof RandomForest && alone instanceof RandomForest) expect(model.outOfBag_).toEqual(alone.outOfBag_);
    }
    const again = await alone.fit(matrix, y, classes);
    expect(await again.predictProba(matrix)).toEqual(shares);
  });

  it('predicts the same bits after saving and loading', async () => {
    const model = await make().fit(matrix, y, classes);
    const saved = structuredClone(model.save());
    const loaded = saved.kind === 'decision-tree' ? loadDecisionTree(saved) : loadRandomForest(saved);
    expect(await loaded.predictProba(matrix)).toEqual(await model.predictProba(matrix));
    expect(await loaded.predict(matrix)).toEqual(await model.predict(matrix));
    expect(loaded.featureImportances_).toEqual(model.featureImportances_);
    expect(loaded.save()).toEqual(saved);
  });
});

describe('a saved model', () => {
  it('of before sides were learned answers as it did, and is kept as it was', async () => {
    const { file, asked, columns, shares } = JSON.parse(readFileSync(new URL('./fixtures/before-sides.json', import.meta.url), 'utf8')) as {
      readonly file: string;
      readonly asked: readonly (number | null)[];
      readonly columns: number;
      readonly shares: readonly number[];
    };
    const { estimator } = decodeModel(Buffer.from(file, 'base64'));
    const model = loadDecisionTree(estimator);
    expect(model.parameters.absentValues).toBe('left');
    const rows = Matrix.fromRows(
      asked.map((value) => value ?? Number.NaN),
      columns,
    );
    expect([...(await model.predictProba(rows))]).toEqual(shares);
    expect(model.save()).toEqual(estimator);
  });

  it('says where absent values go, or is refused', async () => {
    const saved = (await new DecisionTree().fit(holed.matrix, y, classes)).save();
    const { absentSides } = saved.arrays;
    expect(new Set(absentSides)).toEqual(new Set([0, 1, 2, 3]));
    const refused = expect.objectContaining({ code: 'PARAMETER' }) as Error;
    for (const wrong of [absentSides.slice(1), absentSides.map((side, at) => (at === 5 ? 4 : side)), Float64Array.from(absentSides)])
      expect(() => loadDecisionTree({ ...saved, arrays: { ...saved.arrays, absentSides: wrong } })).toThrow(refused);
  });

  it('that is not whole is refused', async () => {
    const saved = (await new RandomForest({ nEstimators: 2 }).fit(matrix, y, classes)).save();
    const refused = expect.objectContaining({ code: 'PARAMETER' }) as Error;
    const { threshold, left, feature } = saved.arrays;
    const without = (arrays: SavedEstimator['arrays']): SavedEstimator => ({ ...saved, arrays: { ...saved.arrays, ...arrays } });
    expect(() => loadRandomForest(without({ threshold: threshold.slice(1) }))).toThrow(refused);
    expect(() => loadRandomForest(without({ threshold: new Uint8Array(threshold.length) }))).toThrow(refused);
    // a walk that would never end, and a column that is not there
    expect(() => loadRandomForest(without({ left: left.map(() => 0) }))).toThrow(refused);
    expect(() => loadRandomForest(without({ feature: feature.map((column) => (column < 0 ? column : 6)) }))).toThrow(refused);
    expect(loadRandomForest(without({})).save()).toEqual(saved);
  });

  it('refuses infinite values by name when it predicts', async () => {
    const model = await new DecisionTree().fit(matrix, y, classes);
    const row = Matrix.fromRows([1, 2, 3, 4, Number.NEGATIVE_INFINITY, 6], 6);
    await expect(model.predict(row)).rejects.toMatchObject({ code: 'NOT_FINITE', details: { row: 0, column: 4 } });
  });
});

describe('keys of values and thresholds', () => {
  it('are in the order of the numbers, absent ones below all', () => {
    const bits = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const asFloat = (of: number): number => new Float32Array(Int32Array.of(of).buffer)[0];
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        const [x, y] = [asFloat(a) + 0, asFloat(b) + 0];
        expect(keyOf(x) > keyOf(y)).toBe(x > y || (!Number.isNaN(x) && Number.isNaN(y)));
      }),
    );
    expect(keyOf(-0)).toBe(keyOf(0));
  });

  it('have absent ones above all others where one is taken from them, and all others in their order', () => {
    const turned = (value: number): number => (keyOf(value) - 1) | 0;
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.float({ noNaN: true }), (a, b) => {
        expect(turned(a) > turned(b)).toBe(a > b);
        expect(turned(Number.NaN)).toBeGreaterThan(turned(a));
      }),
    );
  });

  it('send every float32 where the threshold in float64 sends it', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.double({ noNaN: true }), (value, threshold) => {
        expect(keyOf(value) > keyOf(roundedDown(threshold))).toBe(value > threshold);
        expect(keyOf(value) > keyOf(roundedDown(value))).toBe(false);
      }),
    );
  });
});

describe('trees of many classes', () => {
  const classes = 100;
  const random = new Random(9);
  const y = Uint16Array.from({ length: 3000 }, () => random.below(classes));
  const matrix = Matrix.fromRows(
    Array.from(y).flatMap((k) => [k + random.normal(), (k % 10) + random.normal(), random.normal()]),
    3,
  );

  it.each([
    ['tree', () => new DecisionTree({ minSamplesLeaf: 5, seed: 1 }), loadDecisionTree],
    ['forest', () => new RandomForest({ nEstimators: 5, minSamplesLeaf: 5, classWeight: 'balanced', seed: 1 }), loadRandomForest],
  ] as const)('a %s lists the classes of a leaf, and files that have all of them are still read', async (_, make, load) => {
    const model = await make().fit(matrix, y, classes);
    const saved = model.save();
    const { leafSizes, leafClasses, leafRows, ...others } = saved.arrays;
    expect(Uint32Array.from(leafSizes).reduce((sum, size) => sum + size, 0)).toBe(leafRows.length);
    // as programs before wrote it: leaf × class
    const leafCounts = new Uint32Array(leafSizes.length * classes);
    let at = 0;
    leafSizes.forEach((size, leaf) => {
      for (const end = at + size; at < end; at++) leafCounts[leaf * classes + leafClasses[at]] = leafRows[at];
    });
    expect(leafRows.byteLength + leafClasses.byteLength).toBeLessThan(leafCounts.byteLength / 4);
    const old = { ...saved, arrays: { ...others, leafCounts } };
    const wanted = await model.predictProba(matrix);
    expect(await load(old).predictProba(matrix)).toEqual(wanted);
    expect(await load(saved).predictProba(matrix)).toEqual(wanted);
    expect(load(old).save()).toEqual(saved);
    const row = Float32Array.from({ length: 3 }, (_one, c) => matrix.get(7, c));
    expect(Float32Array.from(model.explain(row).shares)).toEqual(wanted.slice(7 * classes, 8 * classes));
  });

  it('refuse lists that are not as they were saved', async () => {
    const saved = (await new DecisionTree({ seed: 1 }).fit(matrix, y, classes)).save();
    const { leafClasses, leafSizes, leafRows } = saved.arrays;
    const broken = [
      { leafClasses: leafClasses.map((k, at) => (at === 3 ? classes : k)) },
      { leafSizes: leafSizes.map((size, leaf) => (leaf === 2 ? size + 1 : size)) },
      { leafRows: leafRows.slice(1) },
    ];
    for (const change of broken) expect(() => loadDecisionTree({ ...saved, arrays: { ...saved.arrays, ...change } })).toThrow(/arrays/);
  });
});
