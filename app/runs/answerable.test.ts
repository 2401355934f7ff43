import { describe, expect, it } from 'vitest';
import type { PredictionSummary, TrainRequest } from '../contract/models.ts';
import { connColumns, column, everyRow, memoryTable } from '../features/testing.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import { classify } from './classify.ts';
import { readModel, type LoadedModel } from './model-parts.ts';
import type { TagSource } from './train-labels.ts';
import { trainModel } from './train.ts';

const quiet: Progress = { report: () => undefined, stopped: () => false };
const tags: TagSource = { names: [], mask: () => null, ofHost: () => [] };
const means = { tags, threads: 1, createThread: null };
const columns = [...connColumns, column('class', 'string', 'term')];
const request: TrainRequest = {
  ...{ of: 'connections', model: 'tree', label: { type: 'column', column: 'class' }, recipe: 'conn-v1', features: [], where: '' },
  ...{ seed: 1, split: 'random', test: 0.25, folds: 0, parameters: {}, tune: null, keepLeaks: false },
};

type Row = Readonly<Record<string, string | number | null>>;

/** Connections whose class is in what they send; every fifth, where asked, says nothing of it. */
function flows(count: number, silent = false): Row[] {
  const random = new Random(4);
  return Array.from({ length: count }, (_, i) => {
    const quantities = { duration: 1e5 + random.below(1e6), orig_bytes: (i % 2 === 0 ? 50_000 : 100) + random.below(50), resp_bytes: 900 };
    const packets = { orig_pkts: 4 + random.below(9), resp_pkts: 4 + random.below(9) };
    const none = { duration: null, orig_bytes: null, resp_bytes: null };
    return {
      ...{ ts: 1e15 + i * 7e6, orig_h: `10.0.0.${i % 9}`, resp_h: `192.0.2.${i % 7}`, resp_p: i % 3 === 0 ? 443 : 80, proto: 'tcp' },
      ...{ ...quantities, ...packets, conn_state: 'SF', class: i % 2 === 0 ? 'up' : 'down' },
      ...(silent && i % 5 === 0 ? { ...none, conn_state: 'S0' } : {}),
    };
  });
}

/** Records of another kind in the same file: who talked to whom and when, and nothing else. */
const strangers = (count: number): Row[] =>
  flows(count).map(({ ts, orig_h, resp_h, resp_p, proto }) => ({ ts, orig_h, resp_h, resp_p, proto }));

const sourceOf = (rows: readonly Row[]): { readonly table: ReturnType<typeof memoryTable>; readonly filter: typeof everyRow } => ({
  table: memoryTable(rows, { columns, chunkRows: 170 }),
  filter: everyRow,
});

async function learnedFrom(rows: readonly Row[]): Promise<LoadedModel> {
  const { model } = await trainModel({ sources: [sourceOf(rows)], request, program: 'test', ...means }, quiet);
  return readModel(model?.file ?? new Uint8Array(), 'a.model');
}

async function said(model: LoadedModel, rows: readonly Row[]): Promise<Omit<PredictionSummary, 'id' | 'created' | 'by' | 'program'>> {
  const input = { sources: [sourceOf(rows)], request: { model: 1, where: '' }, model, modelRun: 1, modelName: 'a.model', ...means };
  return (await classify(input, quiet)).summary;
}

describe('what a model is asked about', () => {
  const own = flows(600);

  it('are the records of a file that it can tell something of: those of another kind beside them are left out, counted and named', async () => {
    const model = await learnedFrom(own);
    const alone = await said(model, own);
    const mixed = own.flatMap((row, i) => (i % 6 === 0 ? [strangers(600)[i], row] : [row]));
    const found = await said(model, mixed);
    expect(found).toMatchObject({ rows: 600, unanswered: 100, predicted: alone.predicted });
    expect(found.unansweredKinds).toHaveLength(1);
    expect(found.unansweredKinds?.[0]).toMatchObject({ evidence: 1, records: 100 });
    expect(found.unansweredKinds?.[0].absent).toContain('orig_bytes');
    expect(found.unansweredKinds?.[0].absent).not.toContain('port_web');
    expect(found.unansweredKinds?.[0].share).toBeGreaterThan(0.5);
    expect(found.remarks[0]).toMatch(
      /^Not answered, because most of what the tree looks at is lacking: 100 connections of evidence 1 \(without \d+ of its \d+ features, [\d.]+ % of what it goes by: [a-z_]+, .* others\)\. To have them answered all the same, force it\.$/,
    );
    const single = await said(model, [...own, strangers(1)[0]]);
    expect(single.remarks[0]).toContain('lacking: 1 connection of evidence 1 (without');
  });

  it('are those that lack values as records did which it learned from', async () => {
    const silent = flows(600, true);
    const found = await said(await learnedFrom(silent), silent);
    expect(found.rows).toBe(600);
    expect(found.unanswered).toBeUndefined();
    expect(found.unansweredKinds).toBeUndefined();
  });

  it('are not those that lack what every record had which it learned from, where it goes by that', async () => {
    const found = await said(await learnedFrom(own), flows(600, true));
    expect(found).toMatchObject({ rows: 480, unanswered: 120 });
  });

  it('is nothing where no record has enough', async () => {
    await expect(said(await learnedFrom(own), strangers(50))).rejects.toMatchObject({
      code: 'PARAMETER',
      message: expect.stringMatching(/^The log has nothing of/) as string,
    });
    // some have one value of what it looks at, and none has enough
    const little = strangers(50).map((row, i) => (i === 0 ? { ...row, conn_state: 'SF', orig_pkts: 3, resp_pkts: 4, duration: 9 } : row));
    const withOne = [...little.slice(0, 1), ...strangers(49)].map((row, i) => (i === 1 ? { ...row, resp_bytes: 7 } : row));
    await expect(said(await learnedFrom(own), withOne)).rejects.toMatchObject({ code: 'PARAMETER', details: { name: 'force' } });
  });

  it('is told by logs alone where the model is of a program that did not say what was lacking', async () => {
    const model = await learnedFrom(own);
    const { lacking, ...data } = model.card.data;
    expect(lacking).toEqual([]);
    const mixed = [...own, ...strangers(100)];
    const found = await said({ ...model, card: { ...model.card, data } }, mixed);
    expect(found.rows).toBe(700);
    expect(found.unanswered).toBeUndefined();
  });
});
