import { BLANK, indexOf, set, skipBlanks, type Part } from './access-line-bytes.ts';
import { MOST_FIELDS, type AccessLine } from './access-line.ts';

const QUOTE = 34;

/** What stands behind the size in most lines of a log: for each field whether it is quoted. */
export interface QuoteShape {
  /** Null where the log's lines do not agree. */
  readonly fields: readonly boolean[] | null;
  /** Its server does not escape: a line that has more fields was told by its client what to look like. */
  readonly strict: boolean;
}

export const anyShape: QuoteShape = { fields: null, strict: false };

/**
 * How a line's quotes are to be taken. `escaped`: as they were found. `whole`: the server did not escape them, and the line was read anew so that it has
 * the log's shape. `unclear`: it did not, and no such reading was found.
 */
export type QuotesTaken = 'escaped' | 'whole' | 'unclear';

/**
 * Squid, h2o and nginx with `escape=none` write what a client sent between quotes as it came, so the client can seem to end its agent where it likes.
 * Reads the line anew where its quotes tell that this is so: what stands before the agent ends as soon as it can, what is behind it begins as late, and the
 * agent is all between them.
 */
export function settleQuotes(line: AccessLine, bytes: Uint8Array, end: number, { fields, strict }: QuoteShape): QuotesTaken {
  const astray = line.open || (line.inWord && hasStray(line, bytes));
  if (!line.bare && !astray) {
    const longer = strict && fields !== null && line.count > fields.length;
    return longer && readAs(line, bytes, end, fields) ? 'whole' : 'escaped';
  }
  if (!astray && (fields === null || isShape(line, fields))) return 'whole';
  if (fields !== null && readAs(line, bytes, end, fields)) return 'whole';
  const behind = readAs(line, bytes, end, withWords(line, bytes, end));
  // the end of a line may be missing, and with it the quote that ends the last field
  return behind ? 'whole' : line.open && !line.bare ? 'escaped' : 'unclear';
}

/** Whether no quote of the line says that its server does not escape. */
export function isEscaped(line: AccessLine, bytes: Uint8Array): boolean {
  return !line.bare && !line.open && !(line.inWord && hasStray(line, bytes));
}

/** The line's shape, a letter for each field. */
export function shapeKey({ fields, count }: AccessLine): string {
  let key = '';
  for (let i = 0; i < count; i++) key += fields[i].quoted ? 'q' : 'w';
  return key;
}

/** The shape of a log whose lines that are escaped have these shapes, so often; `unescaped`: some line is not. */
export function shapeOf(shapes: ReadonlyMap<string, number>, unescaped: boolean): QuoteShape {
  const [key, most] = [...shapes].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0]);
  const all = [...shapes.values()].reduce((sum, lines) => sum + lines, 0);
  if (most * 2 <= all || !key.includes('qq')) return anyShape;
  return { fields: Array.from(key, (letter) => letter === 'q'), strict: unescaped };
}

function isShape({ fields, count }: AccessLine, shape: readonly boolean[]): boolean {
  return count === shape.length && shape.every((quoted, i) => fields[i].quoted === quoted);
}

/** Referrer and agent, and behind the last quote words. */
function withWords(line: AccessLine, bytes: Uint8Array, end: number): readonly boolean[] {
  const shape: boolean[] = [];
  while (shape.length < line.count && !line.fields[shape.length].quoted) shape.push(false);
  shape.push(true, true);
  let at = end;
  while (at > line.size.end && bytes[at - 1] !== QUOTE) at--;
  for (at = skipBlanks(bytes, at, end); at < end && shape.length < MOST_FIELDS; at = skipBlanks(bytes, at, end)) {
    shape.push(false);
    while (at < end && bytes[at] !== BLANK) at++;
  }
  return shape;
}

