import { describe, expect, it, vi } from 'vitest';
import { keys, left, quiet, table, type Block } from '../document.ts';
import { drawBlocks } from './blocks.ts';
import { Canvas } from './canvas.ts';
import { Flow } from './flow.ts';
import { styles, type Paper } from './look.ts';

function canvasOf(paper: Paper = 'A4'): Canvas {
  return new Canvas({ paper, title: 't', author: 'a', subject: 's', date: new Date(0) });
}

/** The lines of every page, after blocks were drawn on pages of which `filled` points were used. */
function drawn(blocks: readonly Block[], filled: number, paper: Paper): readonly (readonly string[])[] {
  const canvas = canvasOf(paper);
  const pages: string[][] = [[]];
  vi.spyOn(canvas, 'line').mockImplementation((line) => {
    while (pages.length < canvas.pages) pages.push([]);
    pages[canvas.pages - 1].push(line.runs.map(({ text }) => text).join(''));
  });
  const flow = new Flow(canvas);
  flow.newPage();
  flow.advance(filled);
  drawBlocks(flow, blocks);
  return pages.map((page) => page.map((text) => text.trim()));
}

describe('the foot of a page', () => {
  const places = Array.from({ length: 60 }, (_, i) => i * 12.25);

  it.each(['A4', 'Letter'] as const)(
    'never parts the last row of a table from the one before, nor from what is said below: %s',
    (paper) => {
      for (const filled of places) {
        const rows = Array.from({ length: 9 }, (_, i) => [`row ${i}`, i % 3 === 0 ? 'two lines '.repeat(9) : 'one']);
        const pages = drawn([table('Caption', [left('A', 1), left('B', 1)], rows, ['the rest ', quiet('elsewhere')])], filled, paper);
        const pageOf = (text: string): number => pages.findIndex((page) => page.includes(text));
        expect(pageOf('row 8')).toBe(pageOf('row 7'));
        expect(pageOf('the rest elsewhere')).toBe(pageOf('row 8'));
        expect(pageOf('Caption')).toBe(pageOf('row 0'));
        expect(pageOf('row 1')).toBe(pageOf('row 0'));
        expect(pages.flat().filter((text) => text.startsWith('row '))).toEqual(rows.map(([name]) => name));
      }
    },
  );

  it('never parts the last of several pairs from the one before', () => {
    for (const filled of places) {
      const pages = drawn([keys(Array.from({ length: 7 }, (_, i) => [`key ${i}`, `value ${i}`] as const))], filled, 'A4');
      expect(pages.findIndex((page) => page.includes('value 6'))).toBe(pages.findIndex((page) => page.includes('key 5')));
    }
  });
});

describe('a line', () => {
  const texts = 'sent 3.9 GiB out of 16.5 %, 1,024 KiB in 4 min, +2.9 σ from the mean; 7 d of 5 min.';
  const canvas = canvasOf();
  const setAt = (width: number): string[] =>
    canvas.lines(texts, width, styles.body).map(({ runs }) => runs.map(({ text }) => text).join(''));

  it('never begins with the unit of a figure, while both fit a line', () => {
    for (let width = 60; width < 400; width += 3) {
      const lines = setAt(width);
      expect(lines.join(' ')).toBe(texts);
      for (const line of lines) expect(line).not.toMatch(/^(GiB|%|KiB|min|σ|d\b)/);
    }
  });

  it('parts them where they are longer than a line, and loses nothing', () => {
    for (let width = 12; width < 60; width += 3) expect(setAt(width).join('').replaceAll(' ', '')).toBe(texts.replaceAll(' ', ''));
    expect(setAt(30)).toContain('GiB');
  });
});
