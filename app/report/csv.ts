import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { FlowcaseError } from '../errors.ts';
import type { Progress } from '../shared/progress.ts';

/** A cell that a spreadsheet would take for a formula, also behind blanks and as a full-width sign (OWASP, "CSV Injection"). */
const formula = /^[\s\u00a0\u3000\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/u;
/** What neither a spreadsheet nor a terminal should get: NUL and the other control characters but TAB, CR and LF. */
// eslint's no-control-regex is not asked: control characters are the point
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
const needsQuotes = /[",\r\n]|^\s|\s$/;

type CsvCell = string | number | null;

/** One cell (RFC 4180): absent is empty, numbers stay numbers, text that would run begins with an apostrophe. */
export function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const shown = cell.replace(control, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const safe = formula.test(shown) ? `'${shown}` : shown;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line with its CRLF. */
export function csvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

const BLOCK = 1 << 18;
const ROWS_BETWEEN_QUESTIONS = 2_000;

/**
 * Writes a table: UTF-8, RFC 4180, CRLF. Rows are taken one by one and written in blocks, so that memory stays flat. The file appears under its name
 * when it is whole.
 * @throws FlowcaseError WRITE_FAILED, CANCELLED
 */
export async function writeCsv(
  path: string,
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
  progress: Progress,
): Promise<{ readonly rows: number; readonly bytes: number; readonly sha256: string }> {
  const partial = `${path}.partial`;
  let file: FileHandle | undefined;
  try {
    file = await open(partial, 'w');
    const written = await writeRows(file, header, rows, progress);
    await file.close();
    await rename(partial, path);
    return written;
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(partial, { force: true });
    if (error instanceof FlowcaseError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new FlowcaseError('WRITE_FAILED', `${path} could not be written: ${why}. Choose another place, or make room.`, { path }, error);
  }
}

async function writeRows(
  file: FileHandle,
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
  progress: Progress,
): Promise<{ readonly rows: number; readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let count = 0;
  let text = csvRow(header);
  const flush = async (): Promise<void> => {
    const block = Buffer.from(text, 'utf8');
    text = '';
    hash.update(block);
    bytes += block.length;
    await file.write(block);
  };
  for (const row of rows) {
    text += csvRow(row);
    count++;
    if (text.length >= BLOCK) await flush();
    if (count % ROWS_BETWEEN_QUESTIONS !== 0) continue;
    if (progress.stopped()) throw new FlowcaseError('CANCELLED', 'The export was cancelled; nothing was written.');
    progress.report(count, null, 'rows', '');
  }
  await flush();
  return { rows: count, bytes, sha256: hash.digest('hex') };
}
