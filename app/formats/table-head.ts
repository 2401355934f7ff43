import { delimiters, type Delimiter } from '../contract/table-words.ts';
import { beforeReturn } from './field-scanner.ts';
import { newlineOf } from './lines.ts';
import { datasetOf } from './table-datasets.ts';
import { TableFields, fieldTexts } from './table-fields.ts';
import { HeldLines } from './table-held.ts';
import { guessType } from './table-guess.ts';

/** The beginning of a table: the lines that tell what it is. */
export interface TableHead {
  readonly delimiter: Delimiter;
  /** The line before everything else that says what parts the fields, as Excel writes it (`sep=;`); null: there is none. */
  readonly separator: Uint8Array | null;
  /** Names of the columns as the table gives them, and the line they stand in (null: it has none, and is known to be what `title` says); null: it names none. */
  readonly header: { readonly names: readonly string[]; readonly line: Uint8Array | null; readonly title?: string } | null;
  /** So many of the columns stand in a line's last field, parted by three blanks (IoT-23); else 1. */
  readonly joined: number;
  /** Fields of a line: those of the header, else those that most lines have. */
  readonly width: number;
  /** Lines with that many fields, behind the header. */
  readonly rows: readonly (readonly string[])[];
  /** Lines that were looked at, behind the header, blank ones left out. */
  readonly lines: number;
}

/** So many lines are looked at. */
const SAMPLE = 1000;
/** More fields than this are no table's. */
const MOST = 20_000;

/** Lines of a file's first bytes, without their ends, blank ones left out; the last one only where it is whole (`isWhole` says so too) or the only one. */
export function headLines(head: Uint8Array, isWhole: (line: Uint8Array) => boolean = () => false): Uint8Array[] {
  const marked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  const bytes = marked ? head.subarray(3) : head;
  const newline = newlineOf(bytes, true);
  const lines: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length && lines.length < SAMPLE) {
    const found = newline === 0 ? -1 : bytes.indexOf(newline, at);
    if (found < 0 && lines.length > 0 && !isWhole(bytes.subarray(at))) break;
    const end = found < 0 ? bytes.length : found;
    const stop = beforeReturn(bytes, at, end);
    if (stop > at) lines.push(bytes.subarray(at, stop));
    at = end + 1;
  }
  return lines;
}

export function splitLine(line: Uint8Array, delimiter: Delimiter): string[] | null {
  return fieldTexts(new TableFields(delimiter.charCodeAt(0), MOST), line, 0, line.length);
}

/**
 * What a person said about it is taken; the rest is told from the lines. Null where they are no table: no delimiter
 * parts them alike. `whatever`: a person says that it is one.
 */
export function tableHead(
  head: Uint8Array,
  said: { readonly delimiter?: Delimiter | undefined; readonly header?: boolean | undefined },
  whatever = false,
): TableHead | null {
  const all = headLines(head);
  const separator = separatorIn(all[0]);
  const lines = separator === null ? all : all.slice(1);
  if (lines.length === 0) return null;
  const delimiter = said.delimiter ?? separator?.delimiter;
  const found = headOf(lines, delimiter, said.header, whatever);
  return found === null ? null : { ...withJoined(found), separator: separator?.line ?? null };
}

/** IoT-23's last name is `tunnel_parents   label   detailed-label`, and so are its values: three columns. */
function withJoined(found: LinesHead): Omit<TableHead, 'separator'> {
  const { header, rows, width } = found;
  const last = header?.names.at(-1)?.split(/ {3,}/) ?? [];
  if (header === null || last.length < 2 || !last.includes('label')) return { ...found, joined: 1 };
  const parted = (row: readonly string[]): readonly string[] => {
    const values = row.at(-1)?.split('   ') ?? [];
    return [...row.slice(0, -1), ...last.map((_, i) => (values.length === last.length ? values[i] : i === 0 ? (row.at(-1) ?? '') : ''))];
  };
  const names = [...header.names.slice(0, -1), ...last];
  return { ...found, header: { ...header, names }, rows: rows.map(parted), width: width + last.length - 1, joined: last.length };
}

/** A first line that says what parts the fields. */
function separatorIn(line: Uint8Array | undefined): { readonly line: Uint8Array; readonly delimiter: Delimiter } | null {
  if (line === undefined || line.length > 7) return null;
  const [, said] = /^"?sep=(.)"?$/i.exec(Buffer.from(line).toString('latin1')) ?? [];
  const delimiter = delimiters.find((one) => one === said);
  return delimiter === undefined ? null : { line, delimiter };
}

type LinesHead = Omit<TableHead, 'separator' | 'joined'>;

function headOf(
  lines: readonly Uint8Array[],
  said: Delimiter | undefined,
  header: boolean | undefined,
  whatever: boolean,
): LinesHead | null {
  // what stands before the header, if it is marked as no data
  const first = lines.findIndex((line) => line[0] !== 35);
  const marked = first === 0 ? null : (lines[first < 0 ? lines.length - 1 : first - 1] ?? null);
  const body = lines.slice(first < 0 ? lines.length : first);
  const wanted = said === undefined ? delimiters : [said];
  const splits = wanted.map((delimiter) => splitOf(body.length > 0 ? body : lines, delimiter));
  const best = splits.reduce((a, b) => (b.score > a.score ? b : a), splits[0]);
  if (best === undefined) return null;
  if (best.score > 0) return withHeader(best, body, marked, header);
  // the line that should name the columns says how many there are
  const wide = splits.reduce((a, b) => ((b.rows[0]?.length ?? 0) > (a.rows[0]?.length ?? 0) ? b : a), best);
  if (said === undefined && !whatever) return null;
  return withHeader({ ...wide, width: wide.rows[0]?.length ?? 1 }, body, marked, header);
}

