import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generatorOf } from '../generate/registry.ts';
import { importFiles } from '../import/import-files.ts';
import type { LearnedSummaries, LearnedTask } from '../shared/run-outcome.ts';
import { runCrosscheck } from './crosscheck.ts';
import { runTableExport } from './jobs.ts';
import { runLearning, type LearningRequests } from './learning.ts';
import { createReadHandlers } from './read.ts';
import { caseOf, checked, quiet, type TestCase } from './testing.ts';

const ROWS = 600;
let tstat: TestCase;
let zeek: TestCase;
let model: LearnedSummaries['train'];

async function generated(kind: 'tstat' | 'zeek-conn', rows: number): Promise<TestCase> {
  const test = await caseOf();
  const log = join(test.folder, kind === 'tstat' ? 'log_tcp_complete' : 'conn.log');
  await generatorOf(kind).generate({ rows, seed: 4 }, (block) => appendFileSync(log, block));
  await importFiles(test.writer, { paths: [log], force: false }, quiet);
  return test;
}

async function learned<T extends LearnedTask>(test: TestCase, task: T, request: LearningRequests[T]): Promise<LearnedSummaries[T]> {
  const means = { threads: 1, createThread: null, program: 'test' };
  return test.writer.saveLearning(request, await runLearning(test.reader, task, request, means, quiet));
}

beforeAll(async () => {
  [tstat, zeek] = [await generated('tstat', ROWS), await generated('zeek-conn', 300)];
  const label = { type: 'column', column: 'class' } as const;
  model = await learned(tstat, 'train', checked('model.train', { model: 'tree', label }));
  writeFileSync(join(zeek.folder, 'tstat.model'), tstat.reader.model(model.id).file);
}, 60_000);
afterAll(() => {
  tstat.close();
  zeek.close();
});

it('a model that learned from another kind of log is refused, with what is lacking, unless it is forced', async () => {
  const request = { model: join(zeek.folder, 'tstat.model'), where: '' };
  const refused = learned(zeek, 'classify', request);
  await expect(refused).rejects.toMatchObject({
    code: 'PARAMETER',
    message: expect.stringMatching(/has nothing of \d+ of the \d+ features/) as string,
  });
  const { details } = (await refused.catch((error: unknown) => error)) as { details: { absent: string[]; features: number } };
  expect(details.absent.length * 2).toBeGreaterThan(details.features);
  expect(details.absent).toContain('s_bytes_uniq');
  expect(details.absent).not.toContain('orig_pkts');
  const run = await learned(zeek, 'classify', { ...request, force: true });
  expect(run.rows).toBe(zeek.reader.info().connections);
  expect(run.remarks.join(' ')).toContain('absent here throughout');
  // that few records happen to have no value is no lack
  await learned(tstat, 'classify', { model: model.id, where: 'class = bing' });
});

it('beside records that it can tell something of, those of a log that lacks most of its features are not answered, and counted', async () => {
  const request = { model: model.id, where: '' };
  const mixed = await generated('tstat', ROWS);
  try {
    // the same lesson as in the case of its own, then records of another tool beside it
    const own = await learned(mixed, 'train', checked('model.train', { model: 'tree', label: { type: 'column', column: 'class' } }));
    const alone = await learned(mixed, 'classify', { ...request, model: own.id });
    expect(alone.unanswered).toBeUndefined();
    const log = join(mixed.folder, 'conn.log');
    await generatorOf('zeek-conn').generate({ rows: 300, seed: 4 }, (block) => appendFileSync(log, block));
    await importFiles(mixed.writer, { paths: [log], force: false }, quiet);
    mixed.reader.refresh();
    const zeekRows = mixed.reader.info().connections - ROWS;
    const both = await learned(mixed, 'classify', { ...request, model: own.id });
    expect(both).toMatchObject({ rows: ROWS, unanswered: zeekRows, fingerprint: alone.fingerprint, predicted: alone.predicted });
    expect(both.remarks[0]).toMatch(
      new RegExp(`^Not answered, because most of what the tree looks at is lacking: ${zeekRows} connections of evidence 2 \\(without `),
    );
    const read = createReadHandlers(mixed.reader);
    const page = await read['prediction.rows'](checked('prediction.rows', { run: both.id, which: 'all', limit: 1000 }));
    expect([page.total, page.rows.length]).toEqual([ROWS, ROWS]);
    const explained = await read['prediction.explain'](checked('prediction.explain', { run: both.id, id: page.rows[7].id }));
    expect(explained.row).toEqual(page.rows[7]);
    const forced = await learned(mixed, 'classify', { ...request, model: own.id, force: true });
    expect(forced.rows).toBe(ROWS + zeekRows);
    expect(forced.unanswered).toBeUndefined();
  } finally {
    mixed.close();
  }
}, 60_000);

