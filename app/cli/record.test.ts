import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ImportBench, longLog, sha256 } from '../import/testing-import.ts';
import type { CliIo } from './io.ts';
import { runCli } from './run-cli.ts';

const bench = new ImportBench();

interface Said {
  readonly code: number;
  readonly out: string;
  readonly bytes: Buffer;
  readonly err: string;
}

/** A command over the bench's case. */
async function cli(name: string, args: readonly string[], io: Partial<CliIo> = {}): Promise<Said> {
  const out: Buffer[] = [];
  let err = '';
  const said: Partial<CliIo> = {
    cwd: bench.folder,
    out: (text) => void out.push(Buffer.from(text)),
    outBytes: (bytes) => void out.push(Buffer.from(bytes)),
    err: (text) => void (err += text),
    ...io,
  };
  const code = await runCli([name, bench.writer.path, ...args], said as CliIo);
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString(), bytes, err };
}

interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}
interface Records {
  readonly total: number;
  readonly records: readonly {
    readonly id: number;
    readonly line: number;
    readonly offset: number | null;
    readonly raw: string | null;
    readonly rawBytes?: string;
    readonly rawMissing: string | null;
    readonly evidence: Readonly<Record<string, unknown>>;
    readonly fields: Readonly<Record<string, unknown>>;
  }[];
}
const query = async (...args: string[]): Promise<Rows> => JSON.parse((await cli('query', [...args, '--json'])).out) as Rows;
const record = async (...args: string[]): Promise<Records> => JSON.parse((await cli('record', [...args, '--json'])).out) as Records;

const log = longLog(300);
const lines = log.split('\n');

describe('from a row in the terminal to its evidence', () => {
  it('a query names record, evidence, line and byte, and the record is shown with the line that stands there', async () => {
    await bench.run([bench.file('first.log', longLog(3).replaceAll('10.0.0.1', '10.0.0.2')), bench.file('conn.log.gz', gzipSync(log))]);
    const { columns, rows } = await query('evidence = 2 and orig_bytes in (0, 7, 299)', '--columns', 'id,evidence,line,offset,uid');
    expect(columns).toEqual(['id', 'evidence', 'line', 'offset', 'uid']);
    expect(rows.map(([, ...rest]) => rest)).toEqual([0, 7, 299].map((i) => [2, 9 + i, log.indexOf(lines[8 + i]), `C${i}`]));
    const { records } = await record(...rows.map(([id]) => String(id)).reverse());
    expect(records.map(({ line, offset, raw }) => [line, offset, raw])).toEqual(
      [299, 7, 0].map((i) => [9 + i, log.indexOf(lines[8 + i]), lines[8 + i]]),
    );
    const { id, ...evidence } = records[0].evidence;
    expect([id, evidence['name'], evidence['sha256']]).toEqual([2, 'conn.log.gz', sha256(gzipSync(log))]);
    expect(records[0].fields).toMatchObject({ uid: 'C299', ts: '2024-04-19T20:00:00.000299Z' });
    expect((await cli('query', ['evidence = 2 and orig_bytes = 7', '--columns', 'evidence,line', '--csv'])).out).toBe(
      'evidence,line\r\n2,16\r\n',
    );
    expect((await cli('query', ['uid = C7', '--columns', 'id,evidence,line'])).out).toBe(
      'id  evidence  line\n10         2    16\n1 record\n',
    );
  });

  it('they sort too, and a number above 999 is written as it is asked for', async () => {
    await bench.run([bench.file('conn.log', longLog(2000))]);
    const { rows } = await query('', '--columns', 'id,line', '--sort', '-line', '--limit', '2');
    expect(rows.map(([, line]) => line)).toEqual([2008, 2007]);
    for (const column of ['id', 'offset', '_id', '_line']) {
      const sorted = await query('', '--columns', 'line', '--sort', `-${column}`, '--limit', '1');
      expect(sorted.rows).toEqual([[2008]]);
    }
    expect((await cli('query', ['line = 2008', '--columns', 'line'])).out).toContain('\n2008\n');
    expect((await cli('query', ['', '--columns', 'nothing'])).err).toMatch(/no column .*id, evidence, line, offset/);
  });

  it('a log that has such a column keeps it, and the record’s is to be had all the same', async () => {
    await bench.run([bench.file('people.csv', 'id,line,name\nx7,a,Ada\nx8,b,Grace\n')]);
    const { rows } = await query('', '--from', 'people', '--columns', 'id,_id,line,_line,evidence,name');
    expect(rows).toEqual([
      ['x7', 0, 'a', 2, 1, 'Ada'],
      ['x8', 1, 'b', 3, 1, 'Grace'],
    ]);
    expect((await query('', '--from', 'people', '--columns', 'name', '--sort', '-_id')).rows).toEqual([['Grace'], ['Ada']]);
  });
});

