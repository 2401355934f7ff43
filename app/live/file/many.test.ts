import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followFile } from './follow-file.ts';
import { CollectingSink, ScriptedClock, stored } from './testing.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-many-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('many files', () => {
  const file = (i: number): string => join(folder, `app-${i}.log`);

  /** Follows all of them; each act comes when so many milliseconds have passed, for the source. */
  async function follow(sink: CollectingSink, acts: readonly (readonly [number, () => void])[], end: number): Promise<void> {
    const stop = new AbortController();
    const rest = [...acts];
    const began = Date.now();
    const clock: ScriptedClock = new ScriptedClock(() => {
      const passed = clock.now() - began;
      while (rest.length > 0 && passed >= rest[0][0]) rest.shift()?.[1]();
      if (passed >= end) stop.abort();
    });
    const source = followFile({ path: join(folder, '*.log'), from: 'beginning', watch: false, most: 210, clock });
    await source.run(sink, sink.last === null ? null : stored(sink.last), stop.signal);
  }

  it('that were quiet for long are looked at all the same, without being told', { timeout: 60_000 }, async () => {
    for (let i = 0; i < 200; i++) writeFileSync(file(i), `first ${i}\n`);
    const sink = new CollectingSink();
    const grow = (i: number) => (): void => appendFileSync(file(i), `more ${i}\n`);
    await follow(
      sink,
      [30_000, 31_000, 60_000].map((at, i) => [at, grow(70 * i)]),
      62_000,
    );
    const expected = [...Array.from({ length: 200 }, (_, i) => `first ${i}`), 'more 0', 'more 70', 'more 140'];
    expect(sink.text.trimEnd().split('\n').sort()).toEqual(expected.sort());
    expect(sink.faults).toEqual([]);
  });

  it('one for each hour: those that are deleted make room for those that come', { timeout: 60_000 }, async () => {
    const sink = new CollectingSink();
    const make = (from: number, to: number) => (): void => {
      for (let i = from; i < to; i++) writeFileSync(file(i), `${i}\n`);
    };
    const remove = (): void => {
      for (let i = 0; i < 200; i++) rmSync(file(i));
    };
    make(0, 200)();
    const acts = [
      [5000, remove],
      [20_000, make(200, 300)],
    ] as const;
    await follow(sink, acts, 30_000);
    await follow(sink, [[1000, make(300, 301)]], 10_000);
    const numbers = sink.text.trimEnd().split('\n').map(Number);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 301 }, (_, i) => i));
    expect(sink.faults).toEqual([]);
  });
});
