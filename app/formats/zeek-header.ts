import { visibleText } from '../columns/visible-utf8.ts';
import { ByteScratch, escapedByte } from './texts.ts';
import type { LostHeader } from './zeek-without-header.ts';

const TAB = 9;
const BLANK = 32;

interface SavedHeader {
  readonly bytes: readonly (readonly number[])[];
  readonly path: string;
  readonly fields: readonly string[] | null;
  readonly types: readonly string[] | null;
  readonly joined: number;
  readonly rest: boolean;
  readonly begun: boolean;
}

/**
 * The `#` lines of a Zeek ASCII log (https://docs.zeek.org/en/master/frameworks/logging.html) and what they say. They may come again
 * in mid-file with other columns: rotated logs put together.
 */
export class ZeekHeader {
  /** What separates fields: one byte as a rule, but any number of them. */
  separator: Uint8Array<ArrayBuffer> = Uint8Array.of(TAB);
  setSeparator: Uint8Array = ascii(',');
  empty: Uint8Array = ascii('(empty)');
  unset: Uint8Array = ascii('-');
  path = '';
  /** Null until a #fields line. */
  fields: readonly string[] | null = null;
  types: readonly string[] | null = null;
  /** What header lines begin with: '#', or what the log's writer was told instead. */
  prefix: Uint8Array = ascii('#');
  /** Counts up with every line that changes how rows are read. */
  version = 0;
  /** The last field's name holds several, joined by three blanks (IoT-23): so do its rows. */
  joined = 1;
  /** The last field is all that is left of the line, or nothing. */
  rest = false;
  /** Told of every header ('headers') and of what a person should know (a sentence). */
  readonly remark: (key: string) => void;

  constructor(remark: (key: string) => void = () => undefined) {
    this.remark = remark;
  }

  /** What `restore` needs: equal texts, rows read alike. */
  save(): string {
    const bytes = [this.separator, this.setSeparator, this.empty, this.unset, this.prefix].map((part) => [...part]);
    return JSON.stringify({
      bytes,
      path: this.path,
      fields: this.fields,
      types: this.types,
      joined: this.joined,
      rest: this.rest,
      begun: this.version > 0,
    });
  }

  restore(saved: string): void {
    const { bytes, begun, ...rest } = JSON.parse(saved) as SavedHeader;
    const [separator, setSeparator, empty, unset, prefix] = bytes.map((part) => Uint8Array.from(part));
    Object.assign(this, { separator, setSeparator, empty, unset, prefix, ...rest, version: begun ? this.version + 1 : 0 });
  }

  /** The same for headers under which rows are read the same way. */
  get key(): string {
    const bytes = [this.separator, this.setSeparator, this.empty, this.unset].map((part) => part.join());
    return JSON.stringify([bytes, this.path, this.fields, this.types, this.joined]);
  }

  /** Takes what a header that was cut off would have said. */
  assume({ path, fields, separator, unset, rest, remark }: LostHeader): void {
    const { names, joined } = namesOf(fields);
    Object.assign(this, { path, fields: names, types: null, joined, rest, separator: ascii(separator), unset: ascii(unset) });
    this.version++;
    this.remark(remark);
  }

