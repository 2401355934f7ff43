import type { Block, KeyRow, Mark, Rich } from '../document.ts';
import { drawChart, chartHeight } from './charts.ts';
import type { Flow } from './flow.ts';
import type { Line } from './lines.ts';
import { colors, space, styles } from './look.ts';
import { drawMark, MARK_WIDTH } from './marks.ts';
import { isMarked } from '../document.ts';
import { cellText, drawTable, TABLE_KEEP } from './table.ts';

const KEY_WIDTH = 132;
const KEY_ROW = styles.value.leading + 5;

/** Draws blocks one under the other. A heading never stands alone at the foot of a page. */
export function drawBlocks(flow: Flow, blocks: readonly Block[]): void {
  blocks.forEach((block, index) => {
    if (block.type === 'heading') flow.heading(block.level, block.text, keepBelow(blocks, index + 1));
    else drawBlock(flow, block);
  });
}

/** Height of what must follow a heading on its page: the beginning of the next block, or the next heading with its own. */
export function keepBelow(blocks: readonly Block[], index: number): number {
  const block = blocks[index];
  if (block === undefined) return 0;
  switch (block.type) {
    case 'heading':
      return 30 + keepBelow(blocks, index + 1);
    case 'paragraph':
    case 'list':
      return styles.body.leading * 2 + keepOfNext(blocks, index + 1);
    case 'keys':
      // Few pairs stay with what follows them.
      return Math.min(block.rows.length, 4) * KEY_ROW + (block.rows.length < 4 ? keepOfText(blocks, index + 1) : 0);
    case 'note':
      return 44;
    case 'table':
      return TABLE_KEEP;
    default:
      return chartHeight(block) + 20;
  }
}

function keepOfText(blocks: readonly Block[], index: number): number {
  return blocks[index]?.type === 'paragraph' ? styles.body.leading * 3 + space.paragraph : 0;
}

/** A sentence above a chart, a table or a heading stays with it. */
function keepOfNext(blocks: readonly Block[], index: number): number {
  const next = blocks[index];
  return next !== undefined && (next.type === 'heading' || 'caption' in next) ? keepBelow(blocks, index) : 0;
}

function drawBlock(flow: Flow, block: Exclude<Block, { type: 'heading' }>): void {
  switch (block.type) {
    case 'paragraph':
      drawParagraph(flow, block.text, block.quiet);
      return;
    case 'list':
      drawList(flow, block.items, block.numbered);
      return;
    case 'keys':
      drawKeys(flow, block.rows);
      return;
    case 'note':
      drawNote(flow, block.title, block.text, block.tone === 'caution');
      return;
    case 'table':
      drawTable(flow, block);
      return;
    default:
      drawChart(flow, block);
  }
}

export function drawParagraph(flow: Flow, text: Rich, quiet = false): void {
  const style = quiet ? styles.quiet : styles.body;
  flow.text('P', flow.canvas.lines(text, flow.canvas.contentWidth, style), style, flow.canvas.left);
  flow.advance(space.paragraph);
}

function drawList(flow: Flow, items: readonly Rich[], numbered: boolean): void {
  const { canvas } = flow;
  const style = styles.body;
  const indent = numbered ? 18 : 12;
  canvas.element('L', () => {
    items.forEach((item, index) => {
      const lines = canvas.lines(item, canvas.contentWidth - indent, style);
      canvas.element('LI', () => {
        flow.ensure(style.leading * Math.min(lines.length, 3));
        const top = flow.y;
        canvas.element('Lbl', () => {
          canvas.content('Lbl', () => canvas.label(numbered ? `${index + 1}.` : '•', canvas.left, top, { ...style, color: colors.text3 }));
        });
        canvas.element('LBody', () => flow.lines('LBody', lines, style, canvas.left + indent));
      });
      flow.advance(3);
    });
  });
  flow.advance(space.paragraph - 3);
}

/**
 * Keys on the left, values on the right, hairlines between: a table without a head, so that it reads as pairs. The last pair never stands alone
 * on a page.
 */
