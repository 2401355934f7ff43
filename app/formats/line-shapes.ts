import { FlowTuples, holdsFlowTuples } from './flow-tuples.ts';
import { newlineOf } from './lines.ts';
import { LINE_LIMIT } from './types.ts';

/**
 * How the records of a file lie that is no log of lines as its format writes them, and can be made one without moving a byte:
 * `json-array`: one array of objects, on one line or on many; `json-member`: the same as the only member of an object, as AWS CloudTrail writes files
 * (`{"Records": [...]}`); `json-objects`: objects over several lines each; `tabs`: a log of Tstat's with TABs where its blanks are; `flow-tuples`: flow logs of
 * Azure, many records in the lists of an object.
 */
export const shapeNames = ['json-array', 'json-member', 'json-objects', 'tabs', 'flow-tuples'] as const;
export type ShapeName = (typeof shapeNames)[number];

/** Takes the file's bytes in order, in blocks of any size. */
export interface LineShape {
  readonly name: ShapeName;
  /** For a person. */
  readonly remark: string;
  /** The block as lines, as long as it was: byte by byte what stands at the same place of the file, or a blank, or a line feed. */
  lines(block: Uint8Array): Uint8Array;
  /** What was begun has not ended: here the file is cut, unless more of it follows. */
  readonly within: boolean;
}

const [LF, CR, TAB, BLANK, QUOTE, COMMA, COLON, BACKSLASH] = [10, 13, 9, 32, 34, 44, 58, 92];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN, CLOSE] = [91, 93, 123, 125];

/** The shape of a file that begins with these bytes; null where it is a log of lines as it is, or none at all. */
export function shapeOf(head: Uint8Array): LineShape | null {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  at = behindSpace(head, at);
  if (holdsFlowTuples(head, at)) return lineShape('flow-tuples');
  if (head[at] === OPEN_ARRAY && head[behindSpace(head, at + 1)] === OPEN) return lineShape('json-array');
  const array = head[at] === OPEN ? onlyArray(head, at) : -1;
  if (array >= 0) return new JsonLines('json-member', array + 1);
  if (head[at] === OPEN && isAlone(head, at)) return lineShape('json-objects');
  return isTstatWithTabs(head, at) ? lineShape('tabs') : null;
}

/** The same for a file of which this is known; also from the beginning of any of its records on. */
export function lineShape(name: ShapeName): LineShape {
  switch (name) {
    case 'json-array':
    case 'json-member':
    case 'json-objects':
      return new JsonLines(name, 0);
    case 'flow-tuples':
      return new FlowTuples();
    case 'tabs':
      return { name, remark: 'TABs stand between its columns where Tstat writes blanks.', lines: withBlanks, within: false };
  }
}

/** Whether nothing can follow behind the records of such a file: what comes later comes before its end. */
export const isClosed = (name: ShapeName | undefined): boolean => name === 'json-array' || name === 'json-member' || name === 'flow-tuples';

/** Whether a line, as its shape has them, ends within these first bytes of a file. */
export function endsLine(head: Uint8Array): boolean {
  return newlineOf(shapeOf(head)?.lines(head) ?? head, false) !== 0;
}

export const isShapeName = (name: unknown): name is ShapeName => shapeNames.some((one) => one === name);

/** The first bracket of a record stands on a line of its own, as programs write JSON for people. */
function isAlone(head: Uint8Array, at: number): boolean {
  for (let next = at + 1; next < head.length; next++) {
    if (head[next] === LF || head[next] === CR) return true;
    if (head[next] !== BLANK && head[next] !== TAB) return false;
  }
  return false;
}

/**
 * Where the array of objects begins that is the only member of the object at `at`, -1 where it is none. Of an array that goes on beyond the head nobody knows
 * what follows.
 */
function onlyArray(head: Uint8Array, at: number): number {
  const name = behindSpace(head, at + 1);
  if (head[name] !== QUOTE) return -1;
  const colon = behindSpace(head, textEnd(head, name));
  const array = head[colon] === COLON ? behindSpace(head, colon + 1) : -1;
  if (array < 0 || head[array] !== OPEN_ARRAY || head[behindSpace(head, array + 1)] !== OPEN) return -1;
  const end = arrayEnd(head, array);
  if (end < 0) return array;
  const close = behindSpace(head, end);
  return close === head.length || (head[close] === CLOSE && behindSpace(head, close + 1) === head.length) ? array : -1;
}

/** Behind the text whose first quote stands at `start`, or behind all. */
function textEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Behind the array that begins at `start`; -1 where it does not end. */
function arrayEnd(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = textEnd(bytes, at) - 1;
    else if (byte === OPEN_ARRAY || byte === OPEN) depth++;
    else if ((byte === CLOSE_ARRAY || byte === CLOSE) && --depth === 0) return at + 1;
  }
  return -1;
}

