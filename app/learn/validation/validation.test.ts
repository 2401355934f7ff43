import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { Matrix } from '../matrix.ts';
import { Pace } from '../pace.ts';
import { NO_CLASS, type Classifier, type SavedEstimator } from '../types.ts';
import { crossValidate } from './cross-validation.ts';
import { groupedKFold, groupedShuffleSplit, NO_GROUP } from './grouped-splits.ts';
import { kFold, stratifiedKFold, stratifiedShuffleSplit, type Split } from './splits.ts';
import { expandingWindows, timeSplit } from './time-splits.ts';

const PARAMETER = expect.objectContaining({ code: 'PARAMETER' }) as Error;
/** Classes 0..2 with at least six rows each, some rows without one. */
const someClasses = fc
  .array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 })
  .map((list) => Uint16Array.from([...[0, 1, 2].flatMap((c) => new Array<number>(6).fill(c)), ...list], (c) => (c === 3 ? NO_CLASS : c)));
const countIn = (y: Uint16Array, rows: Uint32Array, c: number): number => rows.reduce((sum, row) => sum + (y[row] === c ? 1 : 0), 0);

function expectApart({ train, test }: Split): void {
  for (const side of [train, test]) expect([...side]).toEqual([...new Set(side)].sort((a, b) => a - b));
  const learned = new Set(train);
  expect(test.some((row) => learned.has(row))).toBe(false);
}