  /** Whether bytes[start..end) begins as a header line does; decides the prefix on the first line of a file. */
  isHeaderLine(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < this.prefix.length) return false;
    for (let i = 0; i < this.prefix.length; i++) if (bytes[start + i] !== this.prefix[i]) return false;
    return true;
  }

  /** A first line `!separator \x09` says that header lines begin with `!`. */
  choosePrefix(bytes: Uint8Array, start: number, end: number): void {
    const prefix = /^(?!\S*set_)([!-~]{1,16}?)separator[ \t]/.exec(textOf(bytes, start, Math.min(end, start + 32)))?.[1];
    if (prefix !== undefined) this.prefix = ascii(prefix);
  }

  /** Takes in a header line, without its end. Unknown ones are comments. */
  line(bytes: Uint8Array, start: number, end: number): void {
    let at = start + this.prefix.length;
    const from = at;
    while (at < end && isLetter(bytes[at])) at++;
    const key = textOf(bytes, from, at);
    if (key === 'separator') this.#separatorLine(bytes, at, end);
    else if (settings.has(key)) this.#setting(key, bytes, at, end);
  }

  #separatorLine(bytes: Uint8Array, at: number, end: number): void {
    this.version++;
    // `#separator \x09`, but also a TAB instead of the blank, or the TAB itself
    let from = at < end && (bytes[at] === BLANK || bytes[at] === TAB) ? at + 1 : at;
    let to = end;
    const blank = (byte: number): boolean => byte === BLANK || byte === TAB;
    if ([...bytes.subarray(from, to)].some((byte) => !blank(byte))) {
      while (from < to && blank(bytes[from])) from++;
      while (to > from && blank(bytes[to - 1])) to--;
    }
    const value = unescaped(bytes, from, to);
    if (value.length > 0) this.separator = value;
    else {
      this.separator = Uint8Array.of(TAB);
      this.remark('The #separator line is empty; the columns were taken to be separated by TABs.');
    }
  }

  #setting(key: string, bytes: Uint8Array, at: number, end: number): void {
    if (key === 'fields') this.#distrustSeparator(bytes, at, end);
    const parts = split(bytes, skipGap(bytes, at, end, this.separator), end, this.separator);
    const first = parts[0] ?? new Uint8Array(0);
    this.version++;
    if (key === 'fields') this.#fieldsLine(parts.map(decoded));
    else if (key === 'types') this.types = namesOf(parts.map(decoded)).names;
    else if (key === 'path') this.path = decoded(first) === decoded(this.unset) ? '' : decoded(first);
    else if (key === 'set_separator') this.setSeparator = first.length > 0 ? unescaped(first, 0, first.length) : this.setSeparator;
    else if (key === 'empty_field') this.empty = Uint8Array.from(first);
    else this.unset = first.length > 0 ? Uint8Array.from(first) : this.unset;
  }

  #fieldsLine(parts: readonly string[]): void {
    const { names, joined } = namesOf(parts);
    this.fields = names;
    this.joined = joined;
    this.rest = false;
    this.types = null;
    this.remark('headers');
  }

  /** A separator that the header itself does not use is none; its lines show TABs. */
  #distrustSeparator(bytes: Uint8Array, at: number, end: number): void {
    const rest = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at);
    if (rest.includes(Buffer.from(this.separator)) || !rest.includes(TAB)) return;
    const said = JSON.stringify(decoded(this.separator));
    this.remark(`The #separator line says ${said}, but the header is separated by TABs; TABs were taken.`);
    this.separator = Uint8Array.of(TAB);
  }
}

const settings: ReadonlySet<string> = new Set(['fields', 'types', 'path', 'set_separator', 'empty_field', 'unset_field']);

/** Without the empty name that a TAB at the end leaves; a last name with three blanks in it is several. */
function namesOf(parts: readonly string[]): { readonly names: readonly string[]; readonly joined: number } {
  const names = [...parts];
  if (names.length > 1 && names.at(-1) === '') names.pop();
  const last = (names.pop() ?? '').split('   ').map((name) => name.trim());
  return { names: [...names, ...last], joined: last.length };
}

/** A #open line has a blank where others have the separator. */
function skipGap(bytes: Uint8Array, at: number, end: number, separator: Uint8Array): number {
  if (startsWith(bytes, at, end, separator)) return at + separator.length;
  return at < end && (bytes[at] === BLANK || bytes[at] === TAB) ? at + 1 : at;
}

export function startsWith(bytes: Uint8Array, at: number, end: number, what: Uint8Array): boolean {
  if (end - at < what.length) return false;
  for (let i = 0; i < what.length; i++) if (bytes[at + i] !== what[i]) return false;
  return true;
}

/** The parts between separators, as views of the bytes. */
export function split(bytes: Uint8Array, start: number, end: number, separator: Uint8Array): Uint8Array[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (;;) {
    const at = view.indexOf(separator, from);
    parts.push(view.subarray(from, at < 0 ? view.length : at));
    if (at < 0) return parts;
    from = at + separator.length;
  }
}

/** With every `\xHH` turned into its byte, control bytes too: a separator may be one. */
function unescaped(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const out = new ByteScratch();
  for (let i = start; i < end; i++) {
    const byte = escapedByte(bytes, i, end);
    out.put(byte < 0 ? bytes[i] : byte);
    if (byte >= 0) i += 3;
  }
  return out.bytes.slice(0, out.length);
}

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const isLetter = (byte: number): boolean => (byte >= 97 && byte <= 122) || byte === 95;
const decoded = (bytes: Uint8Array): string => textOf(bytes, 0, bytes.length);

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return visibleText(bytes, start, end);
}
