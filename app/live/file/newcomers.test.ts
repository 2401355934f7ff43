import { appendFileSync, copyFileSync, mkdirSync, renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CollectingSink, followThrough, inFolder } from './testing.ts';

let folder = '';
let pattern = '';

inFolder('g-*.log', (...made) => ([folder, pattern] = made));

const path = (name: string): string => join(folder, name);
const lines = (name: string, count = 10): string => Array.from({ length: count }, (_, i) => `${name} ${i}\n`).join('');

/** Watches for the first time, while there is one file; since when, in microseconds. */
async function firstTime(): Promise<{ readonly sink: CollectingSink; readonly since: number }> {
  const since = Date.now() * 1000;
  writeFileSync(path('g-a.log'), lines('a'));
  return { sink: await followThrough(pattern, []), since };
}

describe('a file that a pattern takes in, and that was rotated before anybody has seen it', () => {
  it.each([
    ['renamed', (text: string) => writeFileSync(path('g-z.log.1'), text)],
    ['packed', (text: string) => writeFileSync(path('g-z.log.1.gz'), gzipSync(text))],
    ['dated', (text: string) => writeFileSync(path('g-z.log-20261121'), text)],
    ['dated before the ending, packed', (text: string) => writeFileSync(path('g-z-20261121.log.zst'), zstdCompressSync(text))],
    ['dated behind it, packed', (text: string) => writeFileSync(path('g-z.log.20261121.zst'), zstdCompressSync(text))],
    [
      'in a folder there',
      (text: string) => {
        mkdirSync(path('old'));
        writeFileSync(join(folder, 'old', 'g-z.log.1'), text);
      },
    ],
  ])('is read from its oldest generation on, after a restart (%s)', async (_, rotate) => {
    const { sink: before, since } = await firstTime();
    rotate(lines('one'));
    writeFileSync(path('g-z.log'), lines('two'));
    const sink = await followThrough(pattern, [], before.last, { since });
    expect(sink.text).toBe(lines('one') + lines('two'));
    expect(sink.faults).toEqual([]);
    expect((await followThrough(pattern, [], sink.last, { since })).text).toBe('');
  });

  it('and nothing had come before at all, of a pattern and of one file', async () => {
    const since = Date.now() * 1000;
    writeFileSync(path('g-z.log.2.gz'), gzipSync(lines('one')));
    writeFileSync(path('g-z.log.1'), lines('two'));
    writeFileSync(path('g-z.log'), lines('three'));
    const whole = lines('one') + lines('two') + lines('three');
    expect((await followThrough(pattern, [], null, { since })).text).toBe(whole);
    expect((await followThrough(path('g-z.log'), [], null, { since })).text).toBe(whole);
  });

  it('while it runs', async () => {
    const sink = await followThrough(pattern, [
      () => undefined,
      () => {
        writeFileSync(path('g-z.log'), lines('one'));
        renameSync(path('g-z.log'), path('g-z.log.1'));
        writeFileSync(path('g-z.log'), lines('two'));
        copyFileSync(path('g-z.log'), path('g-z.log.0'));
        truncateSync(path('g-z.log'));
        appendFileSync(path('g-z.log'), lines('three'));
      },
    ]);
    expect(sink.text).toBe(lines('one') + lines('two') + lines('three'));
    expect(sink.faults).toEqual([]);
  });

  it('but nothing of before the watch began', async () => {
    const { sink: before, since } = await firstTime();
    writeFileSync(path('g-z.log.2'), lines('history'));
    utimesSync(path('g-z.log.2'), since / 1e6 - 60, since / 1e6 - 60);
    writeFileSync(path('g-z.log.1'), lines('one'));
    writeFileSync(path('g-z.log'), lines('two'));
    expect((await followThrough(pattern, [], before.last, { since })).text).toBe(lines('one') + lines('two'));
  });

  it('and what was there at the first start stays history', async () => {
    writeFileSync(path('g-z.log.1'), lines('history'));
    writeFileSync(path('g-z.log'), '');
    const since = Date.now() * 1000;
    const first = await followThrough(pattern, []);
    expect(first.text).toBe('');
    utimesSync(path('g-z.log.1'), since / 1e6 - 60, since / 1e6 - 60);
    appendFileSync(path('g-z.log'), lines('one'));
    expect((await followThrough(pattern, [], null, { since })).text).toBe(lines('one'));
  });

  it('but no log of its own that is called like a generation', async () => {
    const { sink: before, since } = await firstTime();
    for (const name of ['g-z.log', 'g-z_2.log', 'g-z-3.log', 'g-z_2.20261121.log']) writeFileSync(path(name), lines(name));
    const acts = [() => undefined, () => appendFileSync(path('g-z_2.log'), lines('more'))];
    const sink = await followThrough(pattern, acts, before.last, { since });
    const expected = ['g-z.log', 'g-z_2.log', 'g-z-3.log', 'g-z_2.20261121.log', 'more'].map((name) => lines(name));
    expect(sink.text.split('\n').sort()).toEqual(expected.join('').split('\n').sort());
  });

  it('and no file of another source', async () => {
    const { sink: before, since } = await firstTime();
    writeFileSync(path('g-z.log.1'), lines('of another'));
    writeFileSync(path('g-z.log'), lines('two'));
    const isOthers = (file: string): boolean => file === path('g-z.log.1');
    expect((await followThrough(pattern, [], before.last, { since, isOthers })).text).toBe(lines('two'));
  });

  it('of which the second log, closer in name, has its own', async () => {
    const { sink: before, since } = await firstTime();
    writeFileSync(path('g-z-2.log'), lines('second'));
    writeFileSync(path('g-z.log'), lines('first'));
    writeFileSync(path('g-z-2.log.1.gz'), gzipSync(lines('earlier')));
    const sink = await followThrough(pattern, [], before.last, { since });
    expect(sink.text).toBe(lines('earlier') + lines('second') + lines('first'));
  });
});
