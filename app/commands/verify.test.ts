import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { verifyCase } from '../case/verify.ts';
import type { VerifyResult } from '../contract/case.ts';
import { ImportBench, longLog, quiet, sha256 } from '../import/testing-import.ts';
import { accessLines, accessLog, packedAccessLog, tarOf, zipOf } from '../original/packed/testing.ts';
import type { Progress } from '../shared/progress.ts';

const bench = new ImportBench();

async function verify(originals?: string, progress: Progress = quiet): Promise<VerifyResult> {
  const reader = openCaseForReading(bench.writer.path);
  try {
    return await verifyCase(reader, { originals }, progress);
  } finally {
    reader.close();
  }
}

const matches = ({ evidence }: VerifyResult): unknown => evidence.map(({ match }) => match);
const messages = ({ evidence }: VerifyResult): string => evidence.map(({ message }) => message).join('\n');

/** Evidence as watching leaves it behind: the lines of a log from one to another. */
function received(path: string, lines: readonly string[], first: number, last: number): void {
  const bytes = (from: number, to: number): Buffer =>
    Buffer.from(
      lines
        .slice(from, to)
        .map((line) => `${line}\n`)
        .join(''),
    );
  const piece = bytes(first, last);
  const session = bench.writer.beginEvidence(
    {
      path,
      name: 'access.log',
      format: 'access',
      formatTitle: 'Access log',
      kind: 'request',
      bytes: piece.length,
      modified: null,
      options: { source: 1, from: bytes(0, first).length },
    },
    'none',
  );
  const figures = { rows: 0, rejected: 0, comments: last - first, lines: last - first, first: null, last: null, seconds: 1, remarks: [] };
  session.finish({ ...figures, sha256: sha256(piece), unpackedBytes: piece.length, unpackedSha256: null, status: 'complete' });
}

