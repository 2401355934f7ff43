import { readerOf, text, type Target } from './access-values.ts';
import type { AccessTime } from './access-time.ts';
import { ownName } from './access-variables.ts';
import type { TimeReader } from './table-times.ts';
import type { ToUtc } from './time-zone.ts';

/**
 * Apache writes one time in several directives where a fraction is wanted: `%{%d/%b/%Y:%T}t.%{usec_frac}t %{%z}t`
 * (https://httpd.apache.org/docs/current/mod/mod_log_config.html#formats).
 */

/** Microseconds that the last digit of a fraction stands for, and its digits. */
const fractions: ReadonlyMap<string, { readonly scale: number; readonly digits: number }> = new Map([
  ['msec_frac', { scale: 1000, digits: 3 }],
  ['usec_frac', { scale: 1, digits: 6 }],
]);

const shorthands: ReadonlyMap<string, string> = new Map([
  ['T', 'HMS'],
  ['F', 'Ymd'],
  ['D', 'mdy'],
  ['R', 'HM'],
  ['e', 'd'],
  ['b', 'm'],
  ['h', 'm'],
  ['B', 'm'],
  ['A', 'a'],
  ['Z', 'z'],
]);

/** What a pattern of % directives tells of a time, a letter each; null where it is no pattern, or one that cannot be read. */
function toldBy(written: string): readonly string[] | null {
  const letters = [...written.replaceAll('%%', '').matchAll(/%(.?)/g)].map(([, letter]) => letter);
  if (letters.length === 0 || !letters.every((letter) => /^[YymdejHIMSsfzZpbaTFDRhBA]$/.test(letter))) return null;
  return letters.flatMap((letter) => Array.from(shorthands.get(letter) ?? letter));
}

/**
 * The targets with one time among them: the first that is more than a fraction. Those that tell more of it are its parts; other times become columns
 * of the log's own.
 */
export function joinTimes(
  found: readonly { readonly name: string; readonly column: string; readonly target: Target }[],
): readonly Target[] {
  const main = found.find(({ target }) => target.how === 'time' && !fractions.has(target.written));
  const told = new Set(main?.target.how === 'time' ? toldBy(main.target.written) : []);
  const atEnd = (name: string): boolean => name.includes('{end:');
  let whole = false;
  return found.map((one) => {
    const { name, column, target } = one;
    if (target.how !== 'time' || one === main) return target;
    const own = text(ownName(column));
    if (main === undefined || atEnd(name) !== atEnd(main.name)) return own;
    if (fractions.has(target.written)) {
      if (whole) return own;
      whole = true;
      return { how: 'part', written: target.written };
    }
    const more = toldBy(target.written);
    if (told.size === 0 || more === null || more.some((letter) => told.has(letter))) return own;
    for (const letter of more) told.add(letter);
    return { how: 'part', written: target.written };
  });
}

/** No time has more bytes. */
const LONGEST = 256;

/** Reads a time whose parts stand in several places of a line. */
export class JoinedTime {
  readonly #patterns: readonly number[];
  readonly #fraction: number;
  readonly #scale: { readonly scale: number; readonly digits: number };
  readonly #read: TimeReader;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #joined = new Uint8Array(LONGEST);

  /** `targets`: one for each variable of the format. @throws FlowcaseError INVALID_INPUT for a pattern that is none */
  constructor(targets: readonly Target[], time: AccessTime, toUtc: ToUtc) {
    const written = targets.map((target) => (target.how === 'time' || target.how === 'part' ? target.written : null));
    this.#patterns = written.flatMap((one, i) => (one === null || fractions.has(one) ? [] : [i]));
    this.#fraction = written.findIndex((one) => one !== null && fractions.has(one));
    this.#scale = fractions.get(written[this.#fraction] ?? '') ?? { scale: 0, digits: 0 };
    this.#read = readerOf(this.#patterns.map((i) => written[i]).join(' '), time, toUtc);
    this.#starts = new Int32Array(targets.length);
    this.#ends = new Int32Array(targets.length);
  }

  /** The variable with this number stands at bytes[start..end). */
  put(number: number, start: number, end: number): void {
    this.#starts[number] = start;
    this.#ends[number] = end;
  }

  /** Microseconds since 1970 UTC; NaN where a part is none. */
  read(bytes: Uint8Array): number {
    const joined = this.#joined;
    let length = 0;
    for (const number of this.#patterns) {
      const [start, end] = [this.#starts[number], this.#ends[number]];
      if (length + 1 + end - start > LONGEST) return NaN;
      if (length > 0) joined[length++] = 32;
      joined.set(bytes.subarray(start, end), length);
      length += end - start;
    }
    return this.#read(joined, 0, length) + this.#micro(bytes);
  }

  #micro(bytes: Uint8Array): number {
    if (this.#fraction < 0) return 0;
    const [start, end] = [this.#starts[this.#fraction], this.#ends[this.#fraction]];
    if (end - start !== this.#scale.digits) return NaN;
    let value = 0;
    for (let at = start; at < end; at++) {
      const digit = bytes[at] - 48;
      if (digit < 0 || digit > 9) return NaN;
      value = value * 10 + digit;
    }
    return value * this.#scale.scale;
  }
}
