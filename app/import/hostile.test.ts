import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_MEMBERS } from '../original/packed/member.ts';
import { zipOf } from '../original/packed/testing.ts';
import { ImportBench, longLog, quiet, sample } from './testing-import.ts';

/** Files that are made to break whoever reads them, or that a disk or a person broke: each a clear outcome. */
const bench = new ImportBench();
const MiB = 2 ** 20;

/** Zstandard's block that says one byte 128 KiB over (RFC 8878, 3.1.1.2): 4 bytes each. */
function zstdBomb(head: string, times: number): Buffer {
  const frame = (blocks: Buffer[]): Buffer => Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]), ...blocks]);
  const block = (type: number, size: number, last: boolean, content: Buffer): Buffer => {
    const header = Buffer.alloc(3);
    header.writeUIntLE((size << 3) | (type << 1) | Number(last), 0, 3);
    return Buffer.concat([header, content]);
  };
  const text = Buffer.from(head);
  const one = block(1, 2 ** 17, false, Buffer.from('x'));
  const many = Array.from({ length: times }, () => one);
  return Buffer.concat([frame([block(0, text.length, true, text)]), frame([...many, block(1, 1, true, Buffer.from('x'))])]);
}

/** One block of bzip2 that holds 45,899,235 zeros, as bzip2 1.0.8 wrote it. */
const bzip2Zeros = Buffer.from('QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXF3JFOFCQDgni3w==', 'base64');

/** The sample, as bzip2 1.0.8 wrote it. */
const bzip2Sample = Buffer.from(
  'QlpoOTFBWSZTWQ+p/xgAACNfgHAwSGd/8AkACAS/599wMAEti2hqTyJPJpmqekAGmgDTT1BoNAFNRgSANBoHkTGp5QShKPSeUNqeoBtQAAAFYF2HqIPxJrSb' +
    'Z5MGHscfed8KzneSUroyQyhbpk6dW54q0rjJt0NFfGVgFn1UIGwixQUUUoZgZBhRibLwUyMFePtAGenyJR2ODSdNWnJLVBjIYCpQ83iQ7k612Wix4DmsJ5iQ' +
    'JGQ6UUrsEqG4xjw8vD3RTNPWBqwY95b+g0kCMQpC/MPrUIXTKlCzztnkINR0kcSHzSCVWicoh+SKPVHNGfZKosni8ORjFbRzGlYEMP4iQjSKpAkU8VQ1PVnB' +
    'uFCSDIhakUhB4wMqPdZSEtkmcyvgzYO1bXBFPaYclrGxBKQK9gxxEVXDARH8XckU4UJAPqf8YA==',
  'base64',
);

describe('bombs', () => {
  const haveXz = spawnSync('xz', ['--version']).status === 0;
  const open = sample.replace(/#close.*\n/, '');
  const packings: readonly (readonly [string, () => Buffer])[] = [
    ['gzip', () => Buffer.concat([gzipSync(open), ...Array.from({ length: 6 }, () => gzipSync(Buffer.alloc(64 * MiB), { level: 1 }))])],
    ['zstd', () => zstdBomb(open, 9000)],
    ['bzip2', () => Buffer.concat([bzip2Sample, ...Array.from({ length: 6 }, () => bzip2Zeros)])],
    [
      'xz',
      () =>
        haveXz
          ? spawnSync('xz', ['-0', '-c'], { input: Buffer.concat([Buffer.from(open), Buffer.alloc(200 * MiB)]) }).stdout
          : Buffer.alloc(0),
    ],
  ];

  it.each(packings)('of %s: memory stays flat', async (name, make) => {
    const bytes = make();
    if (bytes.length === 0) return;
    const path = bench.file(`bomb.${name}`, bytes);
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = { ...quiet, report: () => void (most = Math.max(most, process.memoryUsage().rss - before)) };
    const { evidence, refused } = await bench.run([path], {}, watch);
    expect(most).toBeLessThan(300 * MiB);
    if (name === 'zstd') {
      expect(refused).toMatchObject([{ path, code: 'FILE_DAMAGED', message: expect.stringContaining('2,000 times its size') as string }]);
      expect(bench.writer.info()).toMatchObject({ evidence: 0, connections: 0 });
    } else expect(evidence).toMatchObject([{ rows: 2, rejected: 1 }]);
  });
});

describe('archives that lie', () => {
  /** Changes so many bytes at this place of every entry's local and central header. */
  function patched(zip: Buffer, local: number, central: number, change: (at: number) => void): Buffer {
    for (let at = zip.indexOf('PK\x03\x04'); at >= 0; at = zip.indexOf('PK\x03\x04', at + 4)) change(at + local);
    for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4)) change(at + central);
    return zip;
  }

  it('with a password, a strange method, sizes that are not those: each member says so', async () => {
    const make = (): Buffer => zipOf({ 'conn.log': longLog(3000) });
    const locked = make();
    patched(locked, 6, 8, (at) => locked.writeUInt16LE(0x801, at));
    const strange = make();
    patched(strange, 8, 10, (at) => strange.writeUInt16LE(97, at));
    const small = make();
    patched(small, 22, 24, (at) => small.writeUInt32LE(5000, at));
    const large = make();
    patched(large, 22, 24, (at) => large.writeUInt32LE(0x7fff_ffff, at));
    const refusals = await bench.run([bench.file('locked.zip', locked), bench.file('strange.zip', strange)]);
    expect(refusals.refused).toMatchObject([
      { code: 'FILE_UNREADABLE', member: 'conn.log', message: expect.stringMatching(/password. Unpack it first/) as string },
      { code: 'FILE_UNREADABLE', message: expect.stringMatching(/method of ZIP that Flowcase does not read \(97\)/) as string },
    ]);
    const { evidence, refused } = await bench.run([bench.file('small.zip', small), bench.file('large.zip', large)]);
    for (const one of evidence) expect(one).toMatchObject({ status: 'incomplete' });
    expect(evidence.length + refused.length).toBe(2);
  });

  it('with an archive inside, or more files than a folder of logs has', async () => {
    const inner = zipOf({ 'conn.log': sample });
    const nested = await bench.run([bench.file('outer.zip', zipOf({ 'inner.zip': inner, 'conn.log': sample }))]);
    expect(nested.evidence).toHaveLength(1);
    expect(nested.refused).toMatchObject([
      { code: 'FORMAT_UNKNOWN', member: 'inner.zip', message: expect.stringContaining('a ZIP archive') as string },
    ]);
    const many = zipOf(Object.fromEntries(Array.from({ length: MAX_MEMBERS + 1 }, (_, i) => [`${i}.log`, ''])));
    const path = bench.file('many.zip', many);
    const { refused } = await bench.run([path]);
    expect(refused).toMatchObject([
      { path, code: 'FILE_UNREADABLE', message: expect.stringMatching(/holds 10,001 files; up to 10,000/) as string },
    ]);
  });

  it('with names that lead out of a folder, or hold what a terminal obeys: they are names and nothing else', async () => {
    const names = ['../../../etc/conn.log', '/etc/passwd', 'C:\\conn.log', 'a\nb\u001b[2J.log'];
    const zip = zipOf(Object.fromEntries(names.map((name, i) => [name, sample.replace('Cxyz1', `Cxyz${i + 3}`)])));
    const { evidence } = await bench.run([bench.file('names.zip', zip)]);
    expect(evidence.map(({ options }) => options['member'])).toEqual(names);
  });
});

