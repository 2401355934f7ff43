import { isFigure, isMarked, plainText, type Block, type Cell, type ReportDocument } from './document.ts';
import { figureText, figureValue } from './figures.ts';
import { isoTime } from '../contract/format.ts';

/** How a JSON report begins; a file that begins so may be replaced by a newer one. */
export const JSON_START = '{\n  "report": "flowcase"';

/**
 * The report for programs. Texts are as in the case, not escaped for the eye; figures are `{ value, text }` with ISO 8601 UTC times,
 * durations in seconds and sizes in bytes as `value`. The same case gives the same bytes.
 */
export function reportJson(report: ReportDocument): string {
  const value = {
    report: 'flowcase',
    version: 1,
    title: report.title,
    number: report.number,
    examiner: report.author,
    date: isoTime(report.date),
    custodyHead: report.head,
    cover: {
      title: report.cover.title,
      keys: report.cover.keys.map(({ key, value }) => ({ key, value: cellJson(value) })),
      statement: report.cover.statement.map(plainText),
    },
    sections: report.sections.map(({ id, title, blocks }) => ({ id, title, blocks: blocks.map(blockJson) })),
  };
  return `${JSON.stringify(value, wellFormed, 2)}\n`;
}

const wellFormed = (_key: string, value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed() : value);

function blockJson(block: Block): unknown {
  switch (block.type) {
    case 'paragraph':
      return { type: block.type, text: plainText(block.text) };
    case 'note':
      return { type: block.type, title: block.title, text: plainText(block.text), caution: block.tone === 'caution' };
    case 'list':
      return { type: block.type, items: block.items.map(plainText) };
    case 'keys':
      return { type: block.type, rows: block.rows.map(({ key, value }) => ({ key, value: cellJson(value) })) };
    case 'table':
      return {
        type: block.type,
        caption: block.caption,
        columns: block.columns.map(({ title }) => title),
        rows: block.rows.map((row) => row.map(cellJson)),
        after: block.after === null ? null : plainText(block.after),
      };
    case 'timeline':
      return { ...block, start: isoTime(block.start), step: block.step / 1e6 };
    default:
      return block;
  }
}

function cellJson(cell: Cell): unknown {
  if (cell === null) return null;
  if (isFigure(cell)) return { value: figureValue(cell), text: figureText(cell) };
  return plainText(isMarked(cell) ? cell.content : cell);
}
