import { isFigure, isMarked, mono, type Cell, type Rich, type TableBlock } from '../document.ts';
import { figureText } from '../figures.ts';
import { shorten } from '../text.ts';
import type { Canvas } from './canvas.ts';
import type { Flow } from './flow.ts';
import type { Line, TextStyle } from './lines.ts';
import { colors, space, styles } from './look.ts';
import { drawMark, MARK_WIDTH } from './marks.ts';

/** A text of a cell is cut after so many characters, and says so. */
const MAX_CELL = 1200;

interface SetCell {
  readonly lines: readonly Line[];
  readonly style: TextStyle;
  readonly cell: Cell;
}

interface Column {
  readonly x: number;
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** Caption and head. */
const HEAD_KEEP = styles.caption.leading + styles.head.leading * 2 + 24;

/** Least height that the beginning of a table needs: caption, head and two rows. */
export const TABLE_KEEP = HEAD_KEEP + styles.cell.leading * 4;

interface SetRow {
  readonly cells: readonly SetCell[];
  /** Lines of its tallest cell. */
  readonly lines: number;
  readonly height: number;
  readonly breakable: boolean;
}

/**
 * Draws a table; its head is repeated on every page, rows are broken only where they are taller than half a page. The last row never stands
 * alone on a page, nor does what is said below it.
 */
export function drawTable(flow: Flow, block: TableBlock): void {
  const { canvas } = flow;
  const columns = placeColumns(canvas, block);
  const after = block.after === null ? [] : canvas.lines(block.after, canvas.contentWidth, styles.quiet);
  const below = after.length === 0 ? 0 : 4 + Math.min(after.length, 3) * styles.quiet.leading;
  const rowAt = (index: number): SetRow | null => (index < block.rows.length ? setRow(flow, columns, block.rows[index] ?? []) : null);
  let row = rowAt(0);
  const begins = [row, rowAt(1)].filter((one) => one?.breakable === false).reduce((sum, one) => sum + (one?.height ?? 0), HEAD_KEEP);
  flow.ensure(Math.min(Math.max(TABLE_KEEP, begins), flow.pageRoom));
  flow.gap(space.block);
  canvas.element('Table', () => {
    if (block.caption !== '') {
      flow.text('Caption', canvas.lines(block.caption, canvas.contentWidth, styles.caption), styles.caption, canvas.left);
      flow.advance(3);
    }
    drawHead(flow, block, columns, true);
    for (let index = 0; row !== null; index++) {
      const next = rowAt(index + 1);
      const isLast = next === null;
      const isLastButOne = index === block.rows.length - 2 && index > 0;
      const keep = isLast ? below : isLastButOne && !next.breakable ? next.height + below : 0;
      drawRow(flow, block, columns, row, index === 0 ? 0 : keep);
      row = next;
    }
  });
  if (after.length > 0) {
    flow.advance(4);
    flow.text('P', after, styles.quiet, canvas.left);
  }
  flow.advance(space.paragraph);
}

function placeColumns(canvas: Canvas, block: TableBlock): readonly Column[] {
  const total = block.columns.reduce((sum, column) => sum + column.width, 0);
  let x = canvas.left;
  return block.columns.map((column, index) => {
    const share = (canvas.contentWidth * column.width) / total;
    const start = x + (index === 0 ? 0 : space.cellX);
    x += share;
    const end = x - (index === block.columns.length - 1 ? 0 : space.cellX);
    return { x: start, width: end - start, align: column.align };
  });
}

function drawHead(flow: Flow, block: TableBlock, columns: readonly Column[], first: boolean): void {
  const { canvas } = flow;
  const style = styles.head;
  const cells = block.columns.map((column, index) => canvas.lines(column.title, columns[index]?.width ?? 0, style));
  const most = Math.max(...cells.map((lines) => lines.length));
  const top = flow.y + 2;
  const bottom = top + most * style.leading + 3;
  const drawCell = (index: number): void => {
    const column = columns[index];
    const lines = cells[index];
    if (column === undefined || lines === undefined) return;
    lines.forEach((line, at) => {
      const y = top + (most - lines.length + at) * style.leading;
      canvas.line(line, column.x, y, style.leading, column.align, column.width);
    });
  };
  const indices = block.columns.map((_, index) => index);
  if (first) {
    canvas.element('TR', () => {
      for (const index of indices) canvas.element('TH', () => canvas.content('TH', () => drawCell(index)), { scope: 'Column' });
    });
  } else canvas.artifact(() => indices.forEach(drawCell));
  canvas.artifact(() => canvas.hairline(canvas.left, bottom, canvas.left + canvas.contentWidth, colors.lineStrong, 0.7));
  flow.advance(bottom - flow.y + 0.5);
}

function setRow(flow: Flow, columns: readonly Column[], row: readonly Cell[]): SetRow {
  const cells = columns.map((column, index) => setCell(flow.canvas, row[index] ?? null, column));
  const lines = Math.max(1, ...cells.map((cell) => cell.lines.length));
  const height = lines * styles.cell.leading;
  return { cells, lines, height: height + 2 * space.cellY, breakable: height > flow.pageRoom / 2 };
}

/** `keep`: points that must be left below the row on its page. */
function drawRow(flow: Flow, block: TableBlock, columns: readonly Column[], row: SetRow, keep: number): void {
  const { canvas } = flow;
  const { cells, lines: most, height, breakable } = row;
  const leading = styles.cell.leading;
  if (!breakable && flow.room < height + keep) nextPage(flow, block, columns);
  canvas.element('TR', () => {
    const elements = cells.map(() => canvas.reserve('TD'));
    let done = 0;
    while (done < most) {
      const fits = Math.floor((flow.room - 2 * space.cellY) / leading);
      if (fits < Math.min(most - done, 2)) {
        nextPage(flow, block, columns);
        continue;
      }
      const part = Math.min(fits, most - done);
      const top = flow.y + space.cellY;
      cells.forEach((cell, index) => {
        const column = columns[index];
        if (column !== undefined) canvas.within(elements[index], () => drawCell(canvas, cell, column, top, done, part));
      });
      done += part;
      flow.advance(part * leading + 2 * space.cellY);
      canvas.artifact(() => canvas.hairline(canvas.left, flow.y, canvas.left + canvas.contentWidth));
      if (done < most) nextPage(flow, block, columns);
    }
    for (const element of elements) element.end();
  });
}

function nextPage(flow: Flow, block: TableBlock, columns: readonly Column[]): void {
  flow.newPage();
  drawHead(flow, block, columns, false);
}

function drawCell(canvas: Canvas, { lines, style, cell }: SetCell, column: Column, top: number, from: number, rows: number): void {
  const marked = cell !== null && isMarked(cell);
  const x = marked ? column.x + MARK_WIDTH : column.x;
  const part = lines.slice(from, from + rows);
  if (marked && from === 0) canvas.artifact(() => drawMark(canvas, cell.mark, column.x, top + style.leading / 2));
  if (part.length === 0) return;
  const leading = styles.cell.leading;
  canvas.content('TD', () => part.forEach((line, at) => canvas.line(line, x, top + at * leading, leading, column.align, column.width)));
}

function setCell(canvas: Canvas, cell: Cell, column: Column): SetCell {
  const [text, style] = cellText(cell);
  const width = cell !== null && isMarked(cell) ? column.width - MARK_WIDTH : column.width;
  return { lines: canvas.lines(text, width, style), style, cell };
}

/** What a cell says, cut after `limit` characters, and how it is set. */
export function cellText(cell: Cell, limit = MAX_CELL): readonly [Rich, TextStyle] {
  if (cell === null) return [[{ text: '–', style: 'quiet' }], styles.cell];
  if (isFigure(cell))
    return cell.as === 'time' || cell.as === 'instant' ? [[mono(figureText(cell))], styles.cell] : [figureText(cell), styles.figure];
  return [cut(isMarked(cell) ? cell.content : cell, limit), styles.cell];
}

function cut(rich: Rich, limit: number): Rich {
  if (typeof rich === 'string') return shorten(rich, limit);
  return rich.map((part) => (typeof part === 'string' ? shorten(part, limit) : { ...part, text: shorten(part.text, limit) }));
}
