import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseReader } from '../case/types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { ImportResult } from '../contract/case.ts';
import { importFiles } from './import-files.ts';
import { dataFolder, haveData } from './testing-manifest.ts';
import { webLogs } from './testing-web.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const quiet = { report: () => undefined, stopped: () => false };
let cases = 0;

async function imported(file: string): Promise<{ readonly result: ImportResult; readonly reader: CaseReader }> {
  const writer = createCase(join(scratch.path, `${++cases}.flowcase`), caseFields);
  const result = await importFiles(writer, { paths: [join(dataFolder, file)], force: false }, quiet);
  writer.close();
  return { result, reader: openCaseForReading(writer.path) };
}

const numbers = ({ chunks }: RecordTable, column: string): number[] => chunks.flatMap((chunk) => Array.from(chunk.numbers(column)));

/** The texts of a column, null where it has none. */
function texts(table: RecordTable, name: string): (string | null)[] {
  const spec = table.column(name);
  return table.chunks.flatMap((chunk): (string | null)[] => {
    if (spec === undefined) return Array.from({ length: chunk.rows }, () => null);
    if (spec.storage === 'dictionary') {
      const dictionary = table.dictionary(spec.dictionary ?? 'term');
      return Array.from(chunk.ids(name), (id) => (id === 0 ? null : dictionary.textOf(id)));
    }
    const { offsets, bytes, absent } = chunk.text(name);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: chunk.rows }, (_, i) => (absent?.[i] === 1 ? null : text.toString('utf8', offsets[i], offsets[i + 1])));
  });
}

describe.skipIf(!haveData)('real web access logs, against the manifest (skipped where ../shared/data is missing)', () => {
  it('knows them all', () => expect(webLogs()).toHaveLength(7));

  it.each(webLogs().map((log) => [log.file, log] as const))('%s', async (file, log) => {
    const { result, reader } = await imported(file);
    const [evidence] = result.evidence;
    // Traefik's line without a status is a row too
    const more = file.endsWith('attacks_crowdsec.log') ? 1 : 0;
    expect(evidence).toMatchObject({
      sha256: log.sha256,
      kind: 'request',
      rows: log.rows + more,
      rejected: 0,
      first: log.first,
      last: log.last,
    });
    const table = reader.table('request');
    expect(numbers(table, 'bytes').reduce((sum, bytes) => sum + (Number.isNaN(bytes) ? 0 : bytes), 0)).toBe(log.bytes);
    const classes = new Map<string, number>();
    for (const status of numbers(table, 'status'))
      if (!Number.isNaN(status)) classes.set(String(status)[0], (classes.get(String(status)[0]) ?? 0) + 1);
    expect([...classes].sort()).toEqual([...log.classes].sort());
    if (log.combined === 0) expect(table.column('agent')).toBeUndefined();
    else expect(texts(table, 'agent').filter((agent) => agent !== null).length).toBeLessThanOrEqual(log.combined);
    reader.close();
  });

  it('takes the outer quotes off a line, and reads what is in them as if they had not been there', async () => {
    const [plain, wrapped] = [await imported('web/scan_acunetix.log.gz'), await imported('web/scan_acunetix_quoted.log.gz')];
    expect(wrapped.result.evidence[0]).toMatchObject({ rows: 6539, rejected: 0 });
    const [a, b] = [plain.reader.table('request'), wrapped.reader.table('request')];
    expect(b.columns.map(({ name }) => name)).toEqual(a.columns.map(({ name }) => name));
    for (const { name, storage } of a.columns) {
      if (name === '_line' || name === '_offset') continue;
      expect(storage === 'number' ? numbers(b, name) : texts(b, name)).toEqual(storage === 'number' ? numbers(a, name) : texts(a, name));
    }
    expect(new Set(texts(a, 'agent_kind'))).toContain('browser');
    plain.reader.close();
    wrapped.reader.close();
  });

  it('keeps what is no HTTP, and names who asked', async () => {
    const { reader } = await imported('web/attacks_crowdsec.log');
    const table = reader.table('request');
    const [methods, requests, agents, kinds] = ['method', 'request', 'agent_name', 'agent_kind'].map((name) => texts(table, name));
    for (const [i, method] of methods.entries()) if (method === null && requests[i] !== null) expect(requests[i]).not.toContain(' HTTP/');
    expect(agents).toContain('Nikto');
    expect(kinds.filter((kind) => kind === 'scanner').length).toBeGreaterThan(5);
    expect(texts(table, 'orig_h')).toContain('2001:db8:1:2:3:4:5:6');
    expect(texts(table, 'router')).toContain('root@docker -> intermediate1@docker -> intermediate2@docker -> leaf@docker');
    expect(numbers(table, 'duration').filter((duration) => duration === 42_000)).toHaveLength(1);
    reader.close();
  });

  it.each([
    ['csv_injection_access.log', 6, [0, 0]],
    ['invalid_utf8_access.log', 3, [0, 0]],
    ['mixed_line_ends_access.log', 7, [0, 0]],
    ['backtracking_access.log', 1, [2, 3]],
  ])('malformed/%s', async (file, rows, [least, most]) => {
    const { result, reader } = await imported(`malformed/${file}`);
    const [evidence] = result.evidence;
    expect(evidence.rows).toBe(rows);
    expect(evidence.rejected).toBeGreaterThanOrEqual(least);
    expect(evidence.rejected).toBeLessThanOrEqual(most);
    expect(evidence.rows + evidence.rejected + evidence.comments).toBe(evidence.lines);
    const table = reader.table('request');
    const agents = texts(table, 'agent');
    expect(agents.join('')).not.toContain('\r');
    if (file.startsWith('invalid')) expect([texts(table, 'path')[1], agents[1]]).toEqual(['/\\xff\\xfe\\x80', '\\xc3( agent']);
    if (file.startsWith('csv')) expect(agents[0]).toBe('=HYPERLINK("http://192.0.2.1/x","open")');
    reader.close();
  });
});
