import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { FlowcaseError } from '../errors.ts';
import { Random } from '../shared/random.ts';
import type { Allowed } from './declared-parameters.ts';
import { estimatorNames, loadEstimator } from './estimators.ts';
import { Matrix } from './matrix.ts';
import { decodeModel, encodeModel } from './model-file.ts';
import { Pace } from './pace.ts';
import { shuffle } from './sample.ts';
import { entryOf, loaded, long, noise, quick, subject, valuesOf, type Subject } from './suite-testing.ts';
import { createThread, heaps } from './testing.ts';
import { ThreadPool } from './thread-pool.ts';

const coded = (code: string): Error => expect.objectContaining({ code }) as Error;

const pools = new Map<number, ThreadPool>();
const poolOf = (threads: number): ThreadPool | null => {
  if (threads === 0) return null;
  const pool = pools.get(threads) ?? new ThreadPool((): Worker => createThread(), threads);
  pools.set(threads, pool);
  return pool;
};
afterAll(() => Promise.all([...pools.values()].map((pool) => pool.close())));

/** What every estimator has to hold, as scikit-learn's check_estimator has it for its own. */
describe.each(estimatorNames)('%s', (name) => {
  const entry = entryOf(name);
  const make = (seed = 1): Subject => subject(name, quick[name], seed);
  const fitted = async (matrix: Matrix, seed = 1): Promise<Subject> => {
    const model = make(seed);
    await model.fit(matrix);
    return model;
  };
  const matrix = heaps(600, 5, 4, 7);

  it('learns the same again: a second fit forgets the first', async () => {
    const model = await fitted(noise(90, 3, 2));
    await model.fit(matrix);
    const fresh = await fitted(matrix);
    expect(model.save()).toEqual(fresh.save());
    expect(await model.ask(matrix)).toEqual(await fresh.ask(matrix));
  });

  it('says the same with the same seed, and may say other things with another', async () => {
    expect((await fitted(matrix, 5)).save()).toEqual((await fitted(matrix, 5)).save());
    expect(await (await fitted(matrix, 6)).ask(matrix)).toHaveLength((await (await fitted(matrix, 5)).ask(matrix)).length);
    for (const seed of [-1, 0.5, 2 ** 32]) expect(() => make(seed)).toThrow(coded('PARAMETER'));
  });

  it('does not change what it learns from', async () => {
    const own = heaps(200, 3, 2, 1);
    const before = valuesOf(own);
    await (await fitted(own)).ask(own);
    expect(valuesOf(own)).toEqual(before);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s by row and column', async (value) => {
    const values = valuesOf(matrix);
    values[123 * 5 + 3] = value;
    const bad = Matrix.fromRows(values, 5);
    if (Number.isNaN(value) && entry.takesAbsent) {
      const model = await fitted(bad);
      expect((await model.ask(bad)).every(Number.isFinite)).toBe(true);
      return;
    }
    await expect(make().fit(bad)).rejects.toThrow(coded('NOT_FINITE'));
    await expect(make().fit(bad)).rejects.toThrow(/row 124, column 4/);
    // Trees go by order alone, and infinity has its place in it.
    if (!entry.takesAbsent) await expect((await fitted(matrix)).ask(bad)).rejects.toThrow(coded('NOT_FINITE'));
  });

  it('takes one row, one column, and rows that are all alike', async () => {
    for (const small of [Matrix.fromRows([1, 2, 3], 3), noise(50, 1, 3), Matrix.fromRows(new Array<number>(60).fill(2.5), 3)]) {
      const model = await fitted(small);
      const said = await model.ask(small);
      expect(said.every(Number.isFinite)).toBe(true);
      expect(said.length % small.rows).toBe(0);
      expect((await loaded(name, model.save()).ask(small)).length).toBe(said.length);
    }
    const alike = await (
      await fitted(Matrix.fromRows(new Array<number>(60).fill(2.5), 3))
    ).ask(Matrix.fromRows([2.5, 2.5, 2.5, 2.5, 2.5, 2.5], 3));
    expect(alike[0]).toBe(alike[1]);
  });

  it('takes a constant column beside others', async () => {
    const values = valuesOf(noise(200, 3, 8)).map((value, i) => (i % 3 === 1 ? 7 : value));
    const constant = Matrix.fromRows(values, 3);
    expect((await (await fitted(constant)).ask(constant)).every(Number.isFinite)).toBe(true);
  });

  it('says nothing of no rows, and cannot learn from none', async () => {
    expect(await (await fitted(matrix)).ask(new Matrix(0, 5))).toHaveLength(0);
    await expect(make().fit(new Matrix(0, 5))).rejects.toThrow(coded('NOTHING_TO_CLUSTER'));
  });

  it('refuses another width, and questions before it has learned', async () => {
    const model = await fitted(matrix);
    for (const columns of [4, 6]) await expect(model.ask(noise(10, columns, 1))).rejects.toThrow(coded('PARAMETER'));
    await expect(make().ask(matrix)).rejects.toThrow(coded('NOT_FITTED'));
    expect(() => make().save()).toThrow(coded('NOT_FITTED'));
  });

  it('stays as it was where a fit fails', async () => {
    const model = await fitted(matrix);
    const before = model.save();
    const bad = Matrix.fromRows([1, Number.POSITIVE_INFINITY, 3, 4], 2);
    await expect(model.fit(bad)).rejects.toThrow(FlowcaseError);
    expect(model.save()).toEqual(before);
  });

  it('is saved and loaded to the bit, through a model file too', async () => {
    const model = await fitted(matrix);
    const saved = model.save();
    expect(saved.kind).toBe(entry.kind);
    const said = await model.ask(matrix);
    for (const copy of [saved, structuredClone(saved), decodeModel(encodeModel({ estimator: saved, card: null })).estimator]) {
      const again = loaded(name, copy);
      expect(await again.ask(matrix)).toEqual(said);
      expect(again.save()).toEqual(saved);
    }
    expect(loadEstimator(saved).save()).toEqual(saved);
    // A saved model is a copy: what happens to it later is no concern of the estimator.
    for (const values of Object.values(saved.arrays)) values.fill(0);
    expect(await model.ask(matrix)).toEqual(said);
    expect(() => entry.load({ ...saved, arrays: {} })).toThrow(FlowcaseError);
  });

  it('gives the same bits on any number of threads', async () => {
    const many = heaps(20_011, 4, 5, 9);
    const alone = await fitted(many);
    const said = await alone.ask(many);
    for (const threads of [1, 2, 3]) {
      const pool = poolOf(threads);
      const model = make();
      await model.fit(many, { pool });
      expect(model.save()).toEqual(alone.save());
      expect(await model.ask(many, { pool })).toEqual(said);
    }
  });

  it('says the same of a row wherever it stands', async () => {
    const model = await fitted(matrix);
    const order = Uint32Array.from({ length: matrix.rows }, (_, row) => row);
    shuffle(order, new Random(3));
    const [said, shuffled] = [await model.ask(matrix), await model.ask(matrix.pick(order))];
    order.forEach((row, i) => expect(shuffled[i]).toBe(said[row]));
    const alone = await model.ask(matrix.pick([17]));
    expect(alone[0]).toBe(said[17]);
  });

  it.each([0, 2])('ends soon after it is told to stop (threads: %i)', async (threads) => {
    const pool = poolOf(threads);
    const many = heaps(30_000, 6, 8, 2);
    const large = subject(name, { ...quick[name], ...long[name] }, 1);
    // Asked to stop from the third question on: whoever asks at least every 200 ms ends, and no more than a few questions are left over.
    let asked = 0;
    const pace = new Pace({ report: () => undefined, stopped: () => ++asked > 2 });
    await expect(large.fit(many, { pace, pool })).rejects.toThrow(coded('CANCELLED'));
    expect(asked).toBeLessThan(50);
    expect(() => large.save()).toThrow(coded('NOT_FITTED'));
    // The threads are free for the next.
    const after = make();
    await after.fit(matrix, { pool });
    expect(after.save()).toEqual((await fitted(matrix)).save());
  });

  it('declares its parameters: defaults are its own, borders are taken, what lies beyond is named', () => {
    const model = entry.make({}, 0) as unknown as Record<string, unknown>;
    const own = (model['parameters'] ?? model) as Record<string, unknown>;
    for (const [parameter, { default: usual, allowed, sentence }] of Object.entries(entry.parameters)) {
      expect([parameter, own[parameter]]).toEqual([parameter, usual]);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      for (const value of allowed.flatMap(inside)) entry.make({ [parameter]: value }, 0);
      for (const value of allowed.flatMap(outside)) {
        if (allowed.some((one) => one.type !== 'choice' && inside(one).includes(value))) continue;
        expect(() => entry.make({ [parameter]: value }, 0)).toThrow(coded('PARAMETER'));
        expect(() => entry.make({ [parameter]: value }, 0)).toThrow(new RegExp(`${entry.title}.*${parameter}`));
      }
    }
    expect(() => entry.make({ nonsense: 1 }, 0)).toThrow(/no parameter nonsense/);
    expect(() => entry.make(JSON.parse('{"__proto__": 1}') as Record<string, number>, 0)).toThrow(coded('PARAMETER'));
  });
});

type Value = number | string | boolean | null;

function inside(allowed: Allowed): Value[] {
  if (allowed.type === 'choice') return [...allowed.choices];
  if (allowed.type === 'whole') return [allowed.low, allowed.high];
  const middle = allowed.high === Number.MAX_VALUE ? 1 : (allowed.low + allowed.high) / 2;
  return [...(allowed.lowOpen === true ? [] : [allowed.low]), middle, ...(allowed.highOpen === true ? [] : [allowed.high])];
}

function outside(allowed: Allowed): Value[] {
  const never = ['nonsense', Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1];
  if (allowed.type === 'choice') return never;
  if (allowed.type === 'whole') return [...never, allowed.low - 1, allowed.high + 1, allowed.high + 0.5];
  return [...never, ...(allowed.lowOpen === true ? [allowed.low] : []), ...(allowed.highOpen === true ? [allowed.high] : [])];
}
