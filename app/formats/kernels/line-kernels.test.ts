import { describe, expect, it } from 'vitest';
import { LineKernels, lineModule } from './line-kernels.ts';
import { ENDS, LINES, VALUES } from './map.ts';

const kernels = new LineKernels();

/** One word a line, as the scan leaves them. */
function lay(words: readonly string[]): void {
  const { bytes, ends } = kernels;
  let at = LINES;
  ends[0] = at - 1;
  for (const [i, word] of words.entries()) {
    bytes.set(Buffer.from(`${word}\n`), at);
    at += word.length + 1;
    ends[i + 1] = at - 1;
  }
}

const similar = Array.from({ length: 1800 }, (_, i) => `203.0.${113 + (i >> 8)}.${i & 255}`);
const long = Array.from({ length: 1800 }, (_, i) => `a word of more than thirty-two bytes: ${i % 1000}${'x'.repeat(i % 23)}`);

describe('the kernels that read lines', () => {
  it('are the same bytes every time', () => {
    expect(lineModule()).toEqual(lineModule());
  });

  it.each([
    ['addresses that are much alike', similar],
    ['long words that differ at their ends', long],
  ])('find every word again that they were told of: %s', (_, words) => {
    kernels.claim({});
    const distinct = [...new Set(words)];
    lay(distinct);
    const find = (kind: number): number => kernels.words(ENDS + 4, 4, distinct.length, VALUES, kind, 0, 0);
    expect(find(1)).toBe(distinct.length);
    for (const [i, word] of distinct.entries()) kernels.keep(kernels.ends[i] + 1, word.length, 1, i + 1);
    expect(find(1)).toBe(0);
    expect([...kernels.ids(VALUES, distinct.length)]).toEqual(distinct.map((_word, i) => i + 1));
    expect(find(0)).toBe(distinct.length);
    kernels.claim({});
    expect(find(1)).toBe(distinct.length);
  });
});
