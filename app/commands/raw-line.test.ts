import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zeekJson } from '../formats/zeek-json.ts';
import { longLog } from '../import/testing-import.ts';
import { accessLines, accessLog, packedAccessLog, tarOf, zipOf } from '../original/packed/testing.ts';
import { usualLimits } from './raw-line-look.ts';
import { readRawLine } from './raw-line.ts';
import { missing, RawLineBench, shown } from './testing-raw-line.ts';

const bench = new RawLineBench();
const zeekRecord = JSON.parse(zeekJson.example.split('\n')[0]) as object;

const halves = [accessLines.slice(0, 50), accessLines.slice(50)].map((lines) => `${lines.join('\n')}\n`);

describe('the line of a record', () => {
  it.each([
    ['plain', 'access.log', Buffer.from(accessLog)],
    ['in gzip', 'access.log.gz', packedAccessLog.gz],
    ['in gzip of several members', 'access.log.gz', Buffer.concat(halves.map((half) => gzipSync(half)))],
    ['in zstd', 'access.log.zst', packedAccessLog.zst],
    ['in zstd of several frames', 'access.log.zst', Buffer.concat(halves.map((half) => zstdCompressSync(half)))],
    ['in xz', 'access.log.xz', packedAccessLog.xz],
    ['in bzip2', 'access.log.bz2', packedAccessLog.bz2],
    ['in bzip2 of several streams', 'access.log.bz2', Buffer.concat([packedAccessLog.bz2, packedAccessLog.bz2])],
    ['under a name that says nothing', 'access', packedAccessLog.xz],
  ])('%s is read from the original', async (_, name, bytes) => {
    const evidence = await bench.imported(bench.file(name, bytes));
    const expected = name.endsWith('.bz2') && bytes.length > packedAccessLog.bz2.length ? [...accessLines, ...accessLines] : accessLines;
    expect(await bench.linesOf(evidence)).toEqual(shown(expected));
  });

  it('in an archive is read from its member, packed there once more too', async () => {
    const files = {
      'first.log': longLog(200),
      'logs/access.log': accessLog,
      'deep/access.log.gz': packedAccessLog.gz,
      'z.log.bz2': packedAccessLog.bz2,
    };
    const tar = await tarOf(files);
    for (const [name, bytes] of Object.entries({
      'a.zip': zipOf(files),
      'a.tar': tar,
      'a.tgz': gzipSync(tar),
      'a.tar.zst': zstdCompressSync(tar),
    })) {
      const { evidence } = await bench.run([bench.file(name, bytes)], { force: true });
      expect(evidence).toHaveLength(4);
      for (const one of evidence.filter(({ kind }) => kind === 'request')) expect(await bench.linesOf(one)).toEqual(shown(accessLines));
    }
  });

  it('in one of several members of one name is read from its own', async () => {
    const other = accessLog.replaceAll('/page/', '/other/');
    const bytes = Buffer.concat([(await tarOf({ 'a.log': accessLog })).subarray(0, -1024), await tarOf({ 'a.log': other })]);
    const { evidence } = await bench.run([bench.file('a.tar', bytes)]);
    expect(evidence).toHaveLength(2);
    expect(await bench.linesOf(evidence[0])).toEqual(shown(accessLines));
    expect(await bench.linesOf(evidence[1])).toEqual(shown(accessLines.map((line) => line.replace('/page/', '/other/'))));
    expect(await bench.linesOf(evidence[0])).toEqual(shown(accessLines));
  });

  it('is shown as far as it goes where the file is cut', async () => {
    const whole = zstdCompressSync(longLog(3000));
    const evidence = await bench.imported(bench.file('conn.log.zst', whole.subarray(0, whole.length - 2000)));
    expect(evidence).toMatchObject({ status: 'incomplete' });
    const lines = await bench.linesOf(evidence);
    expect(lines.slice(0, 2)).toEqual(shown(longLog(3000).split('\n').slice(8, 10)));
    expect(lines.every(({ raw }, i) => raw?.includes(`\tC${i}\t`))).toBe(true);
  });

  it.each([
    ['a CR', '\r'],
    ['CR LF', '\r\n'],
  ])('ends with %s where its log says so', async (_, end) => {
    const evidence = await bench.imported(bench.file('access.log', accessLog.replaceAll('\n', end)));
    expect(await bench.linesOf(evidence)).toEqual(shown(accessLines));
    const packed = await bench.imported(bench.file('access.log.gz', gzipSync(accessLog.replaceAll('\n', end).slice(0, -200))), {
      force: true,
    });
    expect((await bench.linesOf(packed)).slice(0, 100)).toEqual(shown(accessLines.slice(0, 100)));
  });
});

