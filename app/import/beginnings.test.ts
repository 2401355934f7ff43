import { rmSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ImportBench, longLog } from './testing-import.ts';

const bench = new ImportBench();

describe('a file that is the beginning of evidence', () => {
  it('is skipped, unless it is forced, or its bytes are others, or the whole original cannot be asked', async () => {
    const whole = bench.file('whole.log', longLog(200));
    await bench.run([whole]);
    const part = bench.file('part.log', longLog(92));
    expect(await bench.run([part])).toMatchObject({ evidence: [], skipped: [{ path: part, evidence: 1 }] });
    expect((await bench.run([bench.file('other.log', longLog(92).replace('C91\t', 'X91\t'))])).evidence).toHaveLength(1);
    expect((await bench.run([part], { force: true })).evidence[0]).toMatchObject({ rows: 92 });
    rmSync(whole);
    expect((await bench.run([bench.file('less.log', longLog(50))])).evidence).toHaveLength(0);
    for (const name of ['part.log', 'other.log']) bench.file(name, 'gone');
    expect((await bench.run([bench.file('least.log', longLog(40))])).evidence).toHaveLength(1);
  });
});

describe('a file that is the beginning of evidence, packed or not', () => {
  it.each<[string, (text: string) => Uint8Array | string, (text: string) => Uint8Array | string]>([
    ['packed, after its packed longer version', (text) => gzipSync(text), (text) => gzipSync(text)],
    ['packed, after its longer version', (text) => text, (text) => gzipSync(text)],
    ['plain, after its packed longer version', (text) => zstdCompressSync(text), (text) => text],
  ])('%s is skipped', async (_, longer, shorter) => {
    await bench.run([bench.file('whole.log', longer(longLog(4000)))]);
    const part = bench.file('part.log', shorter(longLog(3000)));
    expect(await bench.run([part])).toMatchObject({ evidence: [], skipped: [{ path: part, evidence: 1 }] });
    expect((await bench.run([bench.file('less.log', shorter(longLog(90)))])).skipped).toHaveLength(1);
    expect((await bench.run([bench.file('other.log', shorter(longLog(3000).replace('C2999\t', 'X\t')))])).evidence).toHaveLength(1);
  });

  it('is taken where the longer original has moved, and says what it may be', async () => {
    const path = bench.file('whole.log', longLog(4000));
    await bench.run([path]);
    rmSync(path);
    const [evidence] = (await bench.run([bench.file('part.log', longLog(3000))])).evidence;
    expect(evidence.remarks.join()).toMatch(/those of evidence 1 \(whole\.log\).*in the case twice/);
    expect((await bench.run([bench.file('other.log', longLog(3100).replace('C5\t', 'X5\t'))])).evidence[0].remarks.join()).not.toContain(
      'twice',
    );
  });
});

describe('logs that share their header', () => {
  it('do not go on from one that is nothing else', async () => {
    const header = longLog(0);
    await bench.run([bench.file('header.log', header)]);
    const [evidence] = (await bench.run([bench.file('other.log', longLog(20))])).evidence;
    expect(evidence.rows).toBe(20);
    expect(evidence.continues).toBeUndefined();
  });
});

describe('the same bytes under another name or packed otherwise', () => {
  it('are skipped, whatever came first, unless forced', async () => {
    const log = longLog(200);
    const other = longLog(210).replace('C1\t', 'D1\t');
    const plain = bench.file('conn.log', log);
    const packed = bench.file('conn.log.gz', gzipSync(log));
    const again = bench.file('again.gz', gzipSync(log, { level: 1 }));
    const first = await bench.run([plain, packed, again]);
    expect(first.evidence).toHaveLength(1);
    expect(first.skipped.map(({ path, evidence }) => [path, evidence])).toEqual([
      [packed, 1],
      [again, 1],
    ]);
    expect(first.skipped[0].message).toContain('conn.log');
    const second = await bench.run([bench.file('other.gz', gzipSync(other)), bench.file('other.log', other)]);
    expect([second.evidence.length, second.skipped.length]).toEqual([1, 1]);
    expect(bench.writer.info().connections).toBe(410);
    expect((await bench.run([packed], { force: true })).evidence).toHaveLength(1);
  });
});