const turn = (number: number): string[] => accessLines.map((line) => line.replace('/page/', `/page/${number}/`));
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('what was received as it grew', () => {
  it('is found in the packed files that rotation left, each unpacked once', async () => {
    const path = join(bench.folder, 'access.log');
    for (const number of [1, 2, 3]) for (const first of [0, 30, 60, 90]) received(path, turn(number), first, first + 30);
    received(path, accessLines, 0, 50);
    received(path, accessLines, 50, 120);
    bench.file('access.log', text(turn(4)));
    bench.file('access.log.1', text(turn(3)));
    bench.file('access.log.2.gz', gzipSync(text(turn(2))));
    bench.file(
      'access.log.3.zst',
      Buffer.concat([zstdCompressSync(text(turn(1).slice(0, 45))), zstdCompressSync(text(turn(1).slice(45)))]),
    );
    bench.file('access.log.4.xz', packedAccessLog.xz);
    const notes: string[] = [];
    const result = await verify(undefined, { report: (_done, _total, _unit, note) => void notes.push(note), stopped: () => false });
    expect(matches(result)).toEqual(Array.from({ length: 14 }, () => true));
    expect(result.evidence[4].message).toContain('packed in');
    expect(result.evidence.map(({ id, name }) => [id, name])).toEqual(Array.from({ length: 14 }, (_, i) => [i + 1, 'access.log']));
    expect(notes).toContain('unpacking access.log.2.gz');
    rmSync(join(bench.folder, 'access.log.4.xz'));
    bench.file('access.log.4.bz2', packedAccessLog.bz2);
    writeFileSync(join(bench.folder, 'access.log.2.gz'), gzipSync(text(turn(2)).replace('/page/2/45 ', '/page/2/54 ')));
    const changed = await verify();
    expect(matches(changed)).toEqual([true, true, true, true, true, null, true, true, true, true, true, true, true, true]);
    expect(changed.ok).toBe(true);
    expect(messages(changed)).toContain('No file in');
  });

  it('is not disturbed by what else lies there: folders, pipes, links in circles, cut and empty files, odd and long names', async () => {
    const path = join(bench.folder, 'access.log');
    received(path, turn(1), 0, 20);
    received(path, turn(1), 20, 20);
    mkdirSync(join(bench.folder, 'access.log.d'));
    symlinkSync('.', join(bench.folder, 'access.loop'));
    symlinkSync('access.log.0', join(bench.folder, 'access.log.0'));
    spawnSync('mkfifo', [join(bench.folder, 'access.log.1'), join(bench.folder, 'access.log.1.gz')]);
    bench.file('access.log.2.gz', gzipSync(text(turn(1))).subarray(0, 40));
    bench.file('access.log.3.gz', '');
    bench.file('access.log.4.gz', 'no gzip at all');
    writeFileSync(Buffer.concat([Buffer.from(`${bench.folder}/access.log.`), Buffer.from([0xff, 0xfe])]), text(turn(1)));
    bench.file(`access${'x'.repeat(240)}.gz`, zstdCompressSync(text(turn(1)), {}));
    const result = await verify();
    expect(matches(result)).toEqual([true, null]);
    expect(messages(result)).toContain('xxx.gz');
    expect(messages(result)).toContain('nothing to compare');
  });

  it('is found when the log was rotated on after it was caught up with under a rotated name', async () => {
    const at = (name: string): string => join(bench.folder, name);
    received(at('access.log.1.gz'), turn(1), 0, 120);
    received(at('access.log.11'), turn(2), 0, 120);
    received(at('access-20261121.log'), turn(3), 0, 120);
    received(at('access.log'), turn(4), 0, 120);
    received(at('access.log.8.gz'), turn(5), 0, 120);
    // a part of what is in the same file
    received(at('access.log'), turn(5), 0, 40);
    received(at('access.log'), turn(5), 40, 120);
    bench.file('access.log', text(turn(6)));
    bench.file('access.log.2.gz', gzipSync(text(turn(1))));
    bench.file('access.log.12', text(turn(2)));
    bench.file('access-20261121.log.xz', 'no xz');
    bench.file('access-20261121.log.gz', gzipSync(text(turn(3))));
    bench.file('access.log.7.gz', gzipSync(text(turn(4))));
    bench.file('access.log.8.gz', gzipSync(text(turn(5))));
    const result = await verify();
    expect(matches(result)).toEqual([true, true, true, true, true, true, true]);
    expect(result.evidence[0].message).toContain('packed in');
    expect(result.evidence[0].message).toContain('access.log.2.gz');
    expect(result.evidence[1].message).toContain('access.log.12');
    expect(result.evidence[4].message).toContain('access.log.8.gz');
  });

  it('is looked for below the folder that is named, however deep, and not at its path', async () => {
    const path = bench.file('access.log', text(turn(1)));
    received(path, turn(1), 0, 60);
    received(path, turn(1), 60, 120);
    mkdirSync(join(bench.folder, 'empty'));
    expect(matches(await verify(join(bench.folder, 'empty')))).toEqual([null, null]);
    bench.file('elsewhere/of/march/access.log-20241011.gz', gzipSync(text(turn(1))));
    expect(matches(await verify(join(bench.folder, 'elsewhere')))).toEqual([true, true]);
  });
});

describe('a packed original', () => {
  it.each([
    ['anew', (before: string, after: string) => gzipSync(before + after)],
    ['behind what was there', (before: string, after: string) => Buffer.concat([gzipSync(before), gzipSync(after)])],
    ['by another program', (before: string, after: string) => zstdCompressSync(before + after)],
  ])('that has grown and was packed %s still begins with what was imported', async (_, pack) => {
    const rows = longLog(400).split('\n');
    const before = `${rows.slice(0, 300).join('\n')}\n`;
    const path = bench.file('conn.log.gz', gzipSync(before));
    await bench.run([path]);
    writeFileSync(path, pack(before, rows.slice(300).join('\n')));
    expect((await bench.run([path])).evidence).toMatchObject([{ continues: { evidence: 1 } }]);
    const result = await verify();
    expect(result).toMatchObject({ ok: true, evidence: [{ match: true }, { match: true }] });
    writeFileSync(path, gzipSync(before.replace('C7\t', 'X7\t') + rows.slice(300).join('\n')));
    expect(await verify()).toMatchObject({ ok: false, evidence: [{ match: false }, { match: false }] });
  });

  it('of several files is looked for elsewhere by its own name, and by its size under another', async () => {
    const files = { 'a.log': accessLog, 'b.log': text(turn(2)) };
    const archive = zipOf(files);
    const tar = gzipSync(await tarOf({ 'c.log': text(turn(3)) }));
    await bench.run([bench.file('logs.zip', archive), bench.file('logs.tgz', tar)]);
    const elsewhere = join(bench.folder, 'elsewhere');
    const there = bench.file('elsewhere/deep/logs.zip', archive);
    bench.file('elsewhere/renamed', tar);
    expect(matches(await verify(elsewhere))).toEqual([true, true, true]);
    writeFileSync(there, zipOf({ ...files, 'b.log': text(turn(5)) }));
    const result = await verify(elsewhere);
    expect(matches(result)).toEqual([false, false, true]);
    expect(messages(result)).toContain('logs.zip differs');
  });
});