describe('a record of a table that goes over several lines', () => {
  it('is shown whole, packed too', async () => {
    const records = ['1,10.0.0.1,"one, ""two""\nthree\n\nfour",x', '2,10.0.0.2,plain,y', '3,10.0.0.3,"a\r\nb",z', '4,10.0.0.4,"",w'];
    const csv = `id,host,note,more\n${records.join('\n')}\n`;
    for (const [name, bytes] of [
      ['a.csv', csv],
      ['b.csv.gz', gzipSync(csv)],
    ] as const) {
      const evidence = await bench.imported(bench.file(name, bytes), { force: true });
      expect(evidence.rows).toBe(4);
      expect(await bench.linesOf(evidence)).toEqual(shown(records));
    }
    const returns = `id,host,note,more\r\n5,10.0.0.5,"a\r\nb",v\r\n6,10.0.0.6,c,u\r\n`;
    expect(await bench.linesOf(await bench.imported(bench.file('c.csv', returns)))).toEqual(
      shown(['5,10.0.0.5,"a\r\nb",v', '6,10.0.0.6,c,u']),
    );
  });
});

describe('a record that is no line', () => {
  const objects = Array.from({ length: 40 }, (_, i) => ({ ...zeekRecord, uid: `C${i}`, note: '[{"a":1}, {"b":2}]' }));
  const pretty = objects.map((one) => JSON.stringify(one, null, 2));
  it.each([
    ['one JSON array', JSON.stringify(objects)],
    ['one JSON array over many lines', JSON.stringify(objects, null, 2)],
    ['objects over many lines', `${pretty.join('\n')}\n`],
  ])('is shown as it stands: %s, packed or not', async (_, log) => {
    for (const evidence of [
      await bench.imported(bench.file('conn.json', log)),
      await bench.imported(bench.file('conn.json.zst', zstdCompressSync(log)), { force: true }),
    ]) {
      const lines = await bench.linesOf(evidence);
      expect(lines).toHaveLength(objects.length);
      for (const [i, { raw }] of lines.entries()) {
        const bare = String(raw)
          .replace(/^[\s[]+(?=\{)/, '')
          .replace(/[\],\s]+$/, '');
        expect(JSON.parse(bare)).toEqual(objects[i]);
      }
    }
  });

  it('of an array in an object, as CloudTrail writes, is its own text', async () => {
    const events = Array.from({ length: 20 }, (_, i) => ({
      eventVersion: '1.08',
      eventTime: '2024-03-10T10:00:00Z',
      eventName: `Name${i}`,
      sourceIPAddress: '192.0.2.1',
      eventID: `id-${i}`,
    }));
    const evidence = await bench.imported(bench.file('trail.json.gz', gzipSync(JSON.stringify({ Records: events }))));
    expect(evidence).toMatchObject({ rows: 20, options: { shape: 'json-member' } });
    const lines = await bench.linesOf(evidence);
    expect(lines.map(({ raw }) => JSON.parse(String(raw).replace(/[\],\s]+$/, '')) as unknown)).toEqual(events);
  });
});

describe('a file that has grown', () => {
  it.each([
    ['plain', 'conn.log', (text: string) => Buffer.from(text)],
    ['packed anew', 'conn.log.gz', (text: string) => gzipSync(text)],
    ['packed by zstd', 'conn.log.zst', (text: string) => zstdCompressSync(text)],
  ])('%s still has the lines of all its evidence', async (_, name, pack) => {
    const path = bench.file(name, pack(longLog(300)));
    const first = await bench.imported(path);
    writeFileSync(path, pack(longLog(350)));
    const second = await bench.imported(path);
    expect(second).toMatchObject({ rows: 50, continues: { evidence: first.id } });
    const rows = longLog(350).trimEnd().split('\n').slice(8);
    expect(await bench.linesOf(first)).toEqual(shown(rows.slice(0, 300)));
    expect(await bench.linesOf(second)).toEqual(shown(rows.slice(300)));
  });

  it('by members that were put behind those that were there has them too', async () => {
    const path = bench.file('access.log.gz', gzipSync(halves[0]));
    const first = await bench.imported(path);
    appendFileSync(path, gzipSync(halves[1]));
    const second = await bench.imported(path);
    expect(await bench.linesOf(first)).toEqual(shown(accessLines.slice(0, 50)));
    expect(await bench.linesOf(second)).toEqual(shown(accessLines.slice(50)));
  });
});