describe('flowcase record', () => {
  const latin = Buffer.from('10.0.0.1 - - [19/Apr/2024:20:00:00 +0000] "GET /caf\xe9 HTTP/1.1" 200 5 "-" "a"', 'latin1');

  it('shows a record to a person, nothing of it obeyed', async () => {
    await bench.run([bench.file('conn.log', log)]);
    const { out, code } = await cli('record', ['3']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^connection +3\nevidence +1, conn\.log\noriginal +.*conn\.log\nSHA-256 +[0-9a-f]{64}\nplace +line 12, byte \d+\noriginal line +1713/,
    );
    expect(out).toMatch(/\nuid +C3\n/);
  });

  it('gives lines as they stand, byte by byte, and shows them on a terminal', async () => {
    const other = Buffer.from(latin.toString('latin1').replace('/caf\xe9', '/\x1b[31mred'), 'latin1');
    await bench.run([bench.file('access.log', Buffer.concat([latin, Buffer.from('\r\n'), other, Buffer.from('\n')]))]);
    const raw = await cli('record', ['--where', '', '--from', 'requests', '--raw']);
    expect(raw.bytes).toEqual(Buffer.concat([latin, Buffer.from('\n'), other, Buffer.from('\n')]));
    const shown = await cli('record', ['--where', '', '--from', 'requests', '--raw'], { showsOutput: true });
    expect(shown.out).toContain('"GET /caf\\xe9 HTTP/1.1"');
    expect(shown.out).toContain('/\\x1b[31mred');
    const { records, total } = await record('--where', 'line = 1', '--from', 'requests');
    expect([total, records[0].raw, records[0].rawBytes]).toEqual([
      1,
      latin.toString('latin1').replace('\xe9', '\\xe9'),
      latin.toString('base64'),
    ]);
  });

  it('fails with the reason where the original is another one by now', async () => {
    await bench.run([bench.file('conn.log', log)]);
    appendFileSync(join(bench.folder, 'conn.log'), 'more\n');
    expect(await cli('record', ['0', '--raw'])).toMatchObject({ code: 0, out: `${lines[8]}\n` });
    bench.file('conn.log', log.replaceAll('ssl', 'tls'));
    expect(await cli('record', ['0', '--raw'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^connection 0: .*conn\.log has changed since it was imported/) as string,
    });
    expect((await record('0')).records[0]).toMatchObject({ raw: null, rawMissing: expect.stringContaining('changed') as string });
    expect(await cli('record', ['999999'])).toMatchObject({ code: 1, err: expect.stringContaining('no connection 999999') as string });
  });

  it('says how many more there are, and what is asked for wrongly', async () => {
    await bench.run([bench.file('conn.log', log)]);
    expect((await cli('record', ['--where', ''])).out).toMatch(/20 of 300 records; --limit shows more\n$/);
    expect((await cli('record', ['--where', '', '--limit', '250', '--raw'])).out.split('\n')).toHaveLength(251);
    for (const wrong of [[], ['0', '--where', ''], ['x'], ['0', '--limit', '3'], ['0', '--raw', '--json']])
      expect((await cli('record', wrong)).code).toBe(2);
  });
});