describe('an original that was packed since, or unpacked', () => {
  it.each(['', 'elsewhere/'])('is known by what it holds (%s)', async (where) => {
    const folder = where === '' ? undefined : join(bench.folder, where);
    const plain = bench.file('conn.log', longLog(20));
    const packed = bench.file('access.log.gz', packedAccessLog.gz);
    await bench.run([plain, packed]);
    rmSync(plain);
    rmSync(packed);
    bench.file(`${where}conn.log.gz`, gzipSync(longLog(21)));
    bench.file(`${where}access.log`, accessLog.replace('/page/3 ', '/page/4 '));
    bench.file(`${where}conn.log.bz2`, 'neither packed nor the same');
    expect(matches(await verify(folder))).toEqual([null, null]);
    const after = bench.file(`${where}conn.log.zst`, zstdCompressSync(longLog(20)));
    const other = bench.file(`${where}access.log.xz`, packedAccessLog.xz);
    const result = await verify(folder);
    expect(matches(result)).toEqual([true, null]);
    expect(messages(result)).toContain(`packed in ${after} is the file`);
    expect(messages(result)).toContain(`${other} has the content`);
    // another file that has its name since does not hide it
    bench.file(`${where}conn.log`, longLog(22));
    expect(matches(await verify(folder))).toEqual([true, null]);
    rmSync(after);
    expect(matches(await verify(folder))).toEqual([false, null]);
  });
});

describe('an imported log that was rotated since', () => {
  it.each(['', 'elsewhere/'])('is found under the name that it has now, packed or not, and that is said (%s)', async (where) => {
    const folder = where === '' ? undefined : join(bench.folder, where);
    const plain = bench.file('access.log', text(turn(1)));
    const second = bench.file('access.log.1', text(turn(2)));
    const packed = bench.file('access.log.2.gz', gzipSync(text(turn(3))));
    const conn = bench.file('conn.log', longLog(20));
    await bench.run([plain, second, packed, conn]);
    for (const path of [plain, second, packed, conn]) rmSync(path);
    bench.file(`${where}access.log`, text(turn(5)));
    bench.file(`${where}access.log.1`, text(turn(4)));
    bench.file(`${where}access.log.2.gz`, gzipSync(text(turn(1))));
    bench.file(`${where}access.log.3.gz`, gzipSync(text(turn(2))));
    bench.file(`${where}access.log.4.gz`, gzipSync(text(turn(3))));
    bench.file(`${where}conn.log`, longLog(22));
    bench.file(`${where}conn-20261121.log`, longLog(20));
    const result = await verify(folder);
    expect(matches(result)).toEqual([true, true, true, true]);
    expect(result.evidence[0].message).toContain('access.log.2.gz is the file that was imported');
    expect(result.evidence[1].message).toContain('access.log.3.gz is the file that was imported');
    expect(result.evidence[2].message).toContain('access.log.4.gz is the file that was imported');
    expect(result.evidence[3].message).toContain('conn-20261121.log is the file that was imported');
    rmSync(join(bench.folder, `${where}access.log.4.gz`));
    bench.file(`${where}conn-20261121.log`, longLog(20).replace('C7\t', 'X7\t'));
    expect(matches(await verify(folder))).toEqual([true, true, false, false]);
  });

  it('after it had grown, and the rest was imported, is found too', async () => {
    const path = bench.file('access.log', text(turn(1).slice(0, 60)));
    await bench.run([path]);
    appendFileSync(path, text(turn(1).slice(60)));
    expect((await bench.run([path])).evidence).toMatchObject([{ continues: { evidence: 1 } }]);
    bench.file('access.log', text(turn(2)));
    bench.file('access.log.1', text(turn(1)));
    expect(matches(await verify())).toEqual([true, true]);
    rmSync(join(bench.folder, 'access.log.1'));
    bench.file('access.log.1.gz', gzipSync(text(turn(1))));
    expect(matches(await verify())).toEqual([true, true]);
  });
});

