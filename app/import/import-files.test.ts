import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import type { ImportResult } from '../contract/case.ts';
import { zeekConn } from '../formats/zeek-tsv.ts';
import { formats } from '../formats/registry.ts';
import type { Progress } from '../shared/progress.ts';
import { importFiles, type ImportRequest } from './import-files.ts';
import { zipOf } from './packed/testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const sample = zeekConn.example;
const quiet: Progress = { report: () => undefined, stopped: () => false };
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** The sample's header, and so many rows that are all different. */
function longLog(rows: number): string {
  const head = sample.split('\n').filter((line) => /^#(?!close)/.test(line));
  const row = (i: number): string =>
    `1713556800.${String(i).padStart(6, '0')}\tC${i}\t10.0.0.1\t40000\t192.0.2.10\t443\ttcp\tssl\t1.500000\t${i}\t2000\tSF`;
  return `${[...head, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n')}\n`;
}

let folders = 0;
let folder = '';
let writer: CaseWriter;
beforeEach(() => {
  folder = join(scratch.path, String(++folders));
  mkdirSync(folder);
  writer = createCase(join(scratch.path, `${folders}.flowcase`), caseFields);
  return () => writer.close();
});

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function run(paths: readonly string[], more: Partial<ImportRequest> = {}, progress = quiet): Promise<ImportResult> {
  return importFiles(writer, { paths, force: false, ...more }, progress);
}

const codes = (result: ImportResult): unknown => result.refused.map(({ path, code }) => [path, code]);

describe('importing a file', () => {
  it('keeps its figures and hashes, and leaves the original as it was', async () => {
    const path = file('conn.log', sample);
    const before = statSync(path);
    const { evidence } = await run([path]);
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
    expect(writer.info()).toMatchObject({ evidence: 1, connections: 2 });
  });

  it('takes each member of a ZIP archive as evidence of its own, which the archive is the original of', async () => {
    const other = sample.replace('Cxyz1', 'Cxyz8');
    const path = file('logs.zip', zipOf({ 'a/conn.log': sample, 'conn.log.gz': gzipSync(other), 'readme.txt': 'words' }));
    const { evidence, refused } = await run([path]);
    expect(evidence.map(({ name, rows }) => [name, rows])).toEqual([
      ['a/conn.log in logs.zip', 2],
      ['conn.log.gz in logs.zip', 2],
    ]);
    expect(evidence.map((one) => one.unpackedSha256)).toEqual([sha256(sample), sha256(other)]);
    for (const one of evidence) expect(one).toMatchObject({ path, sha256: sha256(readFileSync(path)) });
    expect(refused.map((one) => one.path)).toEqual([`readme.txt in ${path}`]);
    expect((await run([path])).skipped).toHaveLength(2);
  });

  it('takes what fits a pattern where there is no file of that name', async () => {
    file('one.log', sample);
    file('two.log', `${sample}#close\n`);
    const { evidence } = await run([join(folder, '{one,two}.l*')]);
    expect(evidence.map(({ name }) => name)).toEqual(['one.log', 'two.log']);
  });

  it('unpacks zstd in passing, frame after frame', async () => {
    const packed = Buffer.concat([zstdCompressSync(sample), zstdCompressSync(sample)]);
    const { evidence } = await run([file('conn.log.zst', packed)]);
    expect(evidence[0]).toMatchObject({ rows: 4, bytes: packed.length, unpackedBytes: sample.length * 2, status: 'complete' });
  });

  it('unpacks gzip in passing, several members too, and hashes both', async () => {
    const rows = sample.split('\n').slice(8).join('\n');
    const packed = Buffer.concat([gzipSync(sample), gzipSync(rows), Buffer.from('tail')]);
    const { evidence } = await run([file('conn.log.gz', packed)]);
    expect(evidence[0]).toMatchObject({
      rows: 4,
      sha256: sha256(packed),
      unpackedSha256: sha256(sample + rows),
      unpackedBytes: sample.length + rows.length,
    });
    expect(evidence[0].remarks.join()).toContain('4 bytes after the packed data');
  });

  it('keeps what comes before a cut or damage, and marks it', async () => {
    const packed = gzipSync(longLog(20_000));
    const cut = await run([file('cut.gz', packed.subarray(0, packed.length >> 1))]);
    expect(cut.evidence[0].status).toBe('incomplete');
    expect(cut.evidence[0].rows).toBeGreaterThan(1000);
    expect(cut.evidence[0].rejected).toBe(1);
    expect(cut.evidence[0].remarks.join()).toContain('The file is cut');
    const hurt = Buffer.from(packed);
    hurt.fill(0, packed.length - 9000, packed.length - 8900);
    const damaged = await run([file('damaged.gz', hurt)]);
    expect(damaged.evidence[0]).toMatchObject({ status: 'incomplete', sha256: sha256(hurt) });
    expect(damaged.evidence[0].remarks.join()).toContain('damaged');
  });

  it('refuses, by name and with a reason, what cannot be taken', async () => {
    const packed = gzipSync(longLog(1000));
    const paths = [
      file('empty.log', ''),
      file('nothing.gz', gzipSync('')),
      file('stub.gz', packed.subarray(0, 30)),
      file('headless.log', sample.split('\n').slice(8).join('\n')),
      file('utf16.log', Buffer.from(`\ufeff${sample}`, 'utf16le')),
      file('long.gz', gzipSync(Buffer.alloc(3_000_000, 65))),
      join(folder, 'missing.log'),
    ];
    const result = await run(paths);
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
    expect(writer.info()).toMatchObject({ evidence: 0, connections: 0, custody: { entries: 1 } });
  });

  it('takes a file as the format that was asked for, or refuses it', async () => {
    expect((await run([file('a.log', sample)], { format: formats[0].id })).evidence[0].rows).toBe(2);
    expect(codes(await run([file('b.log', 'hello\n')], { format: formats[0].id }))).toEqual([[join(folder, 'b.log'), 'FORMAT_UNKNOWN']]);
    await expect(run([file('c.log', sample)], { format: 'pcap' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a file that grows or changes while it is read, and keeps nothing of it', async () => {
    const path = file('conn.log', longLog(30_000));
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
        await run(
          [path],
          {},
          change(() => appendFileSync(path, 'more\n')),
        ),
      ),
    ).toEqual([[path, 'FILE_CHANGED']]);
    expect(
      codes(
        await run(
          [path],
          {},
          change(() => utimesSync(path, 1, 1)),
        ),
      ),
    ).toEqual([[path, 'FILE_CHANGED']]);
    expect(writer.info()).toMatchObject({ evidence: 0, connections: 0 });
  });

  it('skips the same bytes, unless it is forced', async () => {
    const path = file('conn.log', sample);
    const other = file('copy.log', sample);
    const different = file('other.log', sample.replace('Cxyz1', 'Cxyz9'));
    const first = await run([path, other, different]);
    expect(first.evidence.map(({ name }) => name)).toEqual(['conn.log', 'other.log']);
    expect(first.skipped).toMatchObject([{ path: other, evidence: first.evidence[0].id }]);
    expect(first.skipped[0].message).toContain('conn.log');
    expect((await run([path])).skipped).toHaveLength(1);
    expect((await run([path], { force: true })).evidence).toHaveLength(1);
    expect(writer.info()).toMatchObject({ evidence: 3, connections: 6 });
  });

  it('keeps rejects with their place and text', async () => {
    const bad = sample.replace('#close', '1713556800.5\tC9\t10.0.0.1\t1\t10.0.0.2\t70000\ttcp\t-\t-\t-\t-\tS0\n#close');
    const { evidence } = await run([file('conn.log', bad)]);
    expect(evidence[0]).toMatchObject({ rows: 2, rejected: 1 });
    writer.close();
    const reader = openCaseForReading(writer.path);
    const { rejects } = reader.rejects({ offset: 0, limit: 10 });
    reader.close();
    expect(rejects).toMatchObject([{ line: 11, offset: bad.indexOf('1713556800.5\t'), reason: 'BAD_PORT', what: 'id.resp_p is 70000' }]);
    expect(rejects[0].text).toContain('C9');
  });
});

describe('importing folders', () => {
  it('takes every log in the order of names, leaves hidden files out, and refuses strangers without stopping', async () => {
    file('logs/b/conn.log', sample);
    file('logs/a.log', longLog(3));
    file('logs/readme.txt', 'hello\n');
    file('logs/.hidden/conn.log', longLog(4));
    file('logs/.conn.log', longLog(5));
    const result = await run([join(folder, 'logs')]);
    expect(result.evidence.map(({ path }) => path)).toEqual([join(folder, 'logs/a.log'), join(folder, 'logs/b/conn.log')]);
    expect(codes(result)).toEqual([[join(folder, 'logs/readme.txt'), 'FORMAT_UNKNOWN']]);
  });

  it('says of a folder that it gave nothing', async () => {
    mkdirSync(join(folder, 'empty'));
    file('texts/readme.txt', 'hello\n');
    const result = await run([join(folder, 'empty'), join(folder, 'texts')]);
    expect(result.refused.map(({ path }) => path).sort()).toEqual([
      join(folder, 'empty'),
      join(folder, 'texts'),
      join(folder, 'texts/readme.txt'),
    ]);
  });

  it.skipIf(process.platform === 'win32')('follows links but goes round no circle, and opens no pipe', async () => {
    file('logs/conn.log', sample);
    symlinkSync(join(folder, 'logs'), join(folder, 'logs/again'));
    symlinkSync(join(folder, 'logs/conn.log'), join(folder, 'logs/link.log'));
    symlinkSync(join(folder, 'logs/self'), join(folder, 'logs/self'));
    spawnSync('mkfifo', [join(folder, 'logs/pipe')]);
    const result = await run([join(folder, 'logs'), join(folder, 'logs/conn.log'), '/dev/zero']);
    expect(result.evidence).toHaveLength(1);
    expect(codes(result)).toEqual([
      [join(folder, 'logs/pipe'), 'FILE_UNREADABLE'],
      [join(folder, 'logs/self'), 'FILE_UNREADABLE'],
      ['/dev/zero', 'FILE_UNREADABLE'],
    ]);
  });
});

describe('the job', () => {
  it('tells how far it is, and lets others run meanwhile', async () => {
    const path = file('conn.log', longLog(60_000));
    const told: { readonly done: number; readonly total: number | null; readonly note: string }[] = [];
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await run([path], {}, { report: (done, total, _, note) => void told.push({ done, total, note }), stopped: () => false });
    running = false;
    expect(turns).toBeGreaterThan(4);
    expect(told.length).toBeGreaterThan(0);
    expect(
      told.every(({ done, total }, i) => total === statSync(path).size && done <= total && (i === 0 || done >= told[i - 1].done)),
    ).toBe(true);
    expect(told.at(-1)?.note).toMatch(/^conn\.log/);
  });

  it('leaves the case as it was when it is cancelled, files that it had finished too', async () => {
    await run([file('before.log', longLog(10))]);
    const kept = writer.evidence();
    const [first, second] = [file('first.log', sample), file('second.log', longLog(30_000))];
    let finished = false;
    const progress: Progress = { report: (_, __, ___, note) => void (finished ||= note.startsWith('second')), stopped: () => finished };
    await expect(run([first, second], {}, progress)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(writer.evidence()).toEqual(kept);
    expect(writer.info()).toMatchObject({ evidence: 1, connections: 10, rejects: 0 });
    writer.close();
    const reader = openCaseForReading(writer.path);
    expect(reader.table('connection').rows).toBe(10);
    expect(reader.custody().map(({ act }) => act)).toEqual(['case.created', 'evidence.imported', 'evidence.imported', 'evidence.removed']);
    reader.close();
  });

  it('lets what goes wrong with the case through, and leaves nothing behind', async () => {
    const path = file('conn.log', sample);
    const failing: Progress = {
      report: () => {
        throw new RangeError('the case, not the file');
      },
      stopped: () => false,
    };
    await expect(run([path], {}, failing)).rejects.toThrow('the case, not the file');
    expect(writer.info()).toMatchObject({ evidence: 0, connections: 0 });
    expect((await run([path])).evidence).toHaveLength(1);
  });
});
