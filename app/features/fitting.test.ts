import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace, unwatched } from '../learn/pace.ts';
import { applyRecipe, buildMatrix, type FeatureMatrix } from './build-matrix.ts';
import type { FittedRecipe } from './fitted.ts';
import { quantileOf, skewnessOf } from './order-statistics.ts';
import { recipeNamed } from './recipes.ts';
import { selectRows } from './selection.ts';
import { deviationOf, meanOf, quantileOfSorted } from './testing-twin.ts';
import { column, everyRow, memoryTable, type MemoryColumn, type Value } from './testing.ts';
import type { MatrixOptions, Selection } from './types.ts';

const pace = unwatched();
const columns = [column('size', 'count'), column('other', 'double'), column('word', 'string', 'term')];

async function selected(records: readonly Readonly<Record<string, Value>>[], of: readonly MemoryColumn[] = columns): Promise<Selection> {
  return selectRows(memoryTable(records, { columns: of, chunkRows: 5, kind: 'table' }), everyRow, pace);
}

async function built(values: readonly (number | null)[], options: MatrixOptions): Promise<FeatureMatrix> {
  return buildMatrix(await selected(values.map((size, i) => ({ size, other: i }))), recipeNamed('numeric-v1'), pace, {
    features: ['size', 'other'],
    ...options,
  });
}

const columnOf = ({ matrix }: FeatureMatrix, place: number): number[] =>
  Array.from({ length: matrix.rows }, (_, row) => matrix.get(row, place));
const some = fc.array(fc.oneof(fc.constant(null), fc.integer({ min: -1000, max: 100_000 })), { minLength: 8, maxLength: 60 });
const varied = some.filter((values) => new Set(values.filter((value) => value !== null)).size > 2);

/** The column as plain arithmetic gives it. */
function twin(values: readonly (number | null)[], scaling: 'standard' | 'robust'): (number | null)[] {
  const present = values.filter((value) => value !== null);
  const [low, high] = [quantileOfSorted(present, 0.25), quantileOfSorted(present, 0.75)];
  const middle = scaling === 'standard' ? meanOf(present) : quantileOfSorted(present, 0.5);
  const unit = scaling === 'robust' && high > low ? (high - low) / 1.3489795003921634 : deviationOf(present);
  return values.map((value) => (value === null ? null : (value - middle) / unit));
}

function expectClose(found: readonly number[], wanted: readonly (number | null)[], absent: number): void {
  for (const [row, value] of wanted.entries()) {
    if (value === null) expect(found[row]).toBe(absent);
    else expect(Math.abs(found[row] - value)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)));
  }
}

