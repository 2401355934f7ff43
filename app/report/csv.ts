import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { FlowcaseError } from '../errors.ts';
import type { Progress } from '../shared/progress.ts';
import { flatCell, isText, type FlatTable } from './flat-table.ts';
import { writeWhole } from './safe-file.ts';
import { escapeCodePoint } from './text.ts';

export type CsvCell = string | number | null;

/** Characters gathered before they go to the stream, and rows between two looks at the clock of the event loop. */
const BLOCK = 1 << 16;
const BREATH = 4096;

/**
 * Writes a table as CSV (RFC 4180): UTF-8 without a mark, CRLF, a header line. Nothing in it runs in a spreadsheet (see `csvCell`).
 * Rows are taken one by one and memory stays bounded however many there are. The file appears when it is whole; what fails leaves nothing.
 * The caller refuses targets that must not be overwritten (`refuseProtected` in target.ts). `texts`: see csvLine.
 * @throws FlowcaseError WRITE_FAILED, CANCELLED; what `rows` throws
 */
export async function writeCsv(
  path: string,
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
  progress: Progress,
  texts: readonly boolean[] = [],
): Promise<{ readonly rows: number; readonly bytes: number; readonly sha256: string }> {
  const { filled, bytes, sha256 } = await writeWhole(path, (output) => fill(output, header, rows, progress, texts));
  return { rows: filled, bytes, sha256 };
}

/**
 * The same of a table whose columns have types. A CSV does not say them, so a text that could be taken for something else (a number, a time, an address, a
 * truth value) stands in quotes: who looks at quotes, as Flowcase's own import does, gets texts back as texts.
 * @throws FlowcaseError WRITE_FAILED, CANCELLED; what `table.rows` throws
 */
export function writeTableAsCsv(path: string, { columns, rows }: FlatTable, progress: Progress): ReturnType<typeof writeCsv> {
  const types = columns.map(({ type }) => type);
  function* cells(): Generator<readonly CsvCell[]> {
    for (const row of rows) yield row.map((cell, i) => flatCell(types[i], cell));
  }
  const names = columns.map(({ name }) => name);
  return writeCsv(path, names, cells(), progress, types.map(isText));
}

async function fill(
  output: Writable,
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
  progress: Progress,
  texts: readonly boolean[],
): Promise<number> {
  let block = csvLine(header);
  let written = 0;
  for (const row of rows) {
    block += csvLine(row, texts);
    written++;
    if (block.length >= BLOCK) {
      if (!output.write(block)) await drained(output);
      block = '';
    }
    if (written % BREATH === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      if (progress.stopped()) throw new FlowcaseError('CANCELLED', 'Writing the table was cancelled; nothing was written.');
      progress.report(written, null, 'rows', '');
    }
  }
  output.end(block);
  await finished(output);
  progress.report(written, written, 'rows', 'written');
  return written;
}

/** `once` also rejects where the stream reports an error; one that is gone already would never say so. */
async function drained(output: Writable): Promise<void> {
  if (output.destroyed) throw output.errored ?? new Error('the file was closed while it was written');
  await once(output, 'drain');
}

/** One record with its line end. `texts[i]`: cell i is of a column of texts. */
export function csvLine(cells: readonly CsvCell[], texts: readonly boolean[] = []): string {
  return `${cells.map((cell, i) => csvCell(cell, texts[i])).join(',')}\r\n`;
}

/** Could be a number, a time, an address or a truth value. */
const ambiguous = /^[\d.+-]|:|^(?:t|f|true|false|inf|infinity)$/i;

/**
 * What a spreadsheet takes for the beginning of a formula, also behind blanks and unseen characters, which some skip, and as full-width
 * and other variants, which some read as the same. A text that has an apostrophe before such a beginning gets another, so that taking one away gives
 * back every text.
 */
const formula = /^'*(?:[\p{White_Space}\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B\u2212]|[\t\r\n])/u;
const plainNumber = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
/** Control characters but tab and line feed, and halves of surrogate pairs, which UTF-8 cannot say. */
const unsafe = /(?!\r\n)[\p{Cc}\p{Cs}]/gu;

/**
 * A cell as it stands in the file. null is nothing, an empty text a pair of quotes; a number is itself (empty where it is not finite). A text that a spreadsheet would run
 * gets an apostrophe in front, unless it is a plain number. NUL and other control characters are written out as \u{0}; tabs and line
 * feeds stay, in quotes. `text`: what is no number must not look like one.
 */
export function csvCell(cell: CsvCell, text = false): string {
  if (cell === null) return '';
  if (cell === '') return '""';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const harmless = formula.test(cell) && !plainNumber.test(cell) ? `'${cell}` : cell;
  const printable = harmless.replace(unsafe, (character) =>
    character === '\t' || character === '\n' ? character : escapeCodePoint(character),
  );
  return /[",;\t\r\n]|^\s|\s$/.test(printable) || (text && ambiguous.test(printable)) ? `"${printable.replaceAll('"', '""')}"` : printable;
}