describe('stratified splits', () => {
  it('put every row with a class into one test set, every class evenly', () => {
    fc.assert(
      fc.property(someClasses, fc.integer({ min: 2, max: 6 }), fc.nat(), (y, folds, seed) => {
        const splits = stratifiedKFold(y, 3, { folds, seed });
        expect(splits).toHaveLength(folds);
        splits.forEach(expectApart);
        const known = [...y.keys()].filter((row) => y[row] !== NO_CLASS);
        expect(splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(known);
        for (const { train, test } of splits) expect(train.length + test.length).toBe(known.length);
        for (const c of [0, 1, 2]) {
          const counts = splits.map(({ test }) => countIn(y, test, c));
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
        const sizes = splits.map(({ test }) => test.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(stratifiedKFold(y, 3, { folds, seed })).toEqual(splits);
      }),
    );
  });

  it('by share give every class its part on both sides', () => {
    fc.assert(
      fc.property(someClasses, fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(), (y, testShare, seed) => {
        const [one, other] = stratifiedShuffleSplit(y, 3, { testShare, seed, repeats: 2 });
        for (const split of [one, other]) {
          expectApart(split);
          for (const c of [0, 1, 2]) {
            const [learned, tested] = [countIn(y, split.train, c), countIn(y, split.test, c)];
            expect(learned + tested).toBe(countIn(y, Uint32Array.from(y.keys()), c));
            expect(Math.min(learned, tested)).toBeGreaterThanOrEqual(1);
            if (tested > 1 && learned > 1) expect(Math.abs(tested - (learned + tested) * testShare)).toBeLessThanOrEqual(0.5 + 1e-9);
          }
        }
      }),
    );
  });

  it('draw every row as often as any other', () => {
    const counts = new Uint32Array(10);
    for (const { test } of stratifiedShuffleSplit(new Uint16Array(10), 1, { testShare: 0.3, repeats: 1000 }))
      for (const row of test) counts[row]++;
    for (const count of counts) expect(Math.abs(count - 300)).toBeLessThan(75);
  });

  it('say which class is too small', () => {
    expect(() => stratifiedShuffleSplit(Uint16Array.of(0, 0, 1), 2)).toThrow(/Class 2 has 1 row, but needs 2/);
    expect(() => stratifiedKFold(Uint16Array.of(0, 0, 0, 1, 1), 2, { folds: 3 })).toThrow(/Class 2 has 2 rows, but needs 3/);
    expect(() => stratifiedKFold(Uint16Array.of(NO_CLASS), 2)).toThrow(/nothing to learn from/);
    expect(() => kFold(3, { folds: 5 })).toThrow(/3 rows for 5 folds/);
    expect(() => stratifiedShuffleSplit(Uint16Array.of(0, 0), 1, { testShare: 1 })).toThrow(PARAMETER);
    expect(() => stratifiedKFold(Uint16Array.of(0, 0), 1, { folds: 1 })).toThrow(PARAMETER);
  });
});

const someGroups = fc
  .array(fc.oneof(fc.nat(8), fc.constant(NO_GROUP)), { maxLength: 60 })
  .map((list) => Uint32Array.from([0, 1, 2, 3, ...list]));

describe('grouped splits', () => {
  it('have no group on both sides, and every row in one test set', () => {
    fc.assert(
      fc.property(someGroups, fc.integer({ min: 2, max: 4 }), (groups, folds) => {
        const splits = groupedKFold(groups, { folds });
        for (const split of splits) {
          expectApart(split);
          const learned = new Set(Array.from(split.train, (row) => groups[row]));
          expect(split.test.some((row) => learned.has(groups[row]))).toBe(false);
          expect(split.test.length).toBeGreaterThan(0);
        }
        const known = [...groups.keys()].filter((row) => groups[row] !== NO_GROUP);
        expect(splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(known);
        // Greedy balance: no two folds differ by more than the largest group.
        const sizes = splits.map(({ test }) => test.length);
        const largest = Math.max(...known.map((row) => known.filter((other) => groups[other] === groups[row]).length));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest);
      }),
    );
  });

  it('by share have whole groups on both sides', () => {
    fc.assert(
      fc.property(someGroups, fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.nat(), (groups, testShare, seed) => {
        const split = groupedShuffleSplit(groups, { testShare, seed });
        expectApart(split);
        const tested = new Set(Array.from(split.test, (row) => groups[row]));
        expect(split.train.some((row) => tested.has(groups[row]))).toBe(false);
        expect(Math.min(split.train.length, split.test.length)).toBeGreaterThan(0);
        expect(split.train.length + split.test.length).toBe(groups.filter((group) => group !== NO_GROUP).length);
      }),
    );
  });

  it('come near the share where groups are small, and differ by seed', () => {
    const groups = Uint32Array.from({ length: 3000 }, (_, row) => row % 300);
    const split = groupedShuffleSplit(groups, { testShare: 0.3, seed: 1 });
    expect(split.test).toHaveLength(900);
    expect(groupedShuffleSplit(groups, { testShare: 0.3, seed: 2 })).not.toEqual(split);
  });

  it('say that there are too few groups', () => {
    expect(() => groupedKFold(Uint32Array.of(1, 1, 2), { folds: 3 })).toThrow(/2 groups for 3 folds/);
    expect(() => groupedShuffleSplit(Uint32Array.of(4, 4))).toThrow(/one group/);
  });
});

const someTimes = fc
  .array(fc.oneof(fc.nat(30), fc.constant(Number.NaN)), { maxLength: 60 })
  .map((list) => Float64Array.from([...list, 5, 1, 9, 20]));

describe('splits by time', () => {
  const latest = (times: Float64Array, rows: Uint32Array): number => Math.max(...Array.from(rows, (row) => times[row]));
  const earliest = (times: Float64Array, rows: Uint32Array): number => Math.min(...Array.from(rows, (row) => times[row]));

  it('test what is later than everything learned', () => {
    fc.assert(
      fc.property(someTimes, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (times, testShare) => {
        const { train, test } = timeSplit(times, { testShare });
        expect(latest(times, train)).toBeLessThan(earliest(times, test));
        expect(train.length + test.length).toBe(times.filter((time) => !Number.isNaN(time)).length);
        expect(Math.min(train.length, test.length)).toBeGreaterThan(0);
      }),
    );
  });

  it('in windows learn from all that is before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 7, max: 50 }), fc.nat(), (folds, rows, seed) => {
        const random = new Random(seed);
        const times = Float64Array.from({ length: rows }, () => random.float());
        const splits = expandingWindows(times, { folds });
        splits.forEach((split, i) => {
          expectApart(split);
          expect(latest(times, split.train)).toBeLessThan(earliest(times, split.test));
          if (i > 0) expect(split.train).toHaveLength(splits[i - 1].train.length + splits[i - 1].test.length);
        });
        const last = splits[splits.length - 1];
        expect(last.train.length + last.test.length).toBe(rows);
      }),
    );
  });

  it('say that there is no before and after', () => {
    expect(() => timeSplit(Float64Array.of(3, 3, Number.NaN))).toThrow(/no before and after/);
    expect(() => expandingWindows(Float64Array.of(1, 2, 2, 2), { folds: 3 })).toThrow(/too few different times/);
  });
});