describe('scaling', () => {
  it.each(['standard', 'robust'] as const)('%s is what plain arithmetic gives', async (scaling) => {
    await fc.assert(
      fc.asyncProperty(varied, async (values) => {
        expectClose(columnOf(await built(values, { scaling }), 0), twin(values, scaling), 0);
        expectClose(columnOf(await built(values, { scaling, absent: 'nan' }), 0), twin(values, scaling), Number.NaN);
      }),
      { numRuns: 60 },
    );
  });

  it('none leaves values and absence as they are, or puts the mean there where it is asked to', async () => {
    const values = [3, null, 5, 1e300, -2, null, 7, 0];
    expect(columnOf(await built(values, { scaling: 'none' }), 0)).toEqual([3, Number.NaN, 5, 3.4028234663852886e38, -2, Number.NaN, 7, 0]);
    const filled = columnOf(await built([1, null, 3, 5, 0, 0, 0, 0], { scaling: 'none', absent: 'neutral' }), 0);
    expect(filled[1]).toBeCloseTo(9 / 7, 6);
  });

  it('log takes logarithms of heavy tails alone, with their mirror image below zero', async () => {
    const tail = [1, 2, 3, 1, 2, 3, 1, 2, 3, 100_000];
    const { fitted } = await built(tail, { scaling: 'log' });
    expect(fitted.features.map(({ name, log }) => [name, log])).toEqual([
      ['size', true],
      ['other', false],
    ]);
    expect(fitted.features[0].how).toBe('log(1 + size)');
    expect(fitted.features[0].mean).toBeCloseTo(meanOf(tail.map((value) => Math.log1p(value))), 12);
    const mirrored = await built([...tail.map((value) => -value), -1], { scaling: 'log' });
    expect(mirrored.fitted.features[0].mean).toBeCloseTo(meanOf([...tail, 1].map((value) => -Math.log1p(value))), 12);
    expect((await built(tail, { scaling: 'standard' })).fitted.features[0].log).toBe(false);
  });

  it('keeps what can only be told from absence, where absence has a place of its own', async () => {
    const values = [4, null, 4, null, 4, 4, 4, 4];
    expect((await built(values, { scaling: 'none' })).used.map(({ spec }) => spec.name)).toEqual(['size', 'other']);
    const { features } = await built(values, { scaling: 'standard' });
    expect(features[0].dropped).toBe('the same wherever it is known (4)');
  });

  it('names what is dropped with its figure in the unit of the log, whatever the recipe or the matrix does with it', async () => {
    const conn = (i: number): Readonly<Record<string, Value>> => ({
      ...{ ts: i ** 2 * 1e6, orig_h: `h${i % 3}`, resp_h: `r${i}`, resp_p: 443, proto: 'tcp', duration: 32_500_000, conn_state: 'SF' },
      ...{ orig_bytes: i === 4 ? 2048 : null, resp_bytes: 3_300_000, orig_pkts: i, resp_pkts: 7 },
    });
    const selection = await selectRows(memoryTable(Array.from({ length: 9 }, (_, i) => conn(i))), everyRow, pace);
    for (const recipe of ['conn-v1', 'conn-v2'])
      for (const scaling of ['standard', 'robust', 'none'] as const) {
        const { features } = await buildMatrix(selection, recipeNamed(recipe), pace, { scaling, absent: 'neutral' });
        const why = new Map(features.map(({ name, dropped }) => [name, dropped]));
        expect(why.get('orig_bytes')).toBe('known of one record alone (2.0 KiB)');
        expect(why.get('resp_bytes')).toBe('the same in every record (3.1 MiB)');
        expect(why.get('duration')).toBe('the same in every record (32,500 ms)');
        expect(why.get('resp_pkts')).toBe('the same in every record (7)');
      }
    // calls as regular as can be: no spread, and not the 0.66 that a spread is measured from
    const clock = Array.from({ length: 9 }, (_, i) => ({ ...conn(i), ts: i * 60e6, orig_h: 'h', resp_h: 'r' }));
    const { features } = await buildMatrix(await selectRows(memoryTable(clock), everyRow, pace), recipeNamed('conn-v2'), pace);
    expect(features.find(({ name }) => name === 'interval_spread')?.dropped).toBe('the same in every record (0)');
  });

  it('drops a column that says the same as another', async () => {
    const records = Array.from({ length: 9 }, (_, i) => ({ size: i * i, other: i * i }));
    const { features } = await buildMatrix(await selected(records), recipeNamed('numeric-v1'), pace);
    expect(features.map(({ name, dropped }) => [name, dropped])).toEqual([
      ['size', null],
      ['other', 'the same as size in every record'],
    ]);
  });
});