it('of a file whose header changes in its middle, the records that have what the model looks at are answered, and the others counted', async () => {
  const test = await caseOf();
  try {
    const ends = ['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto'];
    const head = (names: readonly string[], types: readonly string[]): string[] => [
      '#separator \\x09',
      '#path\tconn',
      `#fields\t${names.join('\t')}`,
      `#types\t${types.join('\t')}`,
    ];
    const plain = ['time', 'string', 'addr', 'port', 'addr', 'port', 'enum'];
    const row = (i: number): string =>
      `${1_713_556_800 + i * 7}.5\tC${i}\t10.0.0.${i % 9}\t40000\t192.0.2.${i % 7}\t${i % 3 === 0 ? 443 : 80}\ttcp`;
    const whole = head([...ends, 'orig_bytes', 'resp_bytes', 'conn_state', 'label'], [...plain, 'count', 'count', 'string', 'string']);
    const some = Array.from(
      { length: 200 },
      (_, i) => `${row(i)}\t${i % 2 === 0 ? 90_000 + i : 100 + i}\t700\tSF\t${i % 2 === 0 ? 'up' : 'down'}`,
    );
    const others = Array.from({ length: 40 }, (_, i) => row(200 + i));
    const log = join(test.folder, 'conn.log');
    writeFileSync(log, `${[...whole, ...some, ...head(ends, plain), ...others].join('\n')}\n`);
    await importFiles(test.writer, { paths: [log], force: false }, quiet);
    test.reader.refresh();
    const label = { type: 'column', column: 'label' } as const;
    const own = await learned(
      test,
      'train',
      checked('model.train', { model: 'tree', label, features: ['orig_bytes', 'resp_bytes', 'failed'] }),
    );
    const found = await learned(test, 'classify', { model: own.id, where: '' });
    expect(found).toMatchObject({ rows: 200, unanswered: 40, unansweredKinds: [{ evidence: 1, records: 40, features: 3, share: 1 }] });
    expect(found.predicted.map(({ count }) => count)).toEqual([100, 100]);
    const check = await runCrosscheck(test.reader, { run: found.id, rows: 0 }, { threads: 1, createThread: null }, quiet);
    expect(check).toMatchObject({ rows: 200, verdict: 'agrees' });
  } finally {
    test.close();
  }
}, 60_000);

it('every predicted row is a line of a table: record, class, confidence, and what its label says', async () => {
  const { id } = await learned(tstat, 'classify', { model: model.id, where: '' });
  const path = join(tstat.folder, 'said.csv');
  const written = await runTableExport(tstat.reader, checked('table.export', { table: 'predictions', run: id, path }), quiet);
  expect(written.rows).toBe(ROWS);
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\r\n');
  expect(head).toBe('record,predicted,confidence,second,label');
  const page = await createReadHandlers(tstat.reader)['prediction.rows'](
    checked('prediction.rows', { run: id, which: 'all', limit: ROWS }),
  );
  const cells = lines.map((line) => line.split(','));
  expect(
    cells.map(([record, predicted, confidence, second, label]) => [Number(record), predicted, Number(confidence), second, label]),
  ).toEqual(page.rows.map((row) => [row.id, row.predicted, row.confidence, row.second ?? '', row.label ?? '']));
  const latest = join(tstat.folder, 'said.parquet');
  const parquet = { table: 'predictions', format: 'parquet', path: latest } as const;
  expect((await runTableExport(tstat.reader, checked('table.export', parquet), quiet)).rows).toBe(ROWS);
  expect(readFileSync(latest).toString('latin1', 0, 4)).toBe('PAR1');
  const none = runTableExport(
    zeek.reader,
    checked('table.export', { table: 'predictions', run: 99, path: join(zeek.folder, 'x.csv') }),
    quiet,
  );
  await expect(none).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
