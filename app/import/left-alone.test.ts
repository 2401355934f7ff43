import { appendFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { Content } from '../original/content.ts';
import { Original } from '../original/original.ts';
import { zipOf } from '../original/packed/testing.ts';
import { cutBeginnings } from './beginning.ts';
import { leftAloneOf } from './left-alone.ts';
import { ImportBench, longLog } from './testing-import.ts';

const bench = new ImportBench();
const rows = (): number => bench.writer.info().connections;

/** The first 300 rows as evidence 1, the other 50 as evidence 2; then evidence 1 is removed. */
async function removedBeginning(): Promise<string> {
  const path = bench.file('conn.log', longLog(300));
  await bench.run([path]);
  bench.file('conn.log', longLog(350));
  await bench.run([path]);
  bench.writer.removeEvidence(1);
  expect(rows()).toBe(50);
  return path;
}

describe('a file of which the case has the rest, and no longer the beginning', () => {
  it('is refused with what to do, so that no record comes in twice', async () => {
    const path = await removedBeginning();
    const { evidence, skipped, refused } = await bench.run([path]);
    expect([evidence, skipped]).toEqual([[], []]);
    expect(refused).toMatchObject([{ path, code: 'ALREADY_IMPORTED' }]);
    expect(refused[0].message).toMatch(/evidence 2 \(conn\.log\) holds it from line 309 on.*evidence 1.*no longer.*Remove evidence 2/);
    expect(rows()).toBe(50);
    bench.writer.removeEvidence(2);
    expect((await bench.run([path])).evidence).toMatchObject([{ rows: 350 }]);
  });

  it('comes in whole where it is forced, and goes on behind that', async () => {
    const path = await removedBeginning();
    expect((await bench.run([path], { force: true })).evidence).toMatchObject([{ rows: 350 }]);
    expect((await bench.run([path])).skipped).toMatchObject([{ evidence: 3 }]);
    bench.file('conn.log', longLog(360));
    expect((await bench.run([path])).evidence).toMatchObject([{ rows: 10, continues: { evidence: 3 } }]);
  });

  it.each<[string, (text: string) => Uint8Array]>([
    ['gzip', (text) => gzipSync(text)],
    ['zip', (text) => zipOf({ 'conn.log': text })],
  ])('is refused when it is packed (%s)', async (name, pack) => {
    await removedBeginning();
    const path = bench.file(`conn.${name}`, pack(longLog(350)));
    expect((await bench.run([path])).refused).toMatchObject([{ code: 'ALREADY_IMPORTED' }]);
    expect(rows()).toBe(50);
  });

  it('is refused when it has grown since', async () => {
    const path = await removedBeginning();
    appendFileSync(path, 'more\n');
    for (const one of [path, bench.file('conn.gz', gzipSync(`${longLog(350)}more\n`))])
      expect((await bench.run([one])).refused).toMatchObject([{ code: 'ALREADY_IMPORTED' }]);
    expect(rows()).toBe(50);
  });

  it('takes the beginning where a copy of it is there, and no more than that', async () => {
    await removedBeginning();
    expect((await bench.run([bench.file('more.log', longLog(320))])).refused).toMatchObject([{ code: 'ALREADY_IMPORTED' }]);
    expect((await bench.run([bench.file('head.log', longLog(300))])).evidence).toMatchObject([{ rows: 300 }]);
    expect(rows()).toBe(350);
  });

  it('is told when the beginning is removed', async () => {
    await removedBeginning();
    const reader = openCaseForReading(bench.writer.path);
    const [last] = reader.custody().slice(-1);
    reader.close();
    expect(last.summary).toMatch(/Removed conn\.log.*Evidence 2 \(conn\.log\) goes on from it.*from line 309 on/);
  });

  it('says nothing of another log', async () => {
    await removedBeginning();
    const other = bench.file('other.log', longLog(400).replace('\tC7\t', '\tX7\t'));
    expect((await bench.run([other])).evidence).toMatchObject([{ rows: 400 }]);
  });

  it.each([
    [
      'of which beginnings were removed',
      (): void => bench.writer.removeEvidence(1),
      (content: Content, step: () => void) => leftAloneOf(bench.writer, content, 0, step),
    ],
    ['that were cut', (): void => undefined, (content: Content, step: () => void) => cutBeginnings(bench.writer, content, step)],
  ])('is read once for all pieces of evidence %s', async (what, removed, ask) => {
    const cut = what.includes('cut');
    for (const rows of [300, 350, 400, 450]) {
      const text = longLog(rows);
      const bytes = cut ? gzipSync(text).subarray(0, -12 - (rows % 7)) : text;
      await bench.run([bench.file(cut ? `conn${rows}.gz` : 'conn.log', bytes)], { force: cut });
    }
    expect(bench.writer.evidence()).toHaveLength(4);
    removed();
    const original = await Original.open(bench.file('other.log', longLog(500).replace('\tC7\t', '\tX7\t')));
    const content = await Content.of(original);
    let steps = 0;
    expect(await ask(content, () => steps++)).toEqual(cut ? [] : null);
    await original.close();
    expect(steps).toBe(1);
  });
});
