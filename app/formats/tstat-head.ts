import { beforeReturn } from './field-scanner.ts';
import { mapped, tstatColumn } from './tstat-columns.ts';
import { headerNames, namesByCount } from './tstat-header.ts';

/** What a log's first bytes tell of its columns. */
export interface TstatHead {
  /** Null where they show no log of Tstat's. */
  readonly names: readonly string[] | null;
  /** The names stand on a header line; else they follow from the number of columns. */
  readonly header: boolean;
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
    if (named === null && head[start] === 35) continue;
    const names = named ?? namesByCount(head, start, end);
    return { names, header: named !== null, numeric: named === null ? new Set() : numericNames(head, named, lines.slice(i + 1)) };
  }
  return { names: null, header: false, numeric: new Set() };
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

function numericNames(head: Uint8Array, names: readonly string[], rows: readonly (readonly [number, number])[]): ReadonlySet<string> {
  const places = names.flatMap((name, place) => (name !== 'class' && !mapped.has(name) && tstatColumn(name) === undefined ? [place] : []));
  const [numbers, texts] = [new Set<string>(), new Set<string>()];
  if (places.length === 0) return numbers;
  for (const [start, end] of rows) {
    const words = Buffer.from(head.buffer, head.byteOffset + start, beforeReturn(head, start, end) - start)
      .toString('latin1')
      .split(' ');
    if (words.length !== names.length) continue;
    for (const place of places) {
      const word = words[place];
      if (/^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/.test(word)) numbers.add(names[place]);
      else if (!/^(?:|-|---|[+-]?nan|[+-]?inf)$/i.test(word)) texts.add(names[place]);
    }
  }
  return new Set([...numbers].filter((name) => !texts.has(name)));
}