/** A quote in a word that is no `name="value"`, `("value")` or the like; the value may have blanks. */
function hasStray({ fields, count }: AccessLine, bytes: Uint8Array): boolean {
  let inside = false;
  for (let i = 0; i < count; i++) {
    const { start, end, quoted } = fields[i];
    for (let at = start; !quoted && at < end; at++) {
      if (bytes[at] !== QUOTE) continue;
      if (!inside && (at === start || !opensValue(bytes[at - 1]))) return true;
      inside = !inside;
    }
  }
  return inside;
}

const opensValue = (byte: number): boolean => '=:[({,;|<'.includes(String.fromCharCode(byte));

/** Takes the line's fields for those of the shape; false, and nothing is changed, where they cannot be. */
function readAs(line: AccessLine, bytes: Uint8Array, end: number, shape: readonly boolean[]): boolean {
  const agent = shape.indexOf(true) + 1;
  if (agent === 0 || !shape[agent]) return false;
  const parts: Part[] = shape.map(() => ({ start: -1, end: -1 }));
  let from = skipBlanks(bytes, line.size.end, end);
  for (let i = 0; i < agent; i++) {
    const behind = shape[i] ? quotedFrom(bytes, from, end, shape[i + 1], parts[i]) : wordFrom(bytes, from, end, parts[i]);
    if (behind < 0) return false;
    from = skipBlanks(bytes, behind, end);
  }
  let to = end;
  for (let i = shape.length - 1; i > agent; i--) {
    to = backOverBlanks(bytes, from, to);
    to = shape[i] ? quotedBack(bytes, from, to, shape[i - 1], parts[i]) : wordBack(bytes, from, to, parts[i]);
    if (to < 0) return false;
  }
  to = backOverBlanks(bytes, from, to);
  if (to - from < 2 || bytes[from] !== QUOTE || bytes[to - 1] !== QUOTE) return false;
  set(parts[agent], from + 1, to - 1);
  for (const [i, { start, end: stop }] of parts.entries()) {
    set(line.fields[i], start, stop);
    line.fields[i].quoted = shape[i];
    line.fields[i].open = false;
  }
  line.count = shape.length;
  line.open = false;
  return true;
}

/** A quoted field that ends at the first quote behind which the next can begin; returns where it ends, or -1. */
function quotedFrom(bytes: Uint8Array, from: number, end: number, nextQuoted: boolean, part: Part): number {
  if (from >= end || bytes[from] !== QUOTE) return -1;
  for (let at = from + 1; at < end; at++) {
    if (bytes[at] !== QUOTE || bytes[at + 1] !== BLANK) continue;
    const next = skipBlanks(bytes, at + 1, end);
    if (next >= end || (bytes[next] === QUOTE) !== nextQuoted) continue;
    set(part, from + 1, at);
    return at + 1;
  }
  return -1;
}

function wordFrom(bytes: Uint8Array, from: number, end: number, part: Part): number {
  const blank = indexOf(bytes, BLANK, from, end);
  const stop = blank < 0 ? end : blank;
  if (stop === from || indexOf(bytes, QUOTE, from, stop) >= 0) return -1;
  set(part, from, stop);
  return stop;
}

/** A quoted field that begins as late as it can; returns where, or -1. */
function quotedBack(bytes: Uint8Array, from: number, end: number, previousQuoted: boolean, part: Part): number {
  if (end - from < 2 || bytes[end - 1] !== QUOTE) return -1;
  for (let at = end - 2; at > from; at--) {
    if (bytes[at] !== QUOTE || bytes[at - 1] !== BLANK) continue;
    const before = backOverBlanks(bytes, from, at);
    if (before <= from || (bytes[before - 1] === QUOTE) !== previousQuoted) continue;
    set(part, at + 1, end - 1);
    return at;
  }
  return -1;
}

function wordBack(bytes: Uint8Array, from: number, end: number, part: Part): number {
  let at = end;
  for (; at > from && bytes[at - 1] !== BLANK; at--) if (bytes[at - 1] === QUOTE) return -1;
  if (at === end) return -1;
  set(part, at, end);
  return at;
}

function backOverBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = end;
  while (at > from && bytes[at - 1] === BLANK) at--;
  return at;
}
