import { Ipv6Reader } from './addresses.ts';
import { TextSlot } from './text-slot.ts';
import type { Ipv4Cache, TermCache } from './intern-cache.ts';
import { parseDouble } from './values.ts';
import type { ZeekHeader } from './zeek-header.ts';
import { READ, type LayoutField } from './zeek-layout.ts';
import type { Binding } from './zeek-rows.ts';

const TAB = 9;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const BACKSLASH = 92;

const COUNT = 0;
const MICROS = 1;
const BOOL = 2;
const ADDRESS = 3;
const TERM = 4;
const TEXT = 5;
const DOUBLE = 6;

/** Stand where a field is kept otherwise. */
const noNumbers = new Float64Array(0);
const noIds = new Uint32Array(0);
const noText = new TextSlot('', 'string', null, 0);

/** Longer texts take the slow way. */
const MAX_TEXT = 4096;

/**
 * Reads plain lines in one pass over their bytes: TABs between the fields, no escapes, values as Zeek writes them. Whatever is unusual or
 * wrong is left to ZeekRows, which says what it is; both must agree on every line that this one takes.
 */
export class FastRows {
  /** Behind a line that was taken: where its newline is. */
  end = 0;
  readonly #addresses: Ipv4Cache;
  readonly #terms: TermCache;
  readonly #ipv6 = new Ipv6Reader();
  #width = 0;
  #kinds = new Uint8Array(0);
  #needed = new Uint8Array(0);
  /** The largest number that the field takes. */
  #limits = new Float64Array(0);
  #numbers: Float64Array[] = [];
  #ids: Uint32Array[] = [];
  #texts: TextSlot[] = [];
  #allTexts: readonly TextSlot[] = [];
  #empty: Uint8Array = new Uint8Array(0);

  constructor(addresses: Ipv4Cache, terms: TermCache) {
    this.#addresses = addresses;
    this.#terms = terms;
  }

  /** Lines from here on have these fields. */
  bind(bindings: readonly Binding[], header: ZeekHeader, joined: number): void {
    const inOrder = bindings.toSorted((a, b) => a.field.index - b.field.index);
    this.#width = isFastHeader(header, joined) ? inOrder.length : 0;
    this.#empty = header.empty;
    this.#kinds = Uint8Array.from(inOrder, ({ field, slot }) => kindOf(field, slot.storage));
    this.#needed = Uint8Array.from(inOrder, ({ field }) => (field.needed ? 1 : 0));
    this.#limits = Float64Array.from(inOrder, ({ field }) => (field.read === READ.port ? 65_535 : 999_999_999_999_999));
    this.#numbers = inOrder.map(({ slot }) => (slot.storage === 'number' ? slot.values : noNumbers));
    this.#ids = inOrder.map(({ slot }) => (slot.storage === 'dictionary' ? slot.values : noIds));
    this.#texts = inOrder.map(({ slot }) => (slot.storage === 'text' ? slot : noText));
    this.#allTexts = this.#texts.filter((text) => text !== noText);
  }

  /** Fills `row` from the line at `start`, which ends with `newline`; false where it did not, and left nothing. */
  row(bytes: Uint8Array, start: number, newline: number, row: number): boolean {
    const width = this.#width;
    if (width === 0) return false;
    this.end = start - 1;
    for (let field = 0; field < width; field++) {
      if (!this.#field(field, bytes, this.end + 1, field === width - 1 ? newline : TAB, row)) {
        this.takeBack(row);
        return false;
      }
    }
    return true;
  }

  /** Forgets the texts of a row that is not to be. */
  takeBack(row: number): void {
    for (const text of this.#allTexts) text.takeBack(row);
  }

  /** Reads one field; `end` is then where its terminator stands. */
  #field(field: number, bytes: Uint8Array, at: number, terminator: number, row: number): boolean {
    if (bytes[at] === DASH && bytes[at + 1] === terminator) return this.#unset(field, at + 1, row);
    switch (this.#kinds[field]) {
      case COUNT:
        return this.#count(field, bytes, at, terminator, row);
      case MICROS:
        return this.#micros(field, bytes, at, terminator, row);
      case BOOL:
        if (bytes[at + 1] !== terminator || (bytes[at] !== 84 && bytes[at] !== 70)) return false;
        this.#numbers[field][row] = bytes[at] === 84 ? 1 : 0;
        this.end = at + 1;
        return true;
      case ADDRESS:
        return this.#address(field, bytes, at, terminator, row);
      case TERM:
        return this.#term(field, bytes, at, terminator, row);
      case TEXT:
        return this.#text(field, bytes, at, terminator, row);
      default:
        return this.#double(field, bytes, at, terminator, row);
    }
  }

  #unset(field: number, end: number, row: number): boolean {
    if (this.#needed[field] !== 0) return false;
    const kind = this.#kinds[field];
    if (kind < ADDRESS || kind === DOUBLE) this.#numbers[field][row] = NaN;
    else if (kind < TEXT) this.#ids[field][row] = 0;
    this.end = end;
    return true;
  }

