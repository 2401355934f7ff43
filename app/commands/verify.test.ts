import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { longLog } from '../import/testing-import.ts';
import { accessLog, packedAccessLog, tarOf, zipOf } from '../original/packed/testing.ts';
import type { Progress } from '../shared/progress.ts';
import { matches, messages, text, turn, VerifyBench } from './testing-verify.ts';

const bench = new VerifyBench();

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
    const result = await bench.verify();
    expect(result).toMatchObject({ ok: true, evidence: [{ match: true }, { match: true }] });
    writeFileSync(path, gzipSync(before.replace('C7\t', 'X7\t') + rows.slice(300).join('\n')));
    expect(await bench.verify()).toMatchObject({ ok: false, evidence: [{ match: false }, { match: false }] });
  });

  it('of several files is looked for elsewhere by its own name, and by its size under another', async () => {
    const files = { 'a.log': accessLog, 'b.log': text(turn(2)) };
    const archive = zipOf(files);
    const tar = gzipSync(await tarOf({ 'c.log': text(turn(3)) }));
    await bench.run([bench.file('logs.zip', archive), bench.file('logs.tgz', tar)]);
    const elsewhere = join(bench.folder, 'elsewhere');
    const there = bench.file('elsewhere/deep/logs.zip', archive);
    bench.file('elsewhere/renamed', tar);
    expect(matches(await bench.verify(elsewhere))).toEqual([true, true, true]);
    writeFileSync(there, zipOf({ ...files, 'b.log': text(turn(5)) }));
    const result = await bench.verify(elsewhere);
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
    expect(matches(await bench.verify(folder))).toEqual([null, null]);
    const after = bench.file(`${where}conn.log.zst`, zstdCompressSync(longLog(20)));
    const other = bench.file(`${where}access.log.xz`, packedAccessLog.xz);
    const result = await bench.verify(folder);
    expect(matches(result)).toEqual([true, null]);
    expect(messages(result)).toContain(`packed in ${after} is the file`);
    expect(messages(result)).toContain(`${other} has the content`);
    // another file that has its name since does not hide it
    bench.file(`${where}conn.log`, longLog(22));
    expect(matches(await bench.verify(folder))).toEqual([true, null]);
    rmSync(after);
    expect(matches(await bench.verify(folder))).toEqual([false, null]);
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
    const result = await bench.verify(folder);
    expect(matches(result)).toEqual([true, true, true, true]);
    expect(result.evidence[0].message).toContain('access.log.2.gz is the file that was imported');
    expect(result.evidence[1].message).toContain('access.log.3.gz is the file that was imported');
    expect(result.evidence[2].message).toContain('access.log.4.gz is the file that was imported');
    expect(result.evidence[3].message).toContain('conn-20261121.log is the file that was imported');
    rmSync(join(bench.folder, `${where}access.log.4.gz`));
    bench.file(`${where}conn-20261121.log`, longLog(20).replace('C7\t', 'X7\t'));
    expect(matches(await bench.verify(folder))).toEqual([true, true, false, false]);
  });

  it('after it had grown, and the rest was imported, is found too', async () => {
    const path = bench.file('access.log', text(turn(1).slice(0, 60)));
    await bench.run([path]);
    appendFileSync(path, text(turn(1).slice(60)));
    expect((await bench.run([path])).evidence).toMatchObject([{ continues: { evidence: 1 } }]);
    bench.file('access.log', text(turn(2)));
    bench.file('access.log.1', text(turn(1)));
    expect(matches(await bench.verify())).toEqual([true, true]);
    rmSync(join(bench.folder, 'access.log.1'));
    bench.file('access.log.1.gz', gzipSync(text(turn(1))));
    expect(matches(await bench.verify())).toEqual([true, true]);
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
    expect(matches(await bench.verify(elsewhere))).toEqual([true, true]);
    rmSync(join(elsewhere, 'disk'));
    expect(await bench.verify(elsewhere)).toMatchObject({ ok: false, evidence: [{ match: false }, { match: null }] });
  });

  it.skipIf(process.getuid?.() === 0)(
    'with files that may not be read says which (skipped where everything may be read: as root)',
    async () => {
      const conn = bench.file('conn.log', longLog(20));
      await bench.run([conn]);
      const there = bench.file('elsewhere/conn.log', longLog(20));
      chmodSync(there, 0);
      const result = await bench.verify(join(bench.folder, 'elsewhere'));
      expect(result).toMatchObject({ ok: true, evidence: [{ match: null }] });
      expect(messages(result)).toContain('cannot be read');
    },
  );

  it('of many files is searched once, and can be left in its midst', async () => {
    const path = join(bench.folder, 'access.log');
    for (let first = 0; first < 20; first++) bench.received(path, turn(1), first, first + 1);
    const elsewhere = join(bench.folder, 'elsewhere');
    for (let i = 0; i < 100; i++) mkdirSync(join(elsewhere, String(i)), { recursive: true });
    for (let i = 0; i < 2000; i++) writeFileSync(join(elsewhere, String(i % 100), `${i % 2 === 0 ? 'access' : 'other'}-${i}.txt`), `${i}`);
    bench.file('elsewhere/50/access.log.7.gz', gzipSync(text(turn(1))));
    expect(matches(await bench.verify(elsewhere))).toEqual(Array.from({ length: 20 }, () => true));
    let asked = 0;
    const stop = { report: () => undefined, stopped: () => ++asked > 50 };
    await expect(bench.verify(elsewhere, stop)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('progress', () => {
  it('goes on to the end and never back, and what is unpacked can be left', async () => {
    const path = bench.file('access.log', text(turn(9)));
    bench.received(path, turn(1), 0, 120);
    bench.received(path, turn(2), 0, 120);
    await bench.run([bench.file('conn.log', longLog(50))]);
    bench.file('access.log.1.gz', gzipSync(text(turn(1)) + text(turn(2))));
    bench.file('access.log.2.gz', gzipSync(text(turn(2))));
    const seen: number[] = [];
    let whole = 0;
    await bench.verify(undefined, {
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
    await expect(bench.verify(undefined, leave)).rejects.toMatchObject({ code: 'CANCELLED' });
    appendFileSync(path, 'x');
  });
});