describe('a file that is not the one that was imported', () => {
  it.each([
    ['plain', 'access.log', Buffer.from(accessLog), Buffer.from(accessLog.replace('/page/7 ', '/page/8 '))],
    ['in gzip', 'access.log.gz', gzipSync(accessLog, { level: 0 }), gzipSync(accessLog.replace('/page/7 ', '/page/8 '), { level: 0 })],
    ['in an archive', 'a.zip', zipOf({ 'a.log': accessLog }), zipOf({ 'a.log': halves[0], 'b.log': accessLog })],
    ['of another packing', 'access.log.gz', packedAccessLog.gz, zstdCompressSync(accessLog.replaceAll('page', 'side'))],
    ['no log at all', 'access.log.xz', packedAccessLog.xz, Buffer.alloc(packedAccessLog.xz.length, 10)],
  ])('%s says so, even where size and time are the same', async (_, name, before, after) => {
    const path = bench.file(name, before);
    const evidence = await bench.imported(path);
    const { atime, mtime } = statSync(path);
    expect((await bench.firstOf(evidence)).raw).toBe(accessLines[0]);
    writeFileSync(path, after);
    utimesSync(path, atime, mtime);
    for (const line of await bench.linesOf(evidence)) expect(line).toEqual(missing('has changed since it was imported'));
  });

  it('is told where it is gone, a folder, a pipe, cut short or cannot be read', async () => {
    const path = bench.file('access.log.gz', packedAccessLog.gz);
    const evidence = await bench.imported(path);
    truncateSync(path, 100);
    expect(await bench.firstOf(evidence)).toEqual(missing('has changed'));
    rmSync(path);
    expect(await bench.firstOf(evidence)).toEqual(missing('is not there any more'));
    mkdirSync(path);
    expect(await bench.firstOf(evidence)).toEqual(missing('is no file'));
    rmdirSync(path);
    spawnSync('mkfifo', [path]);
    expect(await bench.firstOf(evidence)).toEqual(missing('is no file|is not there'));
    rmSync(path, { force: true });
    symlinkSync(path, path);
    expect(await bench.firstOf(evidence)).toEqual(missing('circles'));
  });

  it('but packed otherwise by now still has the lines', async () => {
    const path = bench.file('access.log.gz', packedAccessLog.gz);
    const evidence = await bench.imported(path);
    writeFileSync(path, packedAccessLog.bz2);
    expect(await bench.linesOf(evidence)).toEqual(shown(accessLines));
    writeFileSync(path, accessLog);
    expect(await bench.linesOf(evidence)).toEqual(shown(accessLines));
  });
});

describe('limits', () => {
  it('of unpacking are said, and so is a file too long to be compared', async () => {
    const path = bench.file('access.log.gz', packedAccessLog.gz);
    const evidence = await bench.imported(path);
    const few = { ...usualLimits, unpacked: 5000 };
    const lines = await bench.linesOf(evidence, few);
    expect(lines.slice(0, 60)).toEqual(shown(accessLines.slice(0, 60)));
    expect(lines.at(-1)).toEqual(missing('packed', 'at most 4.9 kB|at most 5.0 kB|at most'));
    const copy = bench.file('copy.log', accessLog);
    const plain = await bench.imported(copy, { force: true });
    const short = { ...usualLimits, trusted: 1000, hashed: 1000 };
    expect(await bench.firstOf(plain, short)).toEqual(shown(accessLines)[0]);
    utimesSync(copy, new Date(), new Date(0));
    expect(await bench.firstOf(plain, short)).toEqual(missing('too long', 'verify|Verify'));
    expect(await bench.firstOf(plain, { ...usualLimits, trusted: 1000 })).toEqual(shown(accessLines)[0]);
  });

  it('of time are said too', async () => {
    const evidence = await bench.imported(bench.file('access.log.bz2', packedAccessLog.bz2));
    const none = { ...usualLimits, milliseconds: -1 };
    const last = await readRawLine(evidence, accessLog.lastIndexOf('10.0.0.'), none);
    expect(last).toEqual(missing('unpacking', 'longer than'));
    // those behind it are not waited for again
    expect(await readRawLine(evidence, accessLog.length, none)).toEqual(last);
    expect(await bench.firstOf(evidence, none)).toEqual(missing('stands 0 B into'));
    expect((await bench.firstOf(evidence)).raw).toBe(accessLines[0]);
  });

  it('are those of each line that is asked for, many at once too', async () => {
    const evidence = await bench.imported(bench.file('access.log.bz2', packedAccessLog.bz2));
    const limits = accessLines.map((_, i) => ({ ...usualLimits, milliseconds: i % 3 === 0 ? -1 : 60_000 }));
    const offsets = bench.offsetsOf(evidence);
    const lines = await Promise.all(offsets.map((offset, i) => readRawLine(evidence, offset, limits[i])));
    // one that has no time may find that another has done the work
    for (const [i, line] of lines.entries()) if (i % 3 > 0 || line.raw !== null) expect(line.raw).toBe(accessLines[i]);
    expect(lines[0]).toEqual(missing('longer than'));
  });

  it('of the length of a line are kept, whatever is packed', async () => {
    const long = `${accessLines[0]} "${'x'.repeat(100_000)}" "-"`;
    const evidence = await bench.imported(bench.file('access.log.gz', gzipSync(`${long}\n${accessLog}`)), { format: 'access' });
    const lines = await bench.linesOf(evidence);
    expect(lines.some(({ raw }) => raw === accessLines[119])).toBe(true);
    expect(lines.every(({ raw }) => raw !== null && raw.length <= 64 * 1024)).toBe(true);
  });

  it('a renamed file is not looked for', async () => {
    const path = bench.file('access.log', accessLog);
    const evidence = await bench.imported(path);
    renameSync(path, `${path}.old`);
    expect(await bench.firstOf(evidence)).toEqual(missing('is not there any more'));
  });
});