  #count(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): boolean {
    let value = 0;
    let at = start;
    for (; ; at++) {
      const digit = bytes[at] - ZERO;
      if (digit >>> 0 > 9) break;
      value = value * 10 + digit;
    }
    if (bytes[at] !== terminator || at === start || value > this.#limits[field] || at - start > 15) return false;
    this.#numbers[field][row] = value;
    this.end = at;
    return true;
  }

  #double(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): boolean {
    let at = start;
    while (bytes[at] >= 32) at++;
    const value = parseDouble(bytes, start, at);
    if (bytes[at] !== terminator || Number.isNaN(value)) return false;
    this.#numbers[field][row] = value;
    this.end = at;
    return true;
  }

  /** Seconds with exactly six decimals. */
  #micros(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): boolean {
    let seconds = 0;
    let at = start;
    for (; ; at++) {
      const digit = bytes[at] - ZERO;
      if (digit >>> 0 > 9) break;
      seconds = seconds * 10 + digit;
    }
    // the slow way knows what is too late or too long
    if (at === start || at - start > 10 || seconds >= 7_258_118_400 || bytes[at] !== DOT || bytes[at + 7] !== terminator) return false;
    let micro = 0;
    for (let i = at + 1; i < at + 7; i++) {
      const digit = bytes[i] - ZERO;
      if (digit >>> 0 > 9) return false;
      micro = micro * 10 + digit;
    }
    this.#numbers[field][row] = seconds * 1e6 + micro;
    this.end = at + 7;
    return true;
  }

  #address(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): boolean {
    let address = 0;
    let at = start;
    for (let octets = 0; octets < 4; octets++) {
      const from = at;
      let octet = 0;
      for (; ; at++) {
        const digit = bytes[at] - ZERO;
        if (digit >>> 0 > 9) break;
        octet = octet * 10 + digit;
      }
      const after = octets === 3 ? terminator : DOT;
      const digits = at - from;
      if (digits === 0 || digits > 3 || octet > 255 || bytes[at] !== after || (digits > 1 && bytes[from] === ZERO)) {
        return this.#longAddress(field, bytes, start, terminator, row);
      }
      address = (address << 8) | octet;
      at++;
    }
    this.#ids[field][row] = this.#addresses.id(address >>> 0, bytes, start, at - 1);
    this.end = at - 1;
    return true;
  }

  #longAddress(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): boolean {
    let at = start;
    while (bytes[at] >= 32) at++;
    if (bytes[at] !== terminator || !this.#ipv6.read(bytes, start, at)) return false;
    this.#ids[field][row] = this.#addresses.long(this.#ipv6.bytes, this.#ipv6.length);
    this.end = at;
    return true;
  }

  #term(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): boolean {
    let low = 0;
    let high = 0;
    let at = start;
    for (; ; at++) {
      const byte = bytes[at];
      if (byte < 32 || byte === BACKSLASH) break;
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | byte;
    }
    if (bytes[at] !== terminator) return false;
    const length = at - start;
    if (length === this.#empty.length && this.#isEmpty(bytes, start)) this.#ids[field][row] = this.#terms.short(0, 0, bytes, start, start);
    else this.#ids[field][row] = length > 8 ? this.#terms.long(bytes, start, at) : this.#terms.short(low, high, bytes, start, at);
    this.end = at;
    return true;
  }

  #text(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): boolean {
    const text = this.#texts[field];
    text.reserve(MAX_TEXT);
    const out = text.bytes;
    let to = text.length;
    let at = start;
    for (; at - start < MAX_TEXT; at++) {
      const byte = bytes[at];
      if (byte < 32 || byte === BACKSLASH) break;
      out[to++] = byte;
    }
    if (bytes[at] !== terminator || (at - start === this.#empty.length && this.#isEmpty(bytes, start))) return false;
    text.put(row, to);
    this.end = at;
    return true;
  }

  #isEmpty(bytes: Uint8Array, start: number): boolean {
    const empty = this.#empty;
    for (let i = 0; i < empty.length; i++) if (bytes[start + i] !== empty[i]) return false;
    return true;
  }
}

/** The fields are told apart as Zeek does it by default. */
export function isFastHeader({ separator, unset }: ZeekHeader, joined: number): boolean {
  return separator.length === 1 && separator[0] === TAB && unset.length === 1 && unset[0] === DASH && joined === 1;
}

function kindOf(field: LayoutField, storage: string): number {
  switch (field.read) {
    case READ.count:
    case READ.integer:
    case READ.port:
      return COUNT;
    case READ.time:
    case READ.moment:
    case READ.interval:
      return MICROS;
    case READ.bool:
      return BOOL;
    case READ.address:
      return ADDRESS;
    case READ.text:
      return storage === 'text' ? TEXT : TERM;
    case READ.double:
      return DOUBLE;
  }
}
