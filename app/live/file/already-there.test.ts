import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Stored } from '../../original/held-stretches.ts';
import { alreadyThere } from './already-there.ts';
import { sight } from './family.ts';
import { followThrough, inFolder } from './testing.ts';

let log = '';
inFolder('access.log', (_, made) => (log = made));

const lines = (name: string, count = 20): string => Array.from({ length: count }, (_, i) => `${name} line ${i}\n`).join('');
function storedOf(text: string, from: number, to: number, evidence = 1): Stored {
  return { evidence, from, to, sha256: createHash('sha256').update(text.slice(from, to)).digest('hex') };
}
async function look(stored: readonly Stored[]): ReturnType<typeof alreadyThere> {
  const file = await sight(log);
  if (file === null) throw new Error('there is no file');
  return alreadyThere(file, stored, () => undefined);
}

it('knows by their hashes which stretches of a file the case has, one behind the other, packed or not', async () => {
  const whole = fc.array(fc.nat(30), { minLength: 1, maxLength: 60 }).map((widths) => widths.map((n, i) => `${i} ${'x'.repeat(n)}\n`));
  await fc.assert(
    fc.asyncProperty(whole, fc.array(fc.nat(60), { maxLength: 6 }), fc.boolean(), fc.option(fc.nat(4)), async (all, cuts, packed, gone) => {
      const text = all.join('');
      const ends = [0, ...all.map((_, i) => all.slice(0, i + 1).join('').length)];
      const places = [...new Set(cuts.map((cut) => ends[Math.min(cut, all.length)]))].filter((at) => at > 0).sort((a, b) => a - b);
      const pieces = places.map((to, i) => storedOf(text, places[i - 1] ?? 0, to, i + 1));
      const kept = pieces.filter((_, i) => i !== gone);
      writeFileSync(log, packed ? gzipSync(text) : text);
      const { beginning, twice } = await look(kept);
      const whole = gone === null ? pieces.length : Math.min(gone, pieces.length);
      const end = places[whole - 1] ?? 0;
      expect(beginning?.mark.byte ?? 0).toBe(end);
      expect(beginning?.mark.line ?? 0).toBe(text.slice(0, end).split('\n').length - 1);
      expect(twice.map(({ evidence }) => evidence)).toEqual(
        kept.filter(({ from }) => from >= end && from > 0 && end < from).map((one) => one.evidence),
      );
    }),
    { numRuns: 60 },
  );
});

it('takes nothing for known that is another content, or ends within a line', async () => {
  writeFileSync(log, lines('a'));
  expect((await look([storedOf(lines('b'), 0, 40)])).beginning).toBeNull();
  expect((await look([storedOf(lines('a'), 0, 5)])).beginning).toBeNull();
  expect((await look([storedOf(lines('a') + lines('b'), 0, lines('a').length + 3)])).beginning).toBeNull();
});

it('goes on behind what the case has, says where that is, and reads the rest', async () => {
  const text = lines('a');
  writeFileSync(log, text);
  const stored = (): readonly Stored[] => [storedOf(text, 0, text.length, 7)];
  expect((await followThrough(log, [], null, { stored })).text).toBe('');
  const sink = await followThrough(log, [() => appendFileSync(log, lines('b'))], null, { stored });
  expect(sink.text).toBe(lines('b'));
  expect(sink.batches[0].begins).toMatchObject({ byte: text.length, line: 20, continues: 7 });
  expect(sink.faults).toEqual([]);
  // after a restart too
  appendFileSync(log, lines('c'));
  expect((await followThrough(log, [], sink.last, { stored })).text).toBe(lines('c'));
});

it('says so where lines come a second time', async () => {
  const text = lines('a');
  writeFileSync(log, text);
  const half = text.indexOf('line 10') - 2;
  const sink = await followThrough(log, [], null, { stored: () => [storedOf(text, half, text.length, 3)] });
  expect(sink.text).toBe(text);
  expect(sink.faults).toHaveLength(1);
  expect(sink.faults[0]).toContain(`evidence 3`);
  expect(sink.faults[0]).toMatch(/second time/);
});
