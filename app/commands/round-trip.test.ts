import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Mapping } from '../contract.ts';
import type { Cell } from '../contract/records.ts';
import { access } from '../formats/access.ts';
import type { LogFormat } from '../formats/types.ts';
import { vpcFlow } from '../formats/vpc.ts';
import { zeekJson } from '../formats/zeek-json.ts';
import { zeekConn, zeekTsv } from '../formats/zeek-tsv.ts';
import { importFiles } from '../import/import-files.ts';
import { cellReader, columnsOf } from './columns.ts';
import { runTableExport } from './jobs.ts';
import { caseOf, checked, haveShared, hourLog, quiet, type TestCase } from './testing.ts';

type Row = Record<string, Cell>;

function records({ reader }: TestCase, kind: string, evidence: number): Row[] {
  reader.refresh();
  const table = reader.table(kind);
  const columns = columnsOf(table).map(({ name }) => [name, cellReader(table, name)] as const);
  const rows = table.chunks
    .filter((chunk) => chunk.evidence === evidence)
    .flatMap((chunk) =>
      Array.from({ length: chunk.rows }, (_, i) => Object.fromEntries(columns.map(([name, read]) => [name, read(chunk, i)]))),
    );
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name, cell]) => cell !== null && name !== 'evidence' && name !== 'line')),
  );
}

const byTime = (rows: Row[]): string[] => rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();

/** Exports the records of a kind and imports the CSV into the same case. */
async function thereAndBack(log: string, kind: string, mapping?: Mapping): Promise<void> {
  const test = await caseOf(log);
  try {
    const [first] = test.writer.evidence();
    expect(first?.kind).toBe(kind);
    const csv = join(test.folder, `${kind}.csv`);
    await runTableExport(test.reader, checked('table.export', { table: 'connections', kind, path: csv }), quiet);
    const { evidence, refused } = await importFiles(test.writer, { paths: [csv], force: false, options: { mapping } }, quiet);
    expect(refused).toEqual([]);
    expect(evidence[0]).toMatchObject({ format: 'csv', kind, rows: first?.rows, rejected: 0, first: first?.first, last: first?.last });
    expect(byTime(records(test, kind, evidence[0]?.id ?? 0))).toEqual(byTime(records(test, kind, first?.id ?? 0)));
  } finally {
    test.close();
  }
}

async function withLog(text: string, work: (path: string) => Promise<void>): Promise<void> {
  const { folder, close } = await caseOf();
  try {
    const path = join(folder, 'some.log');
    writeFileSync(path, text);
    await work(path);
  } finally {
    close();
  }
}

describe('a CSV that Flowcase wrote imports as the same records', () => {
  it.each([
    ['connection', zeekConn, undefined],
    ['connection', zeekJson, undefined],
    // numbers that are names only a person can tell
    ['connection', vpcFlow, { columns: [{ from: 'account-id', to: 'account-id', type: 'string' }] }],
    ['dns', zeekTsv, undefined],
    ['request', access, { kind: 'request' }],
  ] satisfies [string, LogFormat, Mapping | undefined][])('%s of $1.id', (kind, { example }, mapping) =>
    withLog(example, (path) => thereAndBack(path, kind, mapping)),
  );

  it('texts that a spreadsheet would run, with quotes, commas and blanks', () => {
    const head = zeekConn.example.split('\n').slice(0, 8);
    const texts = ['=1+1', '+x', "'=1", "''-1", '-', '@a', ' =b', 'a,b', 'say "x"', ' a ', '1', '007', '-5', "'", '"'];
    const rows = texts.map(
      (text, i) => `171355680${i % 10}.00000${i % 7}\tC${i}\t10.0.0.1\t${i}\t192.0.2.1\t443\ttcp\t${text}\t1.5\t1\t2\tSF`,
    );
    return withLog(`${[...head, ...rows].join('\n')}\n`, (path) => thereAndBack(path, 'connection'));
  });

  it.skipIf(!haveShared)('an hour of connections (needs ../shared/data)', () => thereAndBack(hourLog, 'connection'));
});
