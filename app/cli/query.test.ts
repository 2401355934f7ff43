import { describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { flatTable } from '../commands/export-tables.ts';
import { ImportBench, longLog } from '../import/testing-import.ts';
import { findingsTable, noFindings } from './commands/query.ts';
import type { CliIo } from './io.ts';
import { runCli } from './run-cli.ts';

const bench = new ImportBench();

async function cli(name: string, ...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' };
  const io: Partial<CliIo> = {
    cwd: bench.folder,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  };
  const code = await runCli([name, bench.writer.path, ...args], io as CliIo);
  return { code, ...said };
}

describe('a case without connections', () => {
  it('says what it has where nothing else was asked for', async () => {
    const line = '192.0.2.1 - - [10/Feb/2024:17:42:07 +0100] "GET /1 HTTP/1.1" 200 512\n';
    await bench.run([bench.file('access.log', line.repeat(3))]);
    expect(await cli('query', '')).toMatchObject({ code: 0, err: 'This case has no connections. It has --from requests (3).\n' });
    expect((await cli('query', '', '--from', 'requests')).err).toBe('');
    expect((await cli('query', 'nothing_alike = 1')).err).toMatch(/--from requests.*\n.*There is no field “nothing_alike” .*There are /s);
  });
});

describe('columns in the terminal', () => {
  it('are those that are asked for, of hosts too, and none that hosts do not have', async () => {
    await bench.run([bench.file('conn.log', longLog(20))]);
    const { out } = await cli('query', '', '--from', 'hosts', '--columns', 'last,host', '--json');
    const { columns, rows } = JSON.parse(out) as { readonly columns: unknown; readonly rows: readonly (readonly unknown[])[] };
    expect(columns).toEqual(['last', 'host']);
    expect(rows[0]).toHaveLength(2);
    const wrong = await cli('query', '', '--from', 'hosts', '--columns', 'host,uid');
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain('hosts have no column "uid"');
  });

  it('of CSV are all of the log, as exports have them; a table has the usual ones', async () => {
    const line = { _path: 'conn', _write_ts: '2024-01-01T00:00:01.5Z', ts: 1704067200.5, uid: 'C1', 'id.orig_h': '10.9.9.9', foo: 3 };
    await bench.run([
      bench.file('streamed.log', `${JSON.stringify({ ...line, 'id.resp_h': '10.9.9.8', proto: 'tcp', conn_state: 'SF' })}\n`),
    ]);
    const asked = ['query', 'orig_h = 10.9.9.9', '--csv'] as const;
    const head = async (...args: [string, ...string[]]): Promise<string[]> => (await cli(...args)).out.split('\r\n')[0].split(',');
    const reader = openCaseForReading(bench.writer.path);
    const { columns } = await flatTable(reader, { table: 'connections', path: '', filter: '', kind: 'connection', format: 'csv' });
    reader.close();
    expect([...(await head(...asked)), 'evidence', 'line']).toEqual(columns.map(({ name }) => name));
    expect(await head(...asked)).toEqual(expect.arrayContaining(['_path', '_write_ts', 'foo']));
    expect(await head('query', '', '--csv', '--columns', 'uid,_path')).toEqual(['uid', '_path']);
    expect((await cli('query', 'orig_h = 10.9.9.9')).out).not.toContain('_path');
  });

  it('of members are an option', async () => {
    const { code, err } = await cli('members', '1', '1', '--columns', 'host,peers');
    // the run is what is missing, not the option
    expect([code, err]).toEqual([1, expect.stringContaining('run') as string]);
  });

  it('whose names hold control bytes cannot command the terminal', async () => {
    const { out } = await cli('sql', 'select 1 as "\u001b[2Ja"');
    expect(out).toContain('\\x1b[2Ja');
  });
});

describe('findings in the terminal', () => {
  it('are text, whatever stands in the log', () => {
    const table = findingsTable([{ severity: 'high', score: 1, subject: '10.0.0.1\u001b[2J', why: 'asked for \u202e/x\n/y' }]);
    expect(table.split('\n')).toHaveLength(2);
    expect(table).toContain('\\x1b[2J');
    expect(table).toContain('\\u{202e}/x\\x0a/y');
  });

  it('that are not there were not looked for, or not found', () => {
    expect(noFindings([], undefined)).toContain('No findings yet');
    expect(noFindings([{ task: 'train' }], undefined)).toContain('No findings yet');
    const looked = noFindings([{ task: 'anomalies' }, { task: 'cluster' }, { task: 'classify' }], '10.0.0.1');
    expect(looked).toBe('No findings about 10.0.0.1: 2 runs looked for them, and the latest found none.');
  });
});
