import fc from 'fast-check';
import { DecisionTreeClassifier } from 'ml-cart';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Matrix } from '../matrix.ts';
import { dataset } from '../testing-datasets.ts';
import { rowsOf } from '../testing.ts';
import { NO_CLASS } from '../types.ts';
import { DecisionTree, type DecisionTreeParameters } from './decision-tree.ts';
import { asNaive, blobs, comparedFigures, flattened, furthest, inPeerShape, lacking, naiveTree, untied, type PeerTree } from './testing.ts';

const theirs = JSON.parse(readFileSync(new URL('./fixtures/trees.json', import.meta.url), 'utf8')) as readonly PeerTree[];
const names = { features: ['sepal length', 'sepal width', 'petal length', 'petal width'], classes: ['setosa', 'versicolor', 'virginica'] };

describe('a decision tree beside scikit-learn', () => {
  it.each(untied.map((of, i) => ({ ...of, tree: theirs[i], what: JSON.stringify(of.theirs) })))(
    'asks the same, is as pure and is pruned as it is: $what',
    async ({ tree, ...of }) => {
      const own = await inPeerShape(of);
      const { same, near } = comparedFigures(of);
      for (const name of same) expect(own[name]).toEqual(tree[name]);
      for (const of of ['impurity', 'importances', 'alphas', 'impurities'] as const)
        expect(furthest(own[of], tree[of])).toBeLessThan(1e-12);
      for (const name of near) expect(furthest(own[name], tree[name])).toBeLessThan(1e-7);
      expect(tree.leaves.length).toBeGreaterThan(3);
    },
  );
});

describe('a decision tree beside ml-cart', () => {
  it('takes the same iris for the same', async () => {
    const { matrix, y, classes } = dataset('iris');
    const second = new DecisionTreeClassifier({ minNumSamples: 1, gainThreshold: 0 });
    second.train(rowsOf(matrix), [...y]);
    const theirs = second.predict(rowsOf(matrix));
    const ours = await (await new DecisionTree().fit(matrix, y, classes)).predict(matrix);
    expect([...ours].filter((k, row) => k === theirs[row]).length).toBeGreaterThanOrEqual(149);
    const shallow = new DecisionTreeClassifier({ maxDepth: 2, gainThreshold: 0 });
    shallow.train(rowsOf(matrix), [...y]);
    const two = await (await new DecisionTree({ maxDepth: 2 }).fit(matrix, y, classes)).predict(matrix);
    expect([...two]).toEqual(shallow.predict(rowsOf(matrix)));
  });
});

