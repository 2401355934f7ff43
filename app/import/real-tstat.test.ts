import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseReader } from '../case/types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { ImportResult } from '../contract/case.ts';
import { importFiles } from './import-files.ts';
import { dataFolder, haveData } from './testing-manifest.ts';
import { tstatLogs } from './testing-tstat.ts';

const scratch = scratchFolder();
let cases = 0;
afterAll(() => scratch.remove());

const quiet = { report: () => undefined, stopped: () => false };

/** Imports one file into a new case and looks at what came of it. */
async function imported(file: string, look: (result: ImportResult, reader: CaseReader) => void): Promise<void> {
  const path = join(scratch.path, `${++cases}.flowcase`);
  const writer = createCase(path, caseFields);
  const result = await importFiles(writer, { paths: [join(dataFolder, file)], force: false }, quiet);
  writer.close();
  const reader = openCaseForReading(path);
  look(result, reader);
  reader.close();
}

function sum(table: RecordTable, column: string): number {
  let total = 0;
  for (const chunk of table.chunks) for (const value of chunk.numbers(column)) if (!Number.isNaN(value)) total += value;
  return total;
}

function* ends(table: RecordTable): Iterable<number> {
  for (const chunk of table.chunks) {
    const [starts, lengths] = [chunk.numbers('ts'), chunk.numbers('duration')];
    for (let i = 0; i < chunk.rows; i++) yield starts[i] + (Number.isNaN(lengths[i]) ? 0 : lengths[i]);
  }
}

/** Rows by the text they have in a column; "" where they have none. */
function counted(table: RecordTable, column: string): Map<string, number> {
  const dictionary = table.dictionary(table.column(column)?.dictionary ?? 'term');
  const counts = new Map<string, number>();
  for (const chunk of table.chunks) {
    for (const id of chunk.ids(column)) {
      const text = id === 0 ? '' : dictionary.textOf(id);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return counts;
}

describe.skipIf(!haveData)('real Tstat logs, against the manifest (skipped where ../shared/data is missing)', () => {
  it('knows them all', () => expect(tstatLogs()).toHaveLength(17));

  it.each(tstatLogs().map((log) => [log.file, log] as const))('%s', async (file, log) => {
    await imported(file, ({ evidence: [evidence], refused }, reader) => {
      expect(refused).toEqual([]);
      expect(evidence).toMatchObject({ rows: log.rows, rejected: 0, sha256: log.sha256, first: log.first, format: 'tstat' });
      expect(evidence.rows + evidence.rejected + evidence.comments).toBe(evidence.lines);
      const table = reader.table('connection');
      expect([table.rows, sum(table, 'orig_bytes'), sum(table, 'resp_bytes')]).toEqual([log.rows, log.orig, log.resp]);
      // the manifest's last moment is the end of a connection
      expect(Math.max(...ends(table))).toBe(log.last);
      const v6 = [...counted(table, 'orig_h')].filter(([address]) => address.includes(':'));
      expect(v6.reduce((total, [, count]) => total + count, 0)).toBe(log.ipv6);
      // every column of the log is one of the case, and a few follow from them
      const derived = log.file.includes('udp') ? ['proto', 'duration'] : ['proto', 'service'];
      const own = table.columns.filter(({ name }) => !name.startsWith('_') && !derived.includes(name));
      expect(own).toHaveLength(log.columns);
      expect([...counted(table, 'proto').keys()]).toEqual([log.file.includes('udp') ? 'udp' : 'tcp']);
      const said = evidence.remarks.find((remark) => remark.includes('wrapped'));
      expect(said === undefined ? 0 : Number(/: (\d+) counts?\.$/.exec(said)?.[1])).toBe(log.wrapped);
      if (log.classes.size > 0) expect(counted(table, 'class')).toEqual(log.classes);
    });
  });

  it.each(['log_dns_complete', 'log_http_complete'])('refuses %s by its name', async (name) => {
    await imported(`tstat/v3.3.0-other-logs/${name}`, ({ evidence, refused }) => {
      expect(evidence).toEqual([]);
      expect(refused[0].message).toMatch(/is a Tstat (DNS|HTTP) log\. Of Tstat's logs, import log_tcp_complete/);
    });
  });
});

describe.skipIf(!haveData)('malformed Tstat logs, against the manifest (skipped where ../shared/data is missing)', () => {
  it.each([
    ['header_only', 0, 0],
    ['many_columns', 1, 0],
    ['negative_durations', 3, 1],
    ['script_in_class', 8, 0],
    ['utf8_bom', 5, 0],
    ['wrong_columns', 10, 10],
  ])('%s: %i rows, %i rejected', async (name, rows, rejected) => {
    await imported(`malformed/${name}_tstat.txt`, ({ evidence: [evidence] }, reader) => {
      expect([evidence.rows, evidence.rejected]).toEqual([rows, rejected]);
      expect(evidence.rows + evidence.rejected + evidence.comments).toBe(evidence.lines);
      const table = reader.table('connection');
      if (rows > 0) {
        expect([...counted(table, 'orig_h').keys()]).toEqual(['10.0.0.1']);
        for (const column of ['orig_bytes', 'duration', 'ts']) expect(sum(table, column)).toBeGreaterThan(0);
      }
      if (name === 'script_in_class') {
        const labels = ['google', '<img/src=x/onerror=alert(1)>', '', 'google', '=1+1', 'a:b', '__proto__', 'CLASS:X'];
        expect([...counted(table, 'class').keys()]).toEqual([...new Set(labels)]);
        expect(counted(table, 'class').get('google')).toBe(2);
      }
      if (name === 'negative_durations') {
        expect([sum(table, 'duration'), sum(table, 'orig_bytes')]).toEqual([2 * 1_500_000, 2000]);
        expect(evidence.remarks).toContain('Left out, because they are below zero or out of range: 2 counts, times or durations.');
      }
      if (name === 'many_columns') expect(sum(table, 'extra4999')).toBe(1);
    });
  });
});
