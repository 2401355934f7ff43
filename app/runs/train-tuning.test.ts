import { describe, expect, it } from 'vitest';
import { connColumns, everyRow, memoryTable } from '../features/testing.ts';
import { selectRows } from '../features/selection.ts';
import { splitKinds, type TuneRequest } from '../contract/models.ts';
import { Matrix } from '../learn/matrix.ts';
import { Pace, unwatched } from '../learn/pace.ts';
import { crossValidate } from '../learn/validation/cross-validation.ts';
import { Random } from '../shared/random.ts';
import { splitterOf, type Splitter } from './train-split.ts';
import { estimators } from '../learn/estimators.ts';
import { newClassifier } from './train-trees.ts';
import { tuned, type Tuned, type TrainingPart } from './train-tuning.ts';

const rows = 240;
const random = new Random(3);
const codes = Uint16Array.from({ length: rows }, (_, i) => i % 3);
const matrix = Matrix.fromRows(
  Array.from({ length: rows * 2 }, (_, i) => codes[Math.floor(i / 2)] + 0.8 * random.normal()),
  2,
);
const labels = { column: 'label', classes: ['a', 'b', 'c'], codes, counts: [80, 80, 80], unlabelled: 0, ambiguous: 0 };
const records = Array.from({ length: rows }, (_, i) => ({ ts: i * 1e6, orig_h: `10.0.0.${i % 12}`, resp_h: '192.0.2.1' }));
const request = { model: 'forest', seed: 4, parameters: { nEstimators: 6 } } as const;
const tune: TuneRequest = {
  search: 'grid',
  values: { maxDepth: [1, 4, 9], criterion: ['gini', 'entropy'] },
  iterations: 3,
  folds: 3,
  scoring: 'macroF1',
};

async function splitterFor(kind: (typeof splitKinds)[number]): Promise<Splitter> {
  return splitterOf(kind, labels, await selectRows(memoryTable(records, { columns: connColumns }), everyRow, unwatched()), 1);
}

const partOf = (train: Uint32Array): TrainingPart => ({
  matrix: matrix.pick(train),
  y: Uint16Array.from(train, (row) => codes[row]),
  classes: 3,
});

const untimed = ({ trials }: Tuned): unknown => trials.map((trial) => ({ ...trial, fitSeconds: 0, scoreSeconds: 0 }));

