import { appendFileSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { accessLines } from '../original/packed/testing.ts';
import { formats } from '../formats/registry.ts';
import type { Progress } from '../shared/progress.ts';
import { codes, ImportBench, longLog, sample, sha256 } from './testing-import.ts';

const bench = new ImportBench();

describe('importing a file', () => {
  it('keeps its figures and hashes, and leaves the original as it was', async () => {
    const path = bench.file('conn.log', sample);
    const before = statSync(path);
    const { evidence } = await bench.run([path]);
    expect(evidence).toHaveLength(1);
    expect(evidence[0]).toMatchObject({
      path,
      name: 'conn.log',
      format: 'zeek-conn',
      bytes: sample.length,
      sha256: sha256(sample),
      unpackedBytes: sample.length,
      unpackedSha256: null,
    });
    expect(evidence[0]).toMatchObject({
      rows: 2,
      rejected: 0,
      comments: 9,
      lines: 11,
      status: 'complete',
      first: 1_713_556_800_000_000,
      last: 1_713_556_801_250_000,
    });
    expect(Math.abs((evidence[0].modified ?? 0) - before.mtimeMs * 1000)).toBeLessThan(1000);
    expect([readFileSync(path, 'utf8'), statSync(path).mtimeMs]).toEqual([sample, before.mtimeMs]);
    expect(bench.writer.info()).toMatchObject({ evidence: 1, connections: 2 });
  });

  it('takes what fits a pattern where there is no file of that name', async () => {
    bench.file('one.log', sample);
    bench.file('two.log', `${sample}#close\n`);
    const { evidence } = await bench.run([join(bench.folder, '{one,two}.l*')]);
    expect(evidence.map(({ name }) => name)).toEqual(['one.log', 'two.log']);
  });

  it('says of a pattern that nothing fits it, and of a file that it is not there', async () => {
    const pattern = join(bench.folder, '*.nolog');
    const { refused } = await bench.run([pattern, join(bench.folder, 'none.nolog')]);
    expect(refused.map(({ code, message }) => [code, message])).toEqual([
      ['FILE_NOT_FOUND', `Nothing fits the pattern ${pattern}. Check its folder and its ending.`],
      ['FILE_NOT_FOUND', expect.stringMatching(/^There is no file .*none\.nolog/)],
    ]);
  });

  it('refuses, by name and with a reason, what cannot be taken', async () => {
    const packed = gzipSync(longLog(1000));
    const paths = [
      bench.file('empty.log', ''),
      bench.file('nothing.gz', gzipSync('')),
      bench.file('stub.gz', packed.subarray(0, 30)),
      bench.file('headless.log', sample.split('\n').slice(8).join('\n')),
      bench.file('utf16.log', Buffer.from(sample, 'utf16le')),
      bench.file('long.gz', gzipSync(Buffer.alloc(3_000_000, 65))),
      join(bench.folder, 'missing.log'),
    ];
    const result = await bench.run(paths);
    expect(result.evidence).toEqual([]);
    const expected = [
      'FILE_EMPTY',
      'FILE_EMPTY',
      'FILE_DAMAGED',
      'FORMAT_UNKNOWN',
      'ENCODING_UNSUPPORTED',
      'LINE_TOO_LONG',
      'FILE_NOT_FOUND',
    ];
    expect(new Map(result.refused.map(({ path, code }) => [path, code]))).toEqual(new Map(paths.map((path, i) => [path, expected[i]])));
    for (const { path, message } of result.refused) expect(message).toContain(path);
    expect(bench.writer.info()).toMatchObject({ evidence: 0, connections: 0, custody: { entries: 1 } });
  });

  it('refuses what ends within its first record, and a format that it is not, each with what to do', async () => {
    const line = '192.0.2.7 - - [10/Feb/2024:16:42:07 +0000] "GET /a HT';
    for (const format of [undefined, 'access']) {
      const { refused } = await bench.run([bench.file('half.log', line)], { format });
      expect(refused[0].message).toMatch(/half\.log ends within its first record, as a Web access log.*import it when there is more of it/);
    }
    const { refused } = await bench.run([bench.file('words.log', 'some words\nand more\n')], { format: 'access' });
    expect(refused[0].message).toMatch(/Let Flowcase recognise it, without --format/);
  });

  it('takes a file as the format that was asked for, or refuses it', async () => {
    expect((await bench.run([bench.file('a.log', sample)], { format: formats[0].id })).evidence[0].rows).toBe(2);
    expect(codes(await bench.run([bench.file('b.log', 'hello\n')], { format: formats[0].id }))).toEqual([
      [join(bench.folder, 'b.log'), 'FORMAT_UNKNOWN'],
    ]);
    await expect(bench.run([bench.file('c.log', sample)], { format: 'pcap' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a file that grows or changes while it is read, and keeps nothing of it', async () => {
    const path = bench.file('conn.log', longLog(30_000));
    // the first question comes before the file is opened
    const change = (how: () => void): Progress => {
      let asked = 0;
      return {
        report: () => undefined,
        stopped: () => {
          if (++asked === 2) how();
          return false;
        },
      };
    };
    expect(
      codes(
        await bench.run(
          [path],
          {},
          change(() => appendFileSync(path, 'more\n')),
        ),
      ),
    ).toEqual([[path, 'FILE_CHANGED']]);
    expect(
      codes(
        await bench.run(
          [path],
          {},
          change(() => utimesSync(path, 1, 1)),
        ),
      ),
    ).toEqual([[path, 'FILE_CHANGED']]);
    expect(
      codes(
        await bench.run(
          [path],
          {},
          change(() => truncateSync(path, 900_000)),
        ),
      ),
    ).toEqual([[path, 'FILE_CHANGED']]);
    expect(bench.writer.info()).toMatchObject({ evidence: 0, connections: 0 });
  });

  it('skips the same bytes, unless it is forced', async () => {
    const path = bench.file('conn.log', sample);
    const other = bench.file('copy.log', sample);
    const different = bench.file('other.log', sample.replace('Cxyz1', 'Cxyz9'));
    const first = await bench.run([path, other, different]);
    expect(first.evidence.map(({ name }) => name)).toEqual(['conn.log', 'other.log']);
    expect(first.skipped).toMatchObject([{ path: other, evidence: first.evidence[0].id }]);
    expect(first.skipped[0].message).toContain('conn.log');
    expect((await bench.run([path])).skipped).toHaveLength(1);
    expect((await bench.run([path], { force: true })).evidence).toHaveLength(1);
    expect(bench.writer.info()).toMatchObject({ evidence: 3, connections: 6 });
  });

  it('says that a last line without its end may be cut in its last value', async () => {
    const remark = 'The last line has no end: its last value may be cut.';
    const remarks = async (name: string, bytes: string | Buffer): Promise<unknown> => {
      const { evidence, refused } = await bench.run([bench.file(name, bytes)], { force: true });
      expect(refused).toEqual([]);
      return evidence.map((one) => [one.rows, one.remarks.includes(remark)]);
    };
    const zeek = longLog(3);
    const access = accessLines.slice(0, 3).join('\n');
    const json = '{"ts":1713556800.5,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2,"proto":"tcp"}';
    expect(await remarks('whole.log', zeek)).toEqual([[3, false]]);
    expect(await remarks('cut.log', zeek.slice(0, -2))).toEqual([[3, true]]);
    expect(await remarks('packed.log.gz', gzipSync(zeek.slice(0, -2)))).toEqual([[3, true]]);
    expect(await remarks('access.log', access)).toEqual([[3, true]]);
    expect(await remarks('long.log', longLog(40_000).slice(0, -2))).toEqual([[40_000, true]]);
    // an object has an end of its own
    expect(await remarks('json.log', `${json}\n${json}`)).toEqual([[2, false]]);
    expect(await remarks('array.log', `[${json},\n${json}]`)).toEqual([[2, false]]);
    // and what is no record is not one with a cut value
    expect(await remarks('closed.log', `${zeek}#close\t2024-04-19-22-00-00`)).toEqual([[3, false]]);
  });

  it('keeps rejects with their place and text', async () => {
    const bad = sample.replace('#close', '1713556800.5\tC9\t10.0.0.1\t1\t10.0.0.2\t70000\ttcp\t-\t-\t-\t-\tS0\n#close');
    const { evidence } = await bench.run([bench.file('conn.log', bad)]);
    expect(evidence[0]).toMatchObject({ rows: 2, rejected: 1 });
    bench.writer.close();
    const reader = openCaseForReading(bench.writer.path);
    const { rejects } = reader.rejects({ offset: 0, limit: 10 });
    reader.close();
    expect(rejects).toMatchObject([{ line: 11, offset: bad.indexOf('1713556800.5\t'), reason: 'BAD_PORT', what: 'id.resp_p is 70000' }]);
    expect(rejects[0].text).toContain('C9');
  });
});

describe('another part of a stream that is there', () => {
  const line = (path: string, rest: object): string => JSON.stringify({ _path: path, ts: 1_713_556_800, uid: 'C1', ...rest });
  const ends = { 'id.orig_h': '10.0.0.1', 'id.orig_p': 1, 'id.resp_h': '10.0.0.2', 'id.resp_p': 53, proto: 'udp' };
  const stream = [line('conn', ends), line('dns', { ...ends, query: 'a.example' }), line('dns', { ...ends, query: 'b.example' })].join(
    '\n',
  );

  it('is imported beside it, once, plain and packed', async () => {
    const path = bench.file('all.json', `${stream}\n`);
    const packed = bench.file('all.json.gz', gzipSync(`${stream}\n`));
    const kinds = async (from: string, zeekLog?: string): Promise<unknown> => {
      const { evidence, skipped } = await bench.run([from], {
        ...(zeekLog === undefined ? {} : { options: { zeekLog } }),
        maxRejects: 0.7,
      });
      return [evidence.map(({ kind, rows, rejected }) => [kind, rows, rejected]), skipped.length];
    };
    expect(await kinds(path)).toEqual([[['connection', 1, 2]], 0]);
    expect(await kinds(path, 'dns')).toEqual([[['dns', 2, 0]], 0]);
    expect(await kinds(path, 'dns')).toEqual([[], 1]);
    expect(await kinds(packed, 'dns')).toEqual([[], 1]);
    expect(await kinds(path, 'conn')).toEqual([[], 1]);
    expect(await kinds(path)).toEqual([[], 1]);
  });

  it('may be the smaller one: whoever names it knows that there are others', async () => {
    const { evidence, refused } = await bench.run([bench.file('all.json', `${stream}\n`)], {
      options: { zeekLog: 'conn' },
      maxRejects: 0.1,
    });
    expect(refused).toEqual([]);
    expect(evidence[0]).toMatchObject({ kind: 'connection', rows: 1, rejected: 0, comments: 2 });
  });
});

function columnTitles(path: string, names: readonly string[]): (string | undefined)[] {
  const reader = openCaseForReading(path);
  try {
    return names.map((name) => reader.table('connection').column(name)?.title);
  } finally {
    reader.close();
  }
}

it('says under which name a column is kept whose name another log has given to something else', async () => {
  const table = (values: readonly string[]): string =>
    ['ts,src,dst,action', ...values.map((value, i) => `2024-04-19T20:00:0${i}Z,10.0.0.1,10.0.0.2,${value}`), ''].join('\n');
  const first = bench.file('first.csv', table(['allow', 'deny', 'allow']));
  const second = bench.file('second.csv', table(['1', '0', '1']));
  const third = bench.file('third.csv', table(['3', '4', '5']));
  const { evidence } = await bench.run([first, second, third]);
  expect(evidence.map(({ remarks }) => remarks.join())).toEqual([
    '',
    expect.stringContaining('action as action_2 (a number; action is text in this case)'),
    expect.stringContaining('action as action_2'),
  ]);
  const titles = columnTitles(bench.writer.path, ['action', 'action_2']);
  expect(titles).toEqual(['action, as the log has it', 'action, as the log has it: where it is a number']);
});

describe('a folder', () => {
  it('of which nothing could be taken says why, beside its files', async () => {
    bench.file('none/a.txt', 'words');
    bench.file('none/b.log', '');
    const folder = join(bench.folder, 'none');
    const { refused, evidence } = await bench.run([folder]);
    expect(evidence).toEqual([]);
    expect(refused.at(-1)).toMatchObject({ path: folder });
    expect(refused.at(-1)?.message).toMatch(
      /^None of the 2 files in .*none could be taken\. The first: .*a\.txt is no log that Flowcase knows/,
    );
  });

  it('says how many hidden files and folders were passed over; one that is named is taken', async () => {
    bench.file('logs/conn.log', sample);
    const hidden = bench.file('logs/.conn.log', sample.replace('Cxyz1', 'Cabc1'));
    bench.file('logs/sub/.git/conn.log', sample.replace('Cxyz1', 'Cabc2'));
    bench.file('only/.conn.log', sample);
    const passed = await bench.run([join(bench.folder, 'logs'), join(bench.folder, 'only')]);
    expect([passed.evidence.length, passed.hidden]).toEqual([1, 3]);
    expect(passed.refused[0].message).toContain('only holds no files but hidden ones (1).');
    expect(await bench.run([hidden])).toMatchObject({ evidence: [{ rows: 2 }], hidden: 0 });
  });

  it.skipIf(process.platform !== 'linux')(
    'with a file whose name is no UTF-8 refuses that one by its bytes, and takes the others',
    async () => {
      bench.file('mixed/conn.log', sample);
      const folder = join(bench.folder, 'mixed');
      writeFileSync(
        Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.log')]),
        sample.replace('Cxyz1', 'Cabc1'),
      );
      const { refused, evidence } = await bench.run([folder]);
      expect(evidence).toHaveLength(1);
      expect(refused).toMatchObject([{ code: 'FILE_UNREADABLE' }]);
      expect(refused[0].message).toContain('mixed/caf\\xe9.log has a name that is no UTF-8');
      expect((await bench.run([`${folder}/caf\ufffd.log`])).refused[0].message).toContain('may be no UTF-8');
    },
  );
});
