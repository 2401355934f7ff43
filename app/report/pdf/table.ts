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

/** Least height that the beginning of a table needs: caption, head and two rows. */
export const TABLE_KEEP = styles.caption.leading + styles.head.leading * 2 + styles.cell.leading * 4 + 24;

/** Draws a table; its head is repeated on every page, rows are broken only where they are taller than half a page. */
export function drawTable(flow: Flow, block: TableBlock): void {
  const { canvas } = flow;
  const columns = placeColumns(canvas, block);
  flow.ensure(Math.min(TABLE_KEEP, flow.pageRoom));
  flow.gap(space.block);
  canvas.element('Table', () => {
    if (block.caption !== '') {
      flow.text('Caption', canvas.lines(block.caption, canvas.contentWidth, styles.caption), styles.caption, canvas.left);
      flow.advance(3);
    }
    drawHead(flow, block, columns, true);
    for (const row of block.rows) drawRow(flow, block, columns, row);
  });
  if (block.after !== null) {
    flow.advance(4);
    flow.text('P', canvas.lines(block.after, canvas.contentWidth, styles.quiet), styles.quiet, canvas.left);
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

function drawRow(flow: Flow, block: TableBlock, columns: readonly Column[], row: readonly Cell[]): void {
  const { canvas } = flow;
  const cells = columns.map((column, index) => setCell(canvas, row[index] ?? null, column));
  const leading = styles.cell.leading;
  const most = Math.max(1, ...cells.map(({ lines }) => lines.length));
  const breakable = most * leading > flow.pageRoom / 2;
  if (!breakable && flow.room < most * leading + 2 * space.cellY) nextPage(flow, block, columns);
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