describe('a folder of originals', () => {
  it('is searched through links, round circles too, and past pipes and empty files', async () => {
    const conn = bench.file('conn.log', longLog(20));
    const packed = bench.file('access.log.gz', packedAccessLog.gz);
    await bench.run([conn, packed]);
    const elsewhere = join(bench.folder, 'elsewhere');
    mkdirSync(join(elsewhere, 'a'), { recursive: true });
    mkdirSync(join(bench.folder, 'disk'));
    renameSync(conn, join(bench.folder, 'disk', 'conn.log'));
    renameSync(packed, join(bench.folder, 'disk', 'other'));
    symlinkSync('..', join(elsewhere, 'a', 'up'));
    symlinkSync(join(bench.folder, 'disk'), join(elsewhere, 'disk'));
    symlinkSync('self', join(elsewhere, 'self'));
    spawnSync('mkfifo', [join(elsewhere, 'conn.log')]);
    bench.file('elsewhere/a/conn.log', '');
    expect(matches(await verify(elsewhere))).toEqual([true, true]);
    rmSync(join(elsewhere, 'disk'));
    expect(await verify(elsewhere)).toMatchObject({ ok: false, evidence: [{ match: false }, { match: null }] });
  });

  it.skipIf(process.getuid?.() === 0)(
    'with files that may not be read says which (skipped where everything may be read: as root)',
    async () => {
      const conn = bench.file('conn.log', longLog(20));
      await bench.run([conn]);
      const there = bench.file('elsewhere/conn.log', longLog(20));
      chmodSync(there, 0);
      const result = await verify(join(bench.folder, 'elsewhere'));
      expect(result).toMatchObject({ ok: true, evidence: [{ match: null }] });
      expect(messages(result)).toContain('cannot be read');
    },
  );

  it('of many files is searched once, and can be left in its midst', async () => {
    const path = join(bench.folder, 'access.log');
    for (let first = 0; first < 20; first++) received(path, turn(1), first, first + 1);
    const elsewhere = join(bench.folder, 'elsewhere');
    for (let i = 0; i < 100; i++) mkdirSync(join(elsewhere, String(i)), { recursive: true });
    for (let i = 0; i < 2000; i++) writeFileSync(join(elsewhere, String(i % 100), `${i % 2 === 0 ? 'access' : 'other'}-${i}.txt`), `${i}`);
    bench.file('elsewhere/50/access.log.7.gz', gzipSync(text(turn(1))));
    expect(matches(await verify(elsewhere))).toEqual(Array.from({ length: 20 }, () => true));
    let asked = 0;
    const stop = { report: () => undefined, stopped: () => ++asked > 50 };
    await expect(verify(elsewhere, stop)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('progress', () => {
  it('goes on to the end and never back, and what is unpacked can be left', async () => {
    const path = bench.file('access.log', text(turn(9)));
    received(path, turn(1), 0, 120);
    received(path, turn(2), 0, 120);
    await bench.run([bench.file('conn.log', longLog(50))]);
    bench.file('access.log.1.gz', gzipSync(text(turn(1)) + text(turn(2))));
    bench.file('access.log.2.gz', gzipSync(text(turn(2))));
    const seen: number[] = [];
    let whole = 0;
    await verify(undefined, {
      report: (done, total) => {
        seen.push(done);
        whole = total ?? 0;
      },
      stopped: () => false,
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(whole);
    let unpacking = false;
    const leave: Progress = {
      report: (_done, _total, _unit, note) => {
        unpacking ||= note.startsWith('unpacking');
      },
      stopped: () => unpacking,
    };
    await expect(verify(undefined, leave)).rejects.toMatchObject({ code: 'CANCELLED' });
    appendFileSync(path, 'x');
  });
});