const lineEnd = Buffer.from('\n');

interface Split {
  readonly delimiter: Delimiter;
  readonly rows: readonly (readonly string[] | null)[];
  readonly width: number;
  /** 0: it parts nothing. */
  readonly score: number;
}

/** Fields of each record: of a line, or of several where a quoted field goes on over their ends. Null: what is none. */
function splitLines(lines: readonly Uint8Array[], delimiter: Delimiter): (readonly string[] | null)[] {
  const fields = new TableFields(delimiter.charCodeAt(0), MOST);
  const rows: (readonly string[] | null)[] = [];
  for (let at = 0; at < lines.length; at++) {
    const row = fieldTexts(fields, lines[at], 0, lines[at].length);
    const more = row === null ? linesJoined(lines, at, fields) : 0;
    const record = Buffer.concat(lines.slice(at, at + more + 1).flatMap((line, i) => (i === 0 ? [line] : [lineEnd, line])));
    rows.push(more === 0 ? row : fieldTexts(fields, record, 0, record.length));
    at += more;
  }
  return rows;
}

/** How many lines behind this one belong to its record; 0 where it is none or nothing ends it. */
function linesJoined(lines: readonly Uint8Array[], at: number, fields: TableFields): number {
  if (fields.scan(lines[at], 0, lines[at].length) !== 'OPEN') return 0;
  const held = new HeldLines();
  for (let next = at + 1; next < lines.length && held.hasRoom(lines[next].length); next++) {
    const wrong = fields.scan(lines[next], 0, lines[next].length, true);
    if (wrong !== 'OPEN') return wrong === null ? next - at : 0;
    held.add(lines[next], 0, lines[next].length);
  }
  return 0;
}

/** Fields of the lines by one delimiter; the more lines have equally many, and the more they have, the better it is. */
function splitOf(lines: readonly Uint8Array[], delimiter: Delimiter): Split {
  const rows = splitLines(lines, delimiter);
  const counts = new Map<number, number>();
  for (const row of rows) if (row !== null) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  const [width, alike] = [...counts].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] > a[0]) ? b : a), [0, 0]);
  const share = rows.length === 0 ? 0 : alike / rows.length;
  // words are parted by blanks too: of those, every line has to have as many
  const enough = delimiter === ' ' ? width >= 4 && share > 0.95 : width >= 2 && share > 0.5;
  const rank = delimiter === ' ' ? 0.3 : delimiter === '|' || delimiter === '\t' ? 1.05 : 1;
  return { delimiter, rows, width, score: enough ? share * rank * (2 - 1 / width) : 0 };
}

function withHeader(
  { delimiter, rows, width }: Split,
  body: readonly Uint8Array[],
  marked: Uint8Array | null,
  said: boolean | undefined,
): LinesHead {
  const ofWidth = rows.flatMap((row) => (row !== null && row.length === width ? [row] : []));
  if (marked !== null && said !== false) {
    const names = splitLine(marked.subarray(1), delimiter);
    if (names !== null && (names.length === width || body.length === 0) && names.length > 1) {
      return {
        delimiter,
        header: { names: names.map(trimmed), line: marked },
        width: names.length,
        rows: body.length === 0 ? [] : ofWidth,
        lines: body.length,
      };
    }
  }
  const names = rows[0] ?? null;
  const named = said ?? (names !== null && looksLikeHeader(names, ofWidth.length > 1 ? ofWidth.slice(1) : []));
  const line = body[0];
  if (!named || names === null || line === undefined) {
    const known = datasetOf(ofWidth);
    const header = known === null ? null : { names: known.names, line: null, title: known.title };
    return { delimiter, header, width: Math.max(1, width), rows: ofWidth, lines: rows.length };
  }
  const again = (row: readonly string[]): boolean => row.every((value, i) => value === names[i]);
  const below = rows.slice(1).flatMap((row) => (row !== null && row.length === names.length && !again(row) ? [row] : []));
  return { delimiter, header: { names: names.map(trimmed), line }, width: names.length, rows: below, lines: rows.length - 1 };
}

const trimmed = (text: string): string => text.trim();

/** Names are no numbers, addresses or times, and each is another; one of them may be empty (an index without a name). */
function looksLikeHeader(names: readonly string[], rows: readonly (readonly string[])[]): boolean {
  const plain = names.map(trimmed);
  if (plain.filter((name) => name === '').length > 1) return false;
  if (plain.some((name) => name.length > 200 || (name !== '' && guessType([name]).type !== 'string'))) return false;
  // the same in the next line: then it is a value
  return !rows.slice(0, 1).some((row) => row.every((value, i) => value.trim() === plain[i]));
}

/**
 * Columns with a value in quotes that needs none: whoever wrote it says that it is a text, whatever it looks like. For tables of which that is known.
 */
export function textColumns(head: Uint8Array, { delimiter, width }: TableHead): ReadonlySet<number> {
  const found = new Set<number>();
  const fields = new TableFields(delimiter.charCodeAt(0), width);
  for (const line of headLines(head)) {
    if (fields.scan(line, 0, line.length) !== null || fields.count !== width) continue;
    for (let i = 0; i < width; i++) {
      if (fields.escaped[i] !== 2) continue;
      const text = Buffer.from(line.subarray(fields.starts[i], fields.ends[i])).toString('utf8');
      if (!/[",;\t\r\n]|^\s|\s$/.test(text)) found.add(i);
    }
  }
  return found;
}