export function drawKeys(flow: Flow, rows: readonly KeyRow[]): void {
  const { canvas } = flow;
  const pairs = rows.map((row) => setPair(flow, row));
  canvas.element('Table', () => {
    pairs.forEach((pair, index) => {
      const isLastButOne = index > 0 && index === pairs.length - 2;
      flow.ensure(pair.keep + (isLastButOne ? (pairs.at(-1)?.keep ?? 0) : 0));
      drawPair(flow, pair);
    });
  });
  flow.advance(space.paragraph + 3);
}

interface Pair {
  readonly keyLines: readonly Line[];
  readonly lines: readonly Line[];
  readonly mark: Mark | null;
  /** Points that must be left on the page where it begins. */
  readonly keep: number;
}

function setPair({ canvas }: Flow, { key, value }: KeyRow): Pair {
  // Notes are printed whole.
  const [text] = cellText(value, Infinity);
  const mark = value !== null && isMarked(value) ? value.mark : null;
  const width = canvas.contentWidth - KEY_WIDTH - (mark === null ? 0 : MARK_WIDTH);
  const lines = canvas.lines(text, width, styles.value);
  const keyLines = canvas.lines(key, KEY_WIDTH - 10, styles.key);
  return { keyLines, lines, mark, keep: Math.min(lines.length, 4) * styles.value.leading + 5 };
}

function drawPair(flow: Flow, { keyLines, lines, mark }: Pair): void {
  const { canvas } = flow;
  const x = canvas.left + KEY_WIDTH;
  canvas.element('TR', () => {
    const top = flow.y + 2.5;
    canvas.element('TH', () => drawKey(flow, keyLines, top), { scope: 'Row' });
    if (mark !== null) canvas.artifact(() => drawMark(canvas, mark, x, top + styles.value.leading / 2));
    flow.advance(2.5);
    canvas.element('TD', () => flow.lines('TD', lines, styles.value, mark === null ? x : x + MARK_WIDTH));
    flow.advance(Math.max(0, keyLines.length - lines.length) * styles.key.leading + 2.5);
  });
  canvas.artifact(() => canvas.hairline(canvas.left, flow.y, canvas.left + canvas.contentWidth));
}

function drawKey(flow: Flow, lines: readonly Line[], top: number): void {
  const { canvas } = flow;
  canvas.content('TH', () => {
    lines.forEach((line, index) => canvas.line(line, canvas.left, top + index * styles.key.leading, styles.key.leading));
  });
}

/** A remark set off by a rule at its left; over pages where it is long. */
export function drawNote(flow: Flow, title: string, text: Rich, caution = false): void {
  const { canvas } = flow;
  const style = styles.body;
  const indent = 12;
  const width = canvas.contentWidth - indent;
  const head = title === '' ? [] : canvas.lines(title, width, styles.heading3);
  const lines = canvas.lines(text, width, style);
  flow.ensure(head.length * styles.heading3.leading + Math.min(lines.length, 6) * style.leading + 4);
  flow.gap(4);
  canvas.element('Note', () => {
    const color = caution ? colors.caution : colors.accent;
    ruled(flow, color, () => {
      if (head.length > 0) flow.text('P', head, styles.heading3, canvas.left + indent);
      flow.text('P', lines, style, canvas.left + indent);
    });
  });
  flow.advance(space.paragraph + 2);
}

/** Draws, then puts a rule beside what was drawn, on every page it reached. */
function ruled(flow: Flow, color: string, draw: () => void): void {
  const { canvas } = flow;
  const from = { page: canvas.pages, y: flow.y };
  draw();
  for (let page = from.page; page <= canvas.pages; page++) {
    const top = page === from.page ? from.y : canvas.top;
    const bottom = page === canvas.pages ? flow.y : canvas.bottom;
    if (bottom <= top) continue;
    canvas.onPage(page, () => {
      canvas.artifact(() => {
        canvas.doc
          .rect(canvas.left, top + 1, 2, bottom - top - 2)
          .fillColor(color)
          .fill();
      });
    });
  }
}