describe('a decision tree', () => {
  it('asks what trying every question finds, with absent values on either side', async () => {
    const value = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -3, max: 6 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) });
    const row = fc.tuple(fc.tuple(value, value, value), fc.integer({ min: 0, max: 2 }));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 90 }), fc.integer({ min: 1, max: 4 }), async (rows, minSamplesLeaf) => {
        const x = rows.map(([values]) => values);
        const y = rows.map(([, k]) => k);
        const model = await new DecisionTree({ minSamplesLeaf }).fit(Matrix.fromRows(x.flat(), 3), Uint16Array.from(y), 3);
        expect(asNaive(model.draw())).toEqual(naiveTree(x, y, 3, minSamplesLeaf));
      }),
      { numRuns: 60 },
    );
  });

  it('is the same whether nodes are counted, listed or sorted, alone or level by level', async () => {
    // 5,000 rows of few distinct values: large nodes, small ones and all between, with an oracle that tries everything
    const { matrix, y, classes } = blobs(5000, 3, 3, 8);
    matrix.values.forEach((value, at) => (matrix.values[at] = Math.round(value * 2)));
    const model = await new DecisionTree({ minSamplesLeaf: 2 }).fit(matrix, y, classes);
    expect(asNaive(model.draw())).toEqual(naiveTree(rowsOf(matrix), [...y], classes, 2));
    // the same rows with absent values, which some nodes have and others have not
    const { y: known } = lacking({ matrix, values: Float32Array.from(rowsOf(matrix).flat()), y, classes }, 0.1, 8);
    const fewer = lacking({ matrix, values: Float32Array.from(rowsOf(matrix).flat()), y, classes }, 0.1, 8).matrix;
    const holed = await new DecisionTree({ minSamplesLeaf: 2 }).fit(fewer, known, classes);
    expect(asNaive(holed.draw())).toEqual(naiveTree(rowsOf(fewer), [...known], classes, 2));
    expect(new Set(flattened(holed.draw()).map(({ split }) => split && `${split.absent} ${split.absentSeen}`)).size).toBe(5);
  });

  it('takes one row, one column, constant columns and one class', async () => {
    const one = await new DecisionTree().fit(Matrix.fromRows([1, 2], 2), Uint16Array.of(1), 2);
    expect([...(await one.predictProba(Matrix.fromRows([5, 5], 2)))]).toEqual([0, 1]);
    const constant = await new DecisionTree().fit(Matrix.fromRows([3, 3, 3, 3], 1), Uint16Array.of(0, 1, 1, 0), 2);
    expect([constant.nLeaves_, ...constant.featureImportances_, ...(await constant.predict(Matrix.fromRows([9], 1)))]).toEqual([1, 0, 0]);
    const column = await new DecisionTree().fit(Matrix.fromRows([1, 2, 4], 1), Uint16Array.of(0, 0, 1), 2);
    expect(column.draw().split).toMatchObject({ feature: 0, threshold: 3 });
  });

  it('takes NaN for absent, and refuses infinite values by name', async () => {
    const matrix = Matrix.fromRows([Number.NaN, 5, Number.NaN, 7], 1);
    const model = await new DecisionTree().fit(matrix, Uint16Array.of(1, 0, 1, 0), 2);
    expect(model.draw().split).toMatchObject({ threshold: null, absent: 'left', absentSeen: true });
    expect([...(await model.predict(Matrix.fromRows([Number.NaN, -1e30], 1)))]).toEqual([1, 0]);
    expect(model.rules({ features: ['bytes'], classes: ['a', 'b'] })).toContain('bytes is absent\n| class: b');
    const infinite = new DecisionTree().fit(Matrix.fromRows([1, 2, 3, Number.POSITIVE_INFINITY], 2), Uint16Array.of(0, 1), 2);
    await expect(infinite).rejects.toMatchObject({ code: 'NOT_FINITE', details: { row: 1, column: 1 } });
  });

  it('sends absent values where they tell classes apart best, and where none was seen to the heavier side', async () => {
    const learned = async (values: readonly number[], y: readonly number[], more: DecisionTreeParameters = {}): Promise<DecisionTree> =>
      new DecisionTree(more).fit(Matrix.fromRows(values, 1), Uint16Array.from(y), 2);
    const absent = Matrix.fromRows([Number.NaN], 1);
    const names = { features: ['bytes'], classes: ['small', 'large'] };
    const right = await learned([1, 2, 8, 9, Number.NaN], [0, 0, 1, 1, 1]);
    expect(right.draw().split).toMatchObject({ threshold: 5, absent: 'right', absentSeen: true });
    expect(right.rules(names)).toBe('bytes <= 5\n| class: small (100.0 % of 2)\nbytes > 5 or absent\n| class: large (100.0 % of 3)\n');
    expect([...(await right.predict(absent))]).toEqual([1]);
    const left = await learned([1, 2, 8, 9, Number.NaN], [0, 0, 1, 1, 0]);
    expect(left.draw().split).toMatchObject({ threshold: 5, absent: 'left', absentSeen: true });
    expect([...(await left.predict(absent))]).toEqual([0]);
    // none is absent: three of five rows are on the left, then on the right; of as many on both, the right; weights count
    for (const [values, y, more, side] of [
      [[1, 2, 3, 8, 9], [0, 0, 0, 1, 1], {}, 'left'],
      [[1, 2, 7, 8, 9], [0, 0, 1, 1, 1], {}, 'right'],
      [[1, 2, 8, 9], [0, 0, 1, 1], {}, 'right'],
      [[1, 2, 7, 8, 9], [0, 0, 1, 1, 1], { classWeight: [2, 1] }, 'left'],
      [[1, 2, 7, 8, 9], [0, 0, 1, 1, 1], { classWeight: 'balanced' }, 'right'],
    ] as const) {
      const model = await learned(values, y, more);
      expect(model.draw().split).toMatchObject({ absent: side, absentSeen: false });
      expect([...(await model.predict(absent))]).toEqual([side === 'left' ? 0 : 1]);
    }
    // the least and the greatest numbers are no absent ones
    expect([...(await right.predict(Matrix.fromRows([-3.4e38, 3.4e38], 1)))]).toEqual([0, 1]);
  });

  it('sends absent values left where that is asked for, as before sides were learned', async () => {
    const matrix = Matrix.fromRows([1, 2, 8, 9, Number.NaN], 1);
    const model = await new DecisionTree({ absentValues: 'left' }).fit(matrix, Uint16Array.of(0, 0, 1, 1, 1), 2);
    expect(flattened(model.draw()).every(({ split }) => split === null || split.absent === 'left')).toBe(true);
    expect(model.nLeaves_).toBe(3);
    expect([...(await model.predict(matrix))]).toEqual([0, 0, 1, 1, 1]);
    expect(() => new DecisionTree({ absentValues: 'right' as 'left' })).toThrow(expect.objectContaining({ code: 'PARAMETER' }) as Error);
  });

  it('leaves rows without a class out', async () => {
    const { matrix, y, classes } = blobs(300, 4, 3, 2);
    const half = y.map((k, row) => (row % 2 === 0 ? k : NO_CLASS));
    const even = Uint32Array.from({ length: 150 }, (_, i) => 2 * i);
    const model = await new DecisionTree().fit(matrix, half, classes);
    const alone = await new DecisionTree().fit(
      matrix.pick(even),
      y.filter((_, row) => row % 2 === 0),
      classes,
    );
    expect(model.save()).toEqual(alone.save());
    await expect(
      new DecisionTree().fit(
        matrix,
        y.map(() => NO_CLASS),
        3,
      ),
    ).rejects.toMatchObject({ code: 'NOTHING_TO_CLUSTER' });
  });

  it('refuses what it cannot work with by name', async () => {
    const { matrix, y } = blobs(20, 2, 2, 1);
    const refused = expect.objectContaining({ code: 'PARAMETER' }) as Error;
    expect(() => new DecisionTree({ maxDepth: 0 })).toThrow(refused);
    expect(() => new DecisionTree({ maxFeatures: 1.5 })).toThrow(refused);
    expect(() => new DecisionTree({ ccpAlpha: -1 })).toThrow(refused);
    expect(() => new DecisionTree({ classWeight: [1, 0] })).toThrow(refused);
    await expect(new DecisionTree({ classWeight: [1] }).fit(matrix, y, 2)).rejects.toThrow(refused);
    await expect(new DecisionTree().fit(matrix, y.subarray(1), 2)).rejects.toThrow(refused);
    await expect(new DecisionTree().fit(matrix, y, 1)).rejects.toThrow(refused);
    await expect(new DecisionTree().predict(matrix)).rejects.toMatchObject({ code: 'NOT_FITTED' });
    const model = await new DecisionTree().fit(matrix, y, 2);
    await expect(model.predict(Matrix.fromRows([1, 2, 3], 3))).rejects.toThrow(refused);
  });

  it('is written as rules that end where they are told to', async () => {
    const { matrix, y, classes } = dataset('iris');
    const model = await new DecisionTree().fit(matrix, y, classes);
    expect(model.rules(names, 2)).toBe(
      [
        'petal length <= 2.449999988079071',
        '| class: setosa (100.0 % of 50)',
        'petal length > 2.449999988079071 or absent',
        '| petal width <= 1.75 or absent',
        '| | class: versicolor (90.7 % of 54, divided further into 5 leaves)',
        '| petal width > 1.75',
        '| | class: virginica (97.8 % of 46, divided further into 3 leaves)',
        '',
      ].join('\n'),
    );
    expect(model.draw(1)).toMatchObject({ rows: 150, counts: [50, 50, 50], split: { right: { rows: 100, split: null, hiddenLeaves: 8 } } });
    expect([model.nLeaves_, model.depth_]).toEqual([9, 5]);
  });

  it('explains each row by the way that it goes, to the shares that it is given', async () => {
    const { matrix, y, classes } = lacking(blobs(400, 4, 3, 6), 0.1, 3);
    const model = await new DecisionTree({ maxDepth: 5, classWeight: 'balanced' }).fit(matrix, y, classes);
    // the last columns lack nothing in what was learned from
    const asked = Matrix.fromRows(
      rowsOf(matrix)
        .map((row, r) => row.map((value, c) => ((r + c) % 7 === 0 ? Number.NaN : value)))
        .flat(),
      4,
    );
    const shares = await model.predictProba(asked);
    const winners = await model.predict(asked);
    const sides = new Map(flattened(model.draw()).map(({ split }) => [`${split?.feature} ${split?.threshold}`, split?.absent]));
    rowsOf(asked).forEach((row, r) => {
      const { prediction, shares: own, votes, paths } = model.explain(row);
      expect(own).toEqual([...shares.subarray(r * classes, (r + 1) * classes)]);
      expect([prediction, votes[prediction], paths.length]).toEqual([winners[r], 1, 1]);
      for (const { feature, threshold, went, value } of paths[0].steps) {
        expect(value).toBe(row[feature]);
        if (Number.isNaN(value)) expect(went).toBe(sides.get(`${feature} ${threshold === Number.NEGATIVE_INFINITY ? null : threshold}`));
        else expect(went).toBe(value > threshold ? 'right' : 'left');
      }
    });
  });

  it('is told to stop, and stops', async () => {
    const { matrix, y, classes } = blobs(3000, 4, 3, 6);
    const { Pace } = await import('../pace.ts');
    const pace = new Pace({ report: () => undefined, stopped: () => true });
    await expect(new DecisionTree().fit(matrix, y, classes, { pace })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
