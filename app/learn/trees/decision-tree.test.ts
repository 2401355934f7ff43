import fc from 'fast-check';
import { DecisionTreeClassifier } from 'ml-cart';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Matrix } from '../matrix.ts';
import { dataset } from '../testing-datasets.ts';
import { rowsOf } from '../testing.ts';
import { NO_CLASS } from '../types.ts';
import { DecisionTree } from './decision-tree.ts';
import { asNaive, blobs, furthest, inPeerShape, naiveTree, untied, untiedRows, type PeerTree } from './testing.ts';

const theirs = JSON.parse(readFileSync(new URL('./fixtures/trees.json', import.meta.url), 'utf8')) as readonly PeerTree[];
const names = { features: ['sepal length', 'sepal width', 'petal length', 'petal width'], classes: ['setosa', 'versicolor', 'virginica'] };

describe('a decision tree beside scikit-learn', () => {
  it.each(untied.map((of, i) => ({ ...of, tree: theirs[i], what: JSON.stringify(of.theirs) })))(
    'asks the same, is as pure and is pruned as it is: $what',
    async ({ seed, ours, tree }) => {
      const own = await inPeerShape(untiedRows(seed), ours);
      expect(own.feature).toEqual(tree.feature);
      expect(own.threshold).toEqual(tree.threshold);
      expect(own.rows).toEqual(tree.rows);
      expect(own.leaves).toEqual(tree.leaves);
      for (const of of ['impurity', 'importances', 'alphas', 'impurities'] as const)
        expect(furthest(own[of], tree[of])).toBeLessThan(1e-12);
      expect(furthest(own.shares, tree.shares)).toBeLessThan(1e-7);
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
  it('asks what trying every question finds, absent values among them', async () => {
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
  });

  it('takes one row, one column, constant columns and one class', async () => {
    const one = await new DecisionTree().fit(Matrix.fromRows([1, 2], 2), Uint16Array.of(1), 2);
    expect([...(await one.predictProba(Matrix.fromRows([5, 5], 2)))]).toEqual([0, 1]);
    const constant = await new DecisionTree().fit(Matrix.fromRows([3, 3, 3, 3], 1), Uint16Array.of(0, 1, 1, 0), 2);
    expect([constant.nLeaves_, ...constant.featureImportances_, ...(await constant.predict(Matrix.fromRows([9], 1)))]).toEqual([1, 0, 0]);
    const column = await new DecisionTree().fit(Matrix.fromRows([1, 2, 4], 1), Uint16Array.of(0, 0, 1), 2);
    expect(column.draw().split).toMatchObject({ feature: 0, threshold: 3 });
  });

  it('takes NaN for absent, below all else, and refuses infinite values by name', async () => {
    const matrix = Matrix.fromRows([Number.NaN, 5, Number.NaN, 7], 1);
    const model = await new DecisionTree().fit(matrix, Uint16Array.of(1, 0, 1, 0), 2);
    expect(model.draw().split).toMatchObject({ threshold: null });
    expect([...(await model.predict(Matrix.fromRows([Number.NaN, -1e30], 1)))]).toEqual([1, 0]);
    const infinite = new DecisionTree().fit(Matrix.fromRows([1, 2, 3, Number.POSITIVE_INFINITY], 2), Uint16Array.of(0, 1), 2);
    await expect(infinite).rejects.toMatchObject({ code: 'NOT_FINITE', details: { row: 1, column: 1 } });
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
        'petal length <= 2.449999988079071 or absent',
        '| class: setosa (100.0 % of 50)',
        'petal length > 2.449999988079071',
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
    const { matrix, y, classes } = blobs(400, 4, 3, 6);
    const model = await new DecisionTree({ maxDepth: 5, classWeight: 'balanced' }).fit(matrix, y, classes);
    const shares = await model.predictProba(matrix);
    const winners = await model.predict(matrix);
    rowsOf(matrix).forEach((row, r) => {
      const { prediction, shares: own, votes, paths } = model.explain(row);
      expect(own).toEqual([...shares.subarray(r * classes, (r + 1) * classes)]);
      expect([prediction, votes[prediction], paths.length]).toEqual([winners[r], 1, 1]);
      for (const { feature, threshold, went, value } of paths[0].steps) {
        expect(value).toBe(row[feature]);
        expect(went).toBe(value > threshold ? 'right' : 'left');
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