/** Says of every row how often each class was among those it learned from whose first value is the same. */
class Memory implements Classifier {
  readonly kind = 'memory';
  #seen = new Map<number, Float64Array>();
  #classes = 0;

  fit(matrix: Matrix, y: Uint16Array, classes: number): Promise<this> {
    this.#classes = classes;
    this.#seen = new Map();
    for (let row = 0; row < matrix.rows; row++) {
      const counts = this.#seen.get(matrix.get(row, 0)) ?? new Float64Array(classes);
      counts[y[row]]++;
      this.#seen.set(matrix.get(row, 0), counts);
    }
    return Promise.resolve(this);
  }

  predict(matrix: Matrix): Promise<Uint16Array> {
    return Promise.resolve(new Uint16Array(matrix.rows));
  }

  predictProba(matrix: Matrix): Promise<Float32Array> {
    const of = (row: number): Float64Array => this.#seen.get(matrix.get(row, 0)) ?? new Float64Array(this.#classes).fill(1);
    const rows = Array.from({ length: matrix.rows }, (_, row) => of(row));
    return Promise.resolve(
      Float32Array.from(rows.flatMap((counts) => Array.from(counts, (count) => count / counts.reduce((a, b) => a + b)))),
    );
  }

  save(): SavedEstimator {
    return { kind: this.kind, parameters: {}, arrays: {} };
  }
}

describe('crossValidate', () => {
  const matrix = Matrix.fromRows([1, 1, 1, 1, 2, 2, 2, 2, 3], 1);
  const y = Uint16Array.of(0, 0, 0, 0, 1, 1, 1, 0, NO_CLASS);

  it('asks about every row what was learned without it', async () => {
    const splits = stratifiedKFold(y, 2, { folds: 3, seed: 4 });
    const result = await crossValidate(() => new Memory(), matrix, y, 2, splits);
    expect([...result.predicted]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, NO_CLASS]);
    expect(result.pooled).toMatchObject({ rows: 8, accuracy: 7 / 8 });
    expect([...result.pooled.confusion]).toEqual([4, 1, 0, 3]);
    expect(result.folds.reduce((sum, fold) => sum + fold.accuracy * fold.testRows, 0)).toBeCloseTo(7, 12);
    expect(result.mean.accuracy).toBeCloseTo(result.folds.reduce((sum, fold) => sum + fold.accuracy, 0) / 3, 12);
    expect(Number.isNaN(result.probabilities[16])).toBe(true);
  });

  it('takes the mean where a row is asked about more than once, and nothing from rows that never are', async () => {
    const twice = [
      { train: Uint32Array.of(0, 1), test: Uint32Array.of(3) },
      { train: Uint32Array.of(4, 5), test: Uint32Array.of(3) },
    ];
    const { predicted, probabilities, pooled } = await crossValidate(() => new Memory(), matrix, y, 2, twice);
    expect([...probabilities.subarray(6, 8)]).toEqual([0.75, 0.25]);
    expect([...predicted]).toEqual([NO_CLASS, NO_CLASS, NO_CLASS, 0, ...new Array<number>(5).fill(NO_CLASS)]);
    expect(pooled.rows).toBe(1);
  });

  it('tells how far it is, stops when told to, and refuses empty sides', async () => {
    const told: (number | null)[] = [];
    let stop = false;
    const pace = new Pace({ report: (done, total) => told.push(done, total), stopped: () => stop });
    const splits = stratifiedKFold(y, 2, { folds: 2 });
    await crossValidate(() => new Memory(), matrix, y, 2, splits, { pace });
    expect(told).toEqual([0, 2, 1, 2, 2, 2]);
    stop = true;
    await expect(crossValidate(() => new Memory(), matrix, y, 2, splits, { pace })).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(crossValidate(() => new Memory(), matrix, y, 2, [])).rejects.toThrow(PARAMETER);
    const empty = [{ train: Uint32Array.of(1), test: new Uint32Array() }];
    await expect(crossValidate(() => new Memory(), matrix, y, 2, empty)).rejects.toThrow(/no rows to test with/);
  });
});