describe('files that are no logs, or hardly', () => {
  it('in another encoding without its mark, or packed in that, are refused by its name', async () => {
    const little = Buffer.from(sample, 'utf16le');
    const big = Buffer.from(little).swap16();
    const marked = (mark: number[], bytes: Buffer): Buffer => Buffer.concat([Buffer.from(mark), bytes]);
    for (const [name, bytes, said] of [
      ['little', little, 'little endian'],
      ['big', big, 'big endian'],
      ['little', little, 'without the mark at its beginning (BOM)'],
      ['packed', gzipSync(big), 'big endian'],
      ['wider and packed', gzipSync(marked([0xff, 0xfe, 0, 0], little)), 'UTF-32'],
      ['wider', marked([0xff, 0xfe, 0, 0], little), 'UTF-32'],
    ] as const) {
      const { refused } = await bench.run([bench.file(name, bytes)]);
      expect(refused).toMatchObject([{ code: 'ENCODING_UNSUPPORTED', message: expect.stringContaining(said) as string }]);
    }
  });

  it('of zeros, of comments, of one endless line are refused with what was found', async () => {
    const result = await bench.run([
      bench.file('zeros', Buffer.alloc(5 * MiB)),
      bench.file('comments', '# a\n# b\n# c\n'),
      bench.file('line', 'x'.repeat(10 * MiB)),
      bench.file('blank', '\n'.repeat(1000)),
    ]);
    expect(result.evidence).toEqual([]);
    expect(result.refused.map(({ code }) => code)).toEqual(['LINE_TOO_LONG', 'FORMAT_UNKNOWN', 'LINE_TOO_LONG', 'FORMAT_UNKNOWN']);
    for (const { path, message } of result.refused) expect(message).toContain(path);
  });

  it('with a line of 10 MB or NULs in them keep every other line', async () => {
    const rows = longLog(50);
    const { evidence } = await bench.run([
      bench.file('long', `${rows}${'x'.repeat(10 * MiB)}\n${rows.split('\n').at(-2)?.replace('C49', 'C50') ?? ''}\n`),
      bench.file('nuls', `${rows}\0\0\0\n\0${rows.split('\n').at(-2) ?? ''}\n`),
    ]);
    expect(evidence).toMatchObject([
      { rows: 51, rejected: 1 },
      { rows: 51, rejected: 1 },
    ]);
    expect(evidence[1].remarks.join(' ')).toContain('NULs stand before 1 line');
  });

  it('are taken whatever they are called', async () => {
    const { evidence } = await bench.run([bench.file('a\nb\t\u202e.log', sample), bench.file("it's *[1]?.log", longLog(3))]);
    expect(evidence.map(({ name }) => name)).toEqual(['a\nb\t\u202e.log', "it's *[1]?.log"]);
  });

  it.skipIf(process.platform === 'win32')('that are not there, or may not be read, are refused by their path', async () => {
    const broken = join(bench.folder, 'broken.log');
    symlinkSync(join(bench.folder, 'nowhere'), broken);
    const shut = bench.file('shut.log', sample);
    chmodSync(shut, 0);
    const { refused, evidence } = await bench.run([broken, shut]);
    expect(refused).toMatchObject([
      { path: broken, code: 'FILE_NOT_FOUND' },
      ...(process.getuid?.() === 0 ? [] : [{ path: shut, code: 'FILE_UNREADABLE' }]),
    ]);
    expect(evidence).toHaveLength(process.getuid?.() === 0 ? 1 : 0);
  });
});