describe('a search over parameters while training', () => {
  it.each(splitKinds)('scores every setting on folds of the training part by %s, and refits the best', async (kind) => {
    const splitter = await splitterFor(kind);
    const split = splitter.once(0.25);
    const part = partOf(split.train);
    const { trials, model, scoring } = await tuned(request, tune, part, { splitter, split }, {});
    expect(scoring).toBe('macroF1');
    expect(trials).toHaveLength(6);
    const folds = splitter.foldsOf(split.train, 3);
    for (const { parameters, mean, deviation } of trials) {
      const all = { ...request.parameters, ...parameters };
      const own = await crossValidate(() => newClassifier({ ...request, parameters: all }), matrix, codes, 3, folds);
      expect([mean, deviation]).toEqual([own.mean.macroF1, own.deviation.macroF1]);
    }
    const most = Math.max(...trials.map(({ mean }) => mean));
    const best = trials.find(({ mean }) => mean === most);
    expect(best?.rank).toBe(1);
    const again = newClassifier({ ...request, parameters: { ...request.parameters, ...best?.parameters } });
    await again.fit(part.matrix, part.y, 3);
    expect(model.save()).toEqual(again.save());
  });

  it('draws some by chance, none twice, the same with the same seed', async () => {
    const splitter = await splitterFor('random');
    const split = splitter.once(0);
    const ask = (): Promise<Tuned> => tuned(request, { ...tune, search: 'random' }, partOf(split.train), { splitter, split }, {});
    const [one, two] = [await ask(), await ask()];
    expect(new Set(one.trials.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(3);
    expect(untimed(two)).toEqual(untimed(one));
  });

  it('tells how many fits are left, and can be stopped between them', async () => {
    const splitter = await splitterFor('random');
    const split = splitter.once(0.25);
    const told: string[] = [];
    const pace = new Pace({ report: (_, __, ___, note) => told.push(note), stopped: () => told.length > 3 });
    await expect(tuned(request, tune, partOf(split.train), { splitter, split }, { pace })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(told).toEqual(['19 left', '18 left', '17 left', '16 left']);
  });

  it('refuses what the model does not have, before anything is tried', async () => {
    const splitter = await splitterFor('random');
    const split = splitter.once(0.25);
    const ask = (values: TuneRequest['values']): Promise<unknown> =>
      tuned({ ...request, model: 'tree', parameters: {} }, { ...tune, values }, partOf(split.train), { splitter, split }, {});
    await expect(ask({ nEstimators: [5] })).rejects.toThrow('A tree has no parameter “nEstimators”');
    await expect(ask({ maxDepth: [5, 0] })).rejects.toThrow('takes for maxDepth');
    await expect(ask({ maxDepth: [] })).rejects.toMatchObject({ code: 'PARAMETER' });
  });

  it('prunes a tree as far as its folds say: never worse on them than the whole tree, and smaller', async () => {
    const splitter = await splitterFor('random');
    const split = splitter.once(0.25);
    const part = partOf(split.train);
    const asked: TuneRequest = { ...tune, values: { ccpAlpha: ['auto'] }, scoring: 'accuracy' };
    const tree = { model: 'tree', seed: 4, parameters: {} } as const;
    const { trials, model } = await tuned(tree, asked, part, { splitter, split }, {});
    const alphas = trials.map(({ parameters }) => Number(parameters['ccpAlpha']));
    expect(alphas.length).toBeGreaterThan(3);
    expect(alphas.length).toBeLessThanOrEqual(20);
    expect(alphas).toEqual([...alphas].sort((a, b) => b - a));
    expect(alphas.at(-1)).toBe(0);
    const best = trials.find(({ rank }) => rank === 1);
    expect(best?.mean).toBeGreaterThanOrEqual(trials.at(-1)?.mean ?? 1);
    const whole = newClassifier({ ...tree, parameters: {} });
    await whole.fit(part.matrix, part.y, 3);
    expect([whole, model].map((one) => one.save().arrays['feature']?.length ?? 0)).toSatisfy(([all, kept]: number[]) => kept < all);
  });

  it('goes from the whole tree to its root alone, and says so where the best is one of both', async () => {
    const chance = new Random(8);
    const noise = Matrix.fromRows(
      Array.from({ length: rows * 2 }, () => chance.normal()),
      2,
    );
    const y = Uint16Array.from({ length: rows }, () => (chance.float() < 0.75 ? 0 : 1));
    const split = { train: Uint32Array.from({ length: rows }, (_, i) => i), test: new Uint32Array() };
    const part = { matrix: noise, y, classes: 2 };
    const tree = { model: 'tree', seed: 4, parameters: {} } as const;
    const asked: TuneRequest = { ...tune, values: { ccpAlpha: ['auto'] }, scoring: 'accuracy' };
    const splitter = await splitterFor('random');
    const { trials, model, edge } = await tuned(tree, asked, part, { splitter, split }, {});
    expect(trials.length).toBeLessThanOrEqual(20);
    const most = y.reduce((sum, code) => sum + (code === 0 ? 1 : 0), 0) / rows;
    // the root alone says the most frequent class of every fold
    expect(trials[0].mean).toBeCloseTo(most, 10);
    expect(trials[0].rank).toBe(1);
    expect(model.save().arrays['feature']).toHaveLength(1);
    expect(trials.at(-1)?.parameters).toEqual({ ccpAlpha: 0 });
    expect(edge).toMatch(/^The best of the trees that were tried is its root alone/);
    const path = await estimators.tree.make({}, 4).costComplexityPruningPath(noise, y, 2);
    expect(Number(trials[1].parameters['ccpAlpha'])).toBeGreaterThan(path.ccpAlphas.at(-2) ?? 0);
    const then = await tuned(tree, { ...asked, values: { ccpAlpha: ['auto then'] } }, part, { splitter, split }, {});
    expect(then.edge).toBeUndefined();
    // as programs before tried them: 20 of 39, without the last and without the root
    expect(Number(then.trials[0].parameters['ccpAlpha'])).toBeLessThan(path.ccpAlphas.at(-1) ?? 0);
  });
});
