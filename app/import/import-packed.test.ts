import { readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { verifyCase } from '../case/verify.ts';
import { formatCount } from '../contract/format.ts';
import { tarOf, zipOf } from '../original/packed/testing.ts';
import { ImportBench, longLog, sample, sha256 } from './testing-import.ts';

const bench = new ImportBench();

describe('importing what is packed', () => {
  it('reads UTF-16 with its mark as UTF-8, alone and in an archive, and knows the text again', async () => {
    const bytes = Buffer.from(`\ufeff${sample.replaceAll('\n', '\r\n').replace('Cxyz1', 'C\u00e4\u{1f600}')}`, 'utf16le');
    const text = bytes.toString('utf16le').slice(1);
    const path = bench.file('conn16.log', bytes);
    const { evidence, refused } = await bench.run([path]);
    expect(refused).toEqual([]);
    expect(evidence).toMatchObject([
      { rows: 2, rejected: 0, sha256: sha256(bytes), unpackedSha256: sha256(text), unpackedBytes: Buffer.byteLength(text) },
    ]);
    expect(evidence[0]?.remarks.join(' ')).toContain('UTF-16 (little endian)');
    const zipped = bench.file('conn16.zip', zipOf({ 'conn.log': Buffer.from(bytes).swap16() }));
    expect((await bench.run([zipped, bench.file('conn8.log', text)])).skipped).toHaveLength(2);
  });

  it('reads UTF-16 with its mark in what is packed as a stream, and verifies it', async () => {
    const text = sample.replaceAll('Cxyz', 'Cutf');
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    const path = bench.file('utf16.log.gz', gzipSync(bytes));
    const { evidence, refused } = await bench.run([path]);
    expect(refused).toEqual([]);
    expect(evidence).toMatchObject([{ rows: 2, rejected: 0, unpackedSha256: sha256(text), unpackedBytes: Buffer.byteLength(text) }]);
    expect(evidence[0]?.remarks.join(' ')).toContain('UTF-16 (little endian)');
    const others = [
      bench.file('utf16.log.zst', zstdCompressSync(Buffer.from(bytes).swap16())),
      bench.file('utf16.zip', zipOf({ 'a.log.gz': gzipSync(bytes) })),
      bench.file('utf8.log', text),
    ];
    expect((await bench.run(others)).skipped).toHaveLength(3);
    const short = await bench.run([
      bench.file('cut16.log.gz', gzipSync(Buffer.from(bytes.toString('utf16le').replaceAll('Cutf', 'Ccut'), 'utf16le').subarray(0, -1))),
    ]);
    expect(short.evidence).toMatchObject([{ rows: 2 }]);
    expect(short.evidence[0].remarks.join(' ')).toContain('It ends within a character, which was left out.');
    const reader = openCaseForReading(bench.writer.path);
    const verified = await verifyCase(reader, {}, { report: () => undefined, stopped: () => false });
    reader.close();
    expect(verified.evidence.filter(({ path: of }) => of === path)).toMatchObject([{ match: true }]);
  });

  it('goes on behind UTF-16 that ended within a character', async () => {
    const bytes = Buffer.from(`\ufeff${longLog(60)}`, 'utf16le');
    const rows: number[] = [];
    for (const length of [4001, 6003, bytes.length]) {
      const { evidence } = await bench.run([bench.file('grown16.log', bytes.subarray(0, length))]);
      rows.push(evidence[0].rows);
      expect(evidence[0].remarks.join(' ').includes('came from evidence')).toBe(length > 4001);
    }
    expect(rows.reduce((sum, one) => sum + one)).toBe(60);
    expect(Math.min(...rows)).toBeGreaterThan(0);
  });

  it('takes each member of a ZIP archive as evidence of its own, which the archive is the original of', async () => {
    const other = sample.replace('Cxyz1', 'Cxyz8');
    const path = bench.file('logs.zip', zipOf({ 'a/conn.log': sample, 'conn.log.gz': gzipSync(other), 'readme.txt': 'words' }));
    const { evidence, refused } = await bench.run([path]);
    expect(evidence.map(({ name, rows }) => [name, rows])).toEqual([
      ['a/conn.log in logs.zip', 2],
      ['conn.log.gz in logs.zip', 2],
    ]);
    expect(evidence.map((one) => one.unpackedSha256)).toEqual([sha256(sample), sha256(other)]);
    for (const one of evidence) expect(one).toMatchObject({ path, sha256: sha256(readFileSync(path)) });
    expect(refused.map((one) => one.path)).toEqual([`readme.txt in ${path}`]);
    expect((await bench.run([path])).skipped).toHaveLength(2);
  });

  it('takes each file of a tar archive, packed or not, and knows it again', async () => {
    const other = sample.replace('Cxyz1', 'Cxyz8');
    const tar = await tarOf({ './a/conn.log': sample, '../../conn.log': other, 'readme.txt': 'words', 'nothing.log': '' });
    const path = bench.file('logs.tgz', gzipSync(tar));
    const { evidence, refused } = await bench.run([path]);
    expect(evidence.map(({ name, rows }) => [name, rows])).toEqual([
      ['./a/conn.log in logs.tgz', 2],
      ['../../conn.log in logs.tgz', 2],
    ]);
    for (const one of evidence) expect(one).toMatchObject({ path, sha256: sha256(readFileSync(path)), status: 'complete' });
    expect(refused).toMatchObject([
      { path: `readme.txt in ${path}`, code: 'FORMAT_UNKNOWN', archive: path, member: 'readme.txt' },
      { path: `nothing.log in ${path}`, code: 'FILE_EMPTY' },
    ]);
    expect((await bench.run([path])).skipped).toHaveLength(2);
    // the same bytes, whatever they are packed in
    expect((await bench.run([bench.file('logs.tar', tar)])).skipped).toHaveLength(2);
  });

  it('takes each of several members of one name, and knows each again', async () => {
    const grown = `${sample}${sample.split('\n').at(8)?.replace('Cxyz', 'Cnew') ?? ''}\n`;
    const archives = {
      'a.tar': Buffer.concat([(await tarOf({ 'a.log': sample })).subarray(0, -1024), await tarOf({ 'a.log': grown })]),
      'a.zip': Buffer.from(zipOf({ 'a.log': sample, 'b.log': grown }).toString('latin1').replaceAll('b.log', 'a.log'), 'latin1'),
    };
    const old = bench.file('old.tar', await tarOf({ 'a.log': sample }));
    for (const [name, bytes] of Object.entries(archives)) {
      const path = bench.file(name, bytes);
      const { evidence, refused, skipped } = await bench.run([path], { force: true });
      expect([refused, skipped]).toEqual([[], []]);
      expect(evidence.map((one) => [one.name, one.unpackedSha256])).toEqual([
        [`a.log in ${name}`, sha256(sample)],
        [`a.log (2nd of this name) in ${name}`, sha256(grown)],
      ]);
      const again = await bench.run([path]);
      expect(again.evidence).toEqual([]);
      expect(again.skipped.map((one) => one.evidence)).toEqual(evidence.map(({ id }) => id));
    }
    expect((await bench.run([old])).skipped).toHaveLength(1);
  });

  it('that is in the case cites the evidence that has it, not another member of its archive', async () => {
    const files = { 'one.log': sample, 'two.log': sample.replace('Cxyz1', 'Cxyz8'), 'three.log': longLog(5) };
    await bench.run([bench.file('a.zip', zipOf(files))]);
    const again = await bench.run([bench.file('b.tar', await tarOf(files)), bench.file('three.log', longLog(5))]);
    expect(again.evidence).toEqual([]);
    expect(again.skipped.map((one) => one.evidence)).toEqual([1, 2, 3, 3]);
    expect(again.skipped[1].message).toContain('as evidence 2 (two.log in a.zip)');
  });

  it('takes one file of an archive where it is asked for by name', async () => {
    const other = sample.replace('Cxyz1', 'Cxyz8');
    for (const [name, bytes] of [
      ['a.zip', zipOf({ 'one.log': sample, 'two.log': other })],
      ['a.tar', await tarOf({ 'one.log': sample, 'two.log': other })],
    ] as const) {
      const path = bench.file(name, bytes);
      const { evidence, refused } = await bench.run([path], { member: 'two.log', force: true });
      expect([evidence.map((one) => one.name), refused]).toEqual([[`two.log in ${name}`], []]);
      expect((await bench.run([path], { member: 'three.log' })).refused).toMatchObject([{ path, code: 'FILE_NOT_FOUND' }]);
    }
    expect((await bench.run([bench.file('plain.log', sample)], { member: 'x' })).refused).toMatchObject([{ code: 'FORMAT_UNKNOWN' }]);
  });

  it('keeps what comes before a tar archive breaks off', async () => {
    const tar = await tarOf({ 'one.log': sample, 'two.log': longLog(2000), 'three.log': longLog(10) });
    const { evidence, refused } = await bench.run([bench.file('cut.tar', tar.subarray(0, 60_000))]);
    expect(evidence.map(({ status }) => status)).toEqual(['complete', 'incomplete']);
    expect(refused).toEqual([]);
    const between = await bench.run([bench.file('between.tar', tar.subarray(0, 1700))], { force: true });
    expect(between.evidence).toHaveLength(1);
    expect(between.refused).toMatchObject([{ code: 'FILE_DAMAGED' }]);
  });

  it('unpacks zstd in passing, frame after frame', async () => {
    const packed = Buffer.concat([zstdCompressSync(sample), zstdCompressSync(sample)]);
    const { evidence } = await bench.run([bench.file('conn.log.zst', packed)]);
    expect(evidence[0]).toMatchObject({ rows: 4, bytes: packed.length, unpackedBytes: sample.length * 2, status: 'complete' });
  });

  it('unpacks gzip in passing, several members too, and hashes both', async () => {
    const rows = sample.split('\n').slice(8).join('\n');
    const packed = Buffer.concat([gzipSync(sample), gzipSync(rows), Buffer.from('tail')]);
    const { evidence } = await bench.run([bench.file('conn.log.gz', packed)]);
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
    const cut = await bench.run([bench.file('cut.gz', packed.subarray(0, packed.length >> 1))]);
    expect(cut.evidence[0].status).toBe('incomplete');
    expect(cut.evidence[0].rows).toBeGreaterThan(1000);
    expect(cut.evidence[0].rejected).toBe(1);
    expect(cut.evidence[0].remarks.join()).toContain('The file is cut');
    const hurt = Buffer.from(packed);
    hurt.fill(0, packed.length - 9000, packed.length - 8900);
    const damaged = await bench.run([bench.file('damaged.gz', hurt)]);
    expect(damaged.evidence[0]).toMatchObject({ status: 'incomplete', sha256: sha256(hurt) });
    expect(damaged.evidence[0].remarks.join()).toMatch(/The file is damaged: .*may be false/);
    expect(cut.evidence[0].remarks.join()).not.toContain('false');
  });

  it('says that any record may be false where the check sum of the whole does not fit', async () => {
    const text = longLog(3000);
    const packed = gzipSync(text);
    // one byte that leaves something to be unpacked to the very end, and other records among it
    for (let at = packed.length >> 1; at < packed.length - 100; at++) {
      const hurt = Uint8Array.from(packed);
      hurt[at] ^= 1;
      const { evidence } = await bench.run([bench.file(`${at}.gz`, hurt)], { force: true });
      const [one] = evidence;
      if (one === undefined || one.unpackedBytes < text.length * 0.95 || one.rejected === 0) continue;
      const remarks = one.remarks.join(' ');
      expect(one.status).toBe('incomplete');
      expect(remarks).toMatch(/The file is damaged:.*check sum.*any of its records may be false/);
      expect(remarks).not.toContain('What comes before was kept');
      const reader = openCaseForReading(bench.writer.path);
      const { rejects } = reader.rejects({ evidence: one.id, offset: 0, limit: 10_000 });
      reader.close();
      const first = Math.min(...rejects.map(({ line }) => line));
      expect(remarks).toContain(`The first line of it that could not be taken is line ${formatCount(first)}`);
      return;
    }
    throw new Error('no byte does that');
  });
});