function isTstatWithTabs(head: Uint8Array, at: number): boolean {
  const start = Buffer.from(head.buffer, head.byteOffset + at, Math.min(head.length - at, 40)).toString('latin1');
  return /^(?:#(?:\d+#)?)?c_ip(?::\d+)?\tc_port(?::\d+)?\t/.test(start);
}

function withBlanks(block: Uint8Array): Uint8Array {
  const lines = Uint8Array.from(block);
  for (let at = lines.indexOf(TAB); at >= 0; at = lines.indexOf(TAB, at + 1)) lines[at] = BLANK;
  return lines;
}

const remarks = {
  'json-array': 'It is one JSON array: what is called a line here is one of its records, and its number.',
  'json-member':
    'It is one JSON object around an array: what is called a line here is one of its records; line 1 is what stands before the first, so that record 1 is line 2.',
  'json-objects': 'Its JSON objects go over several lines: what is called a line here is one of them, and its number.',
} as const;

/**
 * JSON that is not a record a line. Line ends within a record become blanks; between records of an array the comma becomes one. No text of JSON holds a bare
 * line end (RFC 8259, section 7): where one does, or where a record is longer than any line may be, what follows is read as a record of its own, so that a
 * broken one takes no others with it.
 */
class JsonLines implements LineShape {
  readonly name: keyof typeof remarks;
  readonly remark: string;
  readonly #array: boolean;
  /** Bytes still to come of what stands before the records, the bracket of their array included. */
  #before: number;
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** Bytes since the last line end. */
  #length = 0;
  /** The array at hand has begun, or has ended. */
  #begun = false;
  #ended = false;
  /** So has the object around it. */
  #closed = false;

  /** `before`: so many bytes stand before the records of an only member; 0: it begins with one of them. */
  constructor(name: keyof typeof remarks, before: number) {
    this.name = name;
    this.remark = remarks[name];
    this.#array = name !== 'json-objects';
    this.#before = before;
    this.#begun = before > 0;
  }

  get within(): boolean {
    return (
      this.#depth > 0 || this.#inText || (this.#begun && !this.#ended) || (this.#ended && this.name === 'json-member' && !this.#closed)
    );
  }

  lines(block: Uint8Array): Uint8Array {
    const lines = Uint8Array.from(block);
    const records = Math.min(this.#before, lines.length);
    if (records > 0) {
      lines.fill(BLANK, 0, records);
      this.#before -= records;
      if (this.#before === 0) lines[records - 1] = LF;
    }
    for (let at = records; at < lines.length; at++) {
      const byte = lines[at];
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inText = false;
        else if (byte === LF || byte === CR) this.#breakOff();
      } else if (byte === QUOTE) this.#inText = true;
      else if (byte <= COMMA || byte >= OPEN_ARRAY) lines[at] = this.#mark(byte);
      if (lines[at] === LF) this.#length = 0;
      else if (++this.#length > LINE_LIMIT * 2) this.#breakOff();
    }
    return lines;
  }

  #breakOff(): void {
    this.#inText = false;
    this.#escaped = false;
    this.#depth = 0;
    this.#length = 0;
  }

  /** What becomes of a byte that is in no text. */
  #mark(byte: number): number {
    switch (byte) {
      case OPEN:
        this.#depth++;
        return byte;
      case OPEN_ARRAY:
        return this.#open();
      case CLOSE:
        if (this.#depth > 0) this.#depth--;
        else if (this.#ended && this.name === 'json-member' && !this.#closed) {
          this.#closed = true;
          return BLANK;
        }
        return byte;
      case CLOSE_ARRAY:
        return this.#close();
      case COMMA:
        return this.#array && this.#depth === 0 && !this.#ended ? LF : byte;
      case LF:
      case CR:
        return this.#depth > 0 || (this.#array && !this.#ended) ? BLANK : byte;
      default:
        return byte;
    }
  }

  #open(): number {
    const onlyOne = this.name === 'json-member' && this.#begun;
    if (this.#depth > 0 || !this.#array || onlyOne || (this.#begun && !this.#ended)) {
      this.#depth++;
      return OPEN_ARRAY;
    }
    // several arrays, one behind the other
    const again = this.#ended && this.#length > 0;
    this.#begun = true;
    this.#ended = false;
    return again ? LF : BLANK;
  }

  #close(): number {
    if (this.#depth > 0) {
      this.#depth--;
      return CLOSE_ARRAY;
    }
    if (!this.#array) return CLOSE_ARRAY;
    this.#ended = true;
    // what stands behind it is no part of its last record
    return this.name === 'json-member' ? LF : BLANK;
  }
}

function behindSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === BLANK || bytes[at] === TAB || bytes[at] === LF || bytes[at] === CR) at++;
  return at;
}
