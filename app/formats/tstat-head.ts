import { beforeReturn } from './field-scanner.ts';
import type { Delimiter } from '../contract/table-words.ts';
import { headLines, tableHead } from './table-head.ts';
import { mapped, tstatColumn } from './tstat-columns.ts';
import { headerNames, isTstatConnection, namesByCount } from './tstat-header.ts';

/** What a log's first bytes tell of its columns. */
export interface TstatHead {
  /** Null where they show no log of Tstat's. */
  readonly names: readonly string[] | null;
  /** The names stand on a header line; else they follow from the number of columns. */
  readonly header: boolean;
  /** What parts the fields where it is no blank: the log went through a table program. `line`: its header, byte by byte. */
  readonly table: { readonly delimiter: Delimiter; readonly line: Uint8Array } | null;
  /** Columns that Tstat does not have and that hold numbers on every line of the head. */
  readonly numeric: ReadonlySet<string>;
}

const LF = 10;
const CR = 13;
/** So many lines are looked at. */
const LINES = 200;

export function headOf(head: Uint8Array): TstatHead {
  const lines = linesOf(head);
  for (const [i, [start, end]] of lines.entries()) {
    if (beforeReturn(head, start, end) === start) continue;
    const named = headerNames(head, start, end);
    // a comment, maybe, before the header
    if (named === null && head[start] === 35 && !parted(head, start, end)) continue;
    if (named === null)
      return tableHeadOf(head) ?? { names: namesByCount(head, start, end), header: false, table: null, numeric: new Set() };
    return { names: named, header: true, table: null, numeric: numericNames(named, wordsOf(head, lines.slice(i + 1))) };
  }
  return { names: null, header: false, table: null, numeric: new Set() };
}

/** Whether the line is parted by something other than blanks. */
const parted = (head: Uint8Array, start: number, end: number): boolean =>
  /[,;\t|]/.test(Buffer.from(head.subarray(start, end)).toString('latin1'));

/** Tstat's columns in a table that another program wrote, as pandas writes CSV; null where the names are not Tstat's. */
function tableHeadOf(head: Uint8Array): TstatHead | null {
  const [line] = headLines(head);
  if (line === undefined || !/(?:^|[^a-z])c_ip/.test(Buffer.from(line.subarray(0, 4096)).toString('latin1'))) return null;
  const found = tableHead(head, { header: true });
  if (found === null || found.header === null || found.header.line === null || found.delimiter === ' ') return null;
  const names = found.header.names.map((name) => name.slice(name.lastIndexOf('#') + 1).replace(/:\d+$/, ''));
  if (!isTstatConnection(names)) return null;
  const { delimiter, rows } = found;
  return { names, header: true, table: { delimiter, line: found.header.line }, numeric: numericNames(names, rows.slice(0, LINES)) };
}

/** Lines that end with LF, or with CR where there is no LF at all; the last one may have no end. */
function linesOf(head: Uint8Array): (readonly [number, number])[] {
  const newline = head.includes(LF) ? LF : CR;
  const lines: (readonly [number, number])[] = [];
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (at < head.length && lines.length < LINES) {
    const end = head.indexOf(newline, at);
    lines.push([at, end < 0 ? head.length : end]);
    if (end < 0) break;
    at = end + 1;
  }
  return lines;
}

function wordsOf(head: Uint8Array, rows: readonly (readonly [number, number])[]): string[][] {
  return rows.map(([start, end]) =>
    Buffer.from(head.buffer, head.byteOffset + start, beforeReturn(head, start, end) - start)
      .toString('latin1')
      .split(' '),
  );
}

function numericNames(names: readonly string[], rows: readonly (readonly string[])[]): ReadonlySet<string> {
  const places = names.flatMap((name, place) => (name !== 'class' && !mapped.has(name) && tstatColumn(name) === undefined ? [place] : []));
  const [numbers, texts] = [new Set<string>(), new Set<string>()];
  if (places.length === 0) return numbers;
  for (const words of rows) {
    if (words.length !== names.length) continue;
    for (const place of places) {
      const word = words[place];
      if (/^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/.test(word)) numbers.add(names[place]);
      else if (!/^(?:|-|---|[+-]?nan|[+-]?inf)$/i.test(word)) texts.add(names[place]);
    }
  }
  return new Set([...numbers].filter((name) => !texts.has(name)));
}
