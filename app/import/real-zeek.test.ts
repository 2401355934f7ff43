import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseReader } from '../case/types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { ImportResult, RecordKind } from '../contract/case.ts';
import type { Cell } from '../contract/records.ts';
import { importFiles } from './import-files.ts';
import { dataFolder, haveData } from './testing-manifest.ts';
import { zeekLogs } from './testing-zeek.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const quiet = { report: () => undefined, stopped: () => false };
let cases = 0;

/** What an import of these files gives, and a reader of the case. */
async function imported(...files: readonly string[]): Promise<{ readonly result: ImportResult; readonly reader: CaseReader }> {
  const writer = createCase(join(scratch.path, `${++cases}.flowcase`), caseFields);
  const result = await importFiles(writer, { paths: files.map((file) => join(dataFolder, file)), force: false }, quiet);
  writer.close();
  return { result, reader: openCaseForReading(writer.path) };
}

function sum({ chunks }: RecordTable, column: string): number {
  let total = 0;
  for (const chunk of chunks) for (const value of chunk.numbers(column)) if (!Number.isNaN(value)) total += value;
  return total;
}

/** Every cell of a column. */
function cells(table: RecordTable, name: string): Cell[] {
  const spec = table.column(name);
  if (spec === undefined) return Array.from({ length: table.rows }, () => null);
  return table.chunks.flatMap((chunk): Cell[] => {
    if (spec.storage === 'number') return Array.from(chunk.numbers(name), (value) => (Number.isNaN(value) ? null : value));
    if (spec.storage === 'dictionary') {
      const dictionary = table.dictionary(spec.dictionary ?? 'term');
      return Array.from(chunk.ids(name), (id) => (id === 0 ? null : dictionary.textOf(id)));
    }
    const { offsets, bytes, absent } = chunk.text(name);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: chunk.rows }, (_, i) => (absent?.[i] === 1 ? null : text.toString('utf8', offsets[i], offsets[i + 1])));
  });
}

function labels(table: RecordTable): ReadonlyMap<string, number> {
  const detailed = cells(table, 'detailed-label');
  const counts = new Map<string, number>();
  for (const [i, label] of cells(table, 'label').entries()) {
    const both = (detailed[i] ?? '') === '' ? String(label) : `${String(label)} / ${String(detailed[i])}`;
    counts.set(both, (counts.get(both) ?? 0) + 1);
  }
  return counts;
}

/** The kind that a file's name says. */
function kindOf(file: string, sums: unknown): RecordKind {
  if (sums !== null) return 'connection';
  if (file.includes('odd/json_iso') || file.includes('odd/negative_ts')) return 'zeek';
  if (file.includes('row_like_comment') || file.includes('set_separator')) return 'test';
  return /([a-z0-9]+)[._][^/]*$/.exec(file.replace('/http_', '/http.').replace('/ssh_', '/ssh.'))?.[1] ?? '';
}

describe.skipIf(!haveData)('real Zeek logs, against the manifest (skipped where ../shared/data is missing)', () => {
  it('knows them all', () => expect(zeekLogs()).toHaveLength(70));

  it.each(zeekLogs().map((log) => [log.file, log] as const))('%s', async (file, log) => {
    const { result, reader } = await imported(file);
    expect(result.refused).toEqual(log.file.includes('conn-summary') ? [expect.objectContaining({ code: 'FORMAT_UNKNOWN' })] : []);
    if (result.refused.length > 0) return;
    const [evidence] = result.evidence;
    const { sha256, rows, rejected, first, last } = log;
    expect(evidence).toMatchObject({ sha256, rows, rejected });
    if (first !== null) expect(evidence).toMatchObject({ first, last });
    expect(evidence.rows + evidence.rejected + evidence.comments).toBe(evidence.lines);
    expect(evidence.kind).toBe(kindOf(file, log.sums));
    if (rows > 0) {
      const table = reader.table(evidence.kind);
      expect(table.rows).toBe(rows);
      if (log.sums !== null) expect({ orig: sum(table, 'orig_bytes'), resp: sum(table, 'resp_bytes') }).toEqual(log.sums);
      if (log.labels !== null) expect(labels(table)).toEqual(log.labels);
    }
    reader.close();
  });

  it.each([
    ['ssl', 'zeek/zed-sample/ssl.log.gz', 'zeek/zed-sample/ssl.json.gz', ['_line', '_offset', '_path', '_write_ts']],
    [
      'connection',
      'zeek/rita-server/hour-2024-04-19T20/conn.log.gz',
      'zeek/rita-server/hour-2024-04-19T20-json/conn.log',
      ['_line', '_offset'],
    ],
    // the vector of intervals is written with more zeros in TSV
    [
      'dns',
      'zeek/rita-server/hour-2024-04-19T20/dns.log.gz',
      'zeek/rita-server/hour-2024-04-19T20-json/dns.log',
      ['_line', '_offset', 'TTLs'],
    ],
  ])('%s: the same rows and values in TSV and in JSON', async (kind, tsv, json, besides) => {
    const [a, b] = [await imported(tsv), await imported(json)];
    const [one, other] = [a.reader.table(kind), b.reader.table(kind)];
    const names = [...new Set([...one.columns, ...other.columns].map(({ name }) => name))].filter((name) => !besides.includes(name));
    expect(other.rows).toBe(one.rows);
    expect(names.length).toBeGreaterThan(15);
    // each log has its own order
    const sorted = (table: RecordTable): unknown[] => {
      const columns = names.map((name) => cells(table, name));
      return Array.from({ length: table.rows }, (_, i) => JSON.stringify(columns.map((column) => column[i]))).sort();
    };
    expect(sorted(other)).toEqual(sorted(one));
    for (const { name, type } of one.columns) {
      const same = other.column(name);
      if (same !== undefined && !besides.includes(name)) expect([name, same.type]).toEqual([name, type]);
    }
    a.reader.close();
    b.reader.close();
  });
});
