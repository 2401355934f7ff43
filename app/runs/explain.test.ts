import { expect, it } from 'vitest';
import { buildMatrix } from '../features/build-matrix.ts';
import { recipeNamed } from '../features/recipes.ts';
import { selectRows } from '../features/selection.ts';
import { column, connColumns, everyRow, memoryTable, type Value } from '../features/testing.ts';
import { unwatched } from '../learn/pace.ts';
import { Random } from '../shared/random.ts';
import { knownMeans } from '../detect/known-means.ts';
import { labelsOf, NO_CLASS } from '../features/labels.ts';
import { agreement } from '../learn/metrics/agreement.ts';
import { labelAgreement, purities, separations } from './explain.ts';

const pace = unwatched();
const random = new Random(5);
const records = Array.from({ length: 400 }, (_, i): Record<string, Value> => ({
  ts: i * 1e6,
  orig_h: 'a',
  resp_h: 'b',
  proto: i < 100 ? 'udp' : i % 5 === 0 ? 'udp' : 'tcp',
  orig_bytes: Math.round(Math.exp(random.normal() + (i < 100 ? 9 : 6))),
  resp_bytes: 100 + (i % 10),
  label: i < 90 ? 'bad' : i < 380 ? 'good' : null,
}));
const table = memoryTable(records, { columns: [...connColumns, column('label', 'string', 'term')] });
const labels = Uint16Array.from(records, (_, i) => (i < 100 ? 1 : 0));
const sizes = [300, 100];

it('what separates a cluster is the difference of means over the pooled deviation, of flags that of shares', async () => {
  const selection = await selectRows(table, everyRow, pace);
  const built = await buildMatrix(selection, recipeNamed('conn-v1'), pace);
  const [ofRest, ofFirst] = separations(built.used, sizes, await knownMeans(built, labels, 2, pace));
  // by hand, in the feature's own unit: ln(1 + bytes)
  const logs = records.map(({ orig_bytes }) => Math.log1p(Number(orig_bytes)));
  const [inside, outside] = [logs.slice(0, 100), logs.slice(100)];
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const squares = (list: readonly number[]): number => list.reduce((sum, value) => sum + (value - mean(list)) ** 2, 0);
  const expected = (mean(inside) - mean(outside)) / Math.sqrt((squares(inside) + squares(outside)) / 398);
  expect(ofFirst[0].feature).toBe('orig_bytes');
  expect(ofFirst[0].effect).toBeCloseTo(expected, 4);
  const flag = ofFirst.find(({ feature }) => feature === 'proto_udp');
  expect(flag?.effect).toBeCloseTo(1 - 60 / 300, 5);
  expect(ofRest.find(({ feature }) => feature === 'orig_bytes')?.effect).toBeCloseTo(-expected, 4);
  // what both have alike is not named
  expect(ofFirst.map(({ feature }) => feature)).not.toContain('resp_bytes');
  expect(separations(built.used, [400], await knownMeans(built, new Uint16Array(400), 1, pace))).toEqual([[]]);
});

it('what is the same throughout a cluster, and otherwise outside, has a finite effect', async () => {
  const two = records.slice(0, 20).map((record, i) => ({ ...record, orig_bytes: i < 5 ? 10 : 1000, ts: 0 }));
  const selection = await selectRows(memoryTable(two), everyRow, pace);
  const built = await buildMatrix(selection, recipeNamed('conn-v1'), pace);
  const [, small] = separations(
    built.used,
    [15, 5],
    await knownMeans(
      built,
      Uint16Array.from(two, (_, i) => Number(i < 5)),
      2,
      pace,
    ),
  );
  expect(small.find(({ feature }) => feature === 'orig_bytes')?.effect).toBe(-99);
});

it('counts rows that have a value alone, and what few of a cluster have as much less', async () => {
  // of the first 100, 40 have no bytes, and one alone has received any
  const holed = records.map((record, i) => ({
    ...record,
    orig_bytes: i < 40 ? null : record.orig_bytes,
    resp_bytes: i === 50 ? 1e9 : i < 100 ? null : record.resp_bytes,
  }));
  const table = memoryTable(holed, { columns: [...connColumns, column('label', 'string', 'term')] });
  const built = await buildMatrix(await selectRows(table, everyRow, pace), recipeNamed('conn-v1'), pace, { markAbsent: true });
  const [, ofFirst] = separations(built.used, sizes, await knownMeans(built, labels, 2, pace));
  const logs = holed.map(({ orig_bytes }) => (orig_bytes === null ? null : Math.log1p(Number(orig_bytes))));
  const known = (from: number, to: number): number[] => logs.slice(from, to).filter((value) => value !== null);
  const [inside, outside] = [known(0, 100), known(100, 400)];
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const squares = (list: readonly number[]): number => list.reduce((sum, value) => sum + (value - mean(list)) ** 2, 0);
  const expected = (mean(inside) - mean(outside)) / Math.sqrt((squares(inside) + squares(outside)) / (60 + 300 - 2));
  expect(ofFirst.find(({ feature }) => feature === 'orig_bytes')?.effect).toBeCloseTo(expected, 4);
  // a hundredth of the cluster has it: as strong as it is, it does not come first
  const received = ofFirst.findIndex(({ feature }) => feature === 'resp_bytes');
  expect(received === -1 || received > 0).toBe(true);
});

it('purity is the share of the most frequent label among the rows that have one', async () => {
  const selection = await selectRows(table, everyRow, pace);
  expect(await purities(selection, { labels, k: 2 }, pace)).toEqual([
    { label: 'good', share: 1 },
    { label: 'bad', share: 0.9 },
  ]);
  const none = await selectRows(memoryTable(records), everyRow, pace);
  expect(await purities(none, { labels, k: 2 }, pace)).toEqual([null, null]);
  const one = memoryTable(
    records.map((record) => ({ ...record, label: 'all' })),
    { columns: [...connColumns, column('label', 'string', 'term')] },
  );
  expect(await purities(await selectRows(one, everyRow, pace), { labels, k: 2 }, pace)).toEqual([null, null]);
});

it('groups are set against the labels of the rows that have one, as agreement counts it', async () => {
  const selection = await selectRows(table, everyRow, pace);
  const found = await labelAgreement([selection], null, labels, pace);
  const truth = await labelsOf(selection, 'label', pace);
  const labelled = truth.codes.reduce((sum, code) => sum + (code === NO_CLASS ? 0 : 1), 0);
  const { adjustedRandIndex, normalisedMutualInformation } = agreement(truth.codes, labels);
  expect(found).toEqual({ column: 'label', rows: labelled, ari: adjustedRandIndex, nmi: normalisedMutualInformation });
  expect(found?.ari).toBeGreaterThan(0.5);
  const none = await selectRows(memoryTable(records), everyRow, pace);
  expect(await labelAgreement([none], null, labels, pace)).toBeNull();
});