describe('a fitted recipe', () => {
  it('gives the training records the very same matrix, also after JSON', async () => {
    const options = fc.record({
      scaling: fc.constantFrom('log' as const, 'standard' as const, 'robust' as const, 'none' as const),
      absent: fc.constantFrom('neutral' as const, 'nan' as const, undefined),
    });
    await fc.assert(
      fc.asyncProperty(some, options, async (values, chosen) => {
        const selection = await selected(values.map((size, i) => ({ size, other: i % 7, word: `w${i % 4}` })));
        const names = ['size', 'other', 'word'];
        const first = await buildMatrix(selection, recipeNamed('numeric-v1'), pace, { ...chosen, features: names });
        const again = await applyRecipe(selection, JSON.parse(JSON.stringify(first.fitted)) as FittedRecipe, pace);
        expect(Buffer.from(again.matrix.values.slice().buffer).equals(Buffer.from(first.matrix.values.slice().buffer))).toBe(true);
        expect(again.used.map(({ spec }) => spec.name)).toEqual(first.used.map(({ spec }) => spec.name));
        expect(again.fitted).toEqual(first.fitted);
      }),
      { numRuns: 60 },
    );
  });

  it('puts new records in the units of the old ones, knows its categories, and takes a log without a column', async () => {
    const training = ['a', 'a', 'b', 'b', 'c', 'd', 'a', 'b'].map((word, i) => ({ size: i, word }));
    const recipe = recipeNamed('numeric-v1');
    const { fitted } = await buildMatrix(await selected(training), recipe, pace, { scaling: 'standard', features: ['size', 'word'] });
    expect(fitted.features.map(({ name }) => name)).toEqual(['size', 'word=a', 'word=b', 'word=c', 'word=d']);
    const fresh = await applyRecipe(
      await selected([
        { size: 3.5, word: 'z' },
        { size: 35, word: 'b' },
      ]),
      fitted,
      pace,
    );
    expect(fresh.matrix.get(0, 0)).toBe(0);
    expect(fresh.matrix.get(1, 0)).toBeCloseTo((35 - 3.5) / Math.sqrt(5.25), 5);
    // word=b: mean 3/8, standard deviation √15/8, weight 1/2
    expect(fresh.matrix.get(0, 2)).toBeCloseTo(((0 - 3 / 8) / (Math.sqrt(15) / 8)) * 0.5, 6);
    expect(fresh.matrix.get(1, 2)).toBeCloseTo(((1 - 3 / 8) / (Math.sqrt(15) / 8)) * 0.5, 6);
    const without = await applyRecipe(await selected([{ word: 'a' }, { word: 'a' }], [columns[2]]), fitted, pace);
    expect(without.features[0]).toMatchObject({ name: 'size', absent: 2, dropped: null });
    expect(without.matrix.get(1, 0)).toBe(0);
  });
});

describe('order statistics', () => {
  it('are those of sorted values', () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 90 });
    fc.assert(
      fc.property(values, fc.constantFrom(0, 0.25, 0.5, 0.75, 0.9, 1), (list, share) => {
        const wanted = quantileOfSorted(list, share);
        expect(Math.abs(quantileOf(Float64Array.from(list), share) - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
      }),
    );
    const equal = new Float64Array(5000).fill(3);
    expect(quantileOf(equal, 0.5)).toBe(3);
  });

  it('know a heavy tail', () => {
    // numpy: (d ** 3).mean() / (d ** 2).mean() ** 1.5 with d = x - x.mean()
    expect(skewnessOf(Float64Array.of(1, 2, 3, 1, 2, 3, 1, 2, 3, 100))).toBeCloseTo(2.6631990200593765, 12);
    expect(skewnessOf(Float64Array.of(5, 5, 5, 5, 5, 5, 5, 5, 5))).toBe(0);
    expect(skewnessOf(Float64Array.of(0, 0, 0, 0, 0, 0, 0, 1e308, -1e308))).toBeCloseTo(0, 6);
  });
});

describe('building', () => {
  it.each(['conn-v2', 'host-v1', 'request-v1', 'tstat-v1'])('%s stops where it is told to', async (name) => {
    let asked = 0;
    const stopping = new Pace({ report: () => undefined, stopped: () => ++asked > 12 });
    const kind = name === 'request-v1' ? 'request' : 'connection';
    const table = memoryTable(
      Array.from({ length: 60 }, (_, i) => ({ ts: i, orig_h: `h${i % 3}`, resp_h: 's', resp_p: i % 4 })),
      { chunkRows: 5, kind },
    );
    const selection = await selectRows(table, everyRow, pace);
    await expect(buildMatrix(selection, recipeNamed(name), stopping)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
