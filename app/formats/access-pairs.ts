import { JsonAccessReader } from './access-json-reader.ts';
import type { Taken } from './access-reader.ts';
import type { Pairs } from './key-values.ts';
import { ByteScratch } from './texts.ts';

const [OPEN, QUOTE, BACKSLASH] = [123, 34, 92];

/** Reads requests that a line tells as pairs of a name and a value; names are those of JSON (access-json-keys.ts). */
export abstract class PairsReader extends JsonAccessReader {
  readonly #object = new ByteScratch();

  /** The pairs of bytes[start..end), or what is wrong with it. */
  protected abstract pairs(bytes: Uint8Array, start: number, end: number, last: boolean): Pairs | Exclude<Taken, 'row'>;

  protected override line(bytes: Uint8Array, start: number, end: number, last: boolean): Taken {
    const pairs = this.pairs(bytes, start, end, last);
    if (!isPairs(pairs)) return pairs;
    const object = this.#object;
    object.clear();
    putPairs(object, pairs);
    return super.line(object.bytes, 0, object.length, last);
  }
}

const isPairs = (found: Pairs | Exclude<Taken, 'row'>): found is Pairs => Array.isArray(found);

/** The pairs as an object of JSON; numbers stay numbers. One character is one byte. */
function putPairs(out: ByteScratch, pairs: Pairs): void {
  for (const [i, [key, value]] of pairs.entries()) {
    out.put(i === 0 ? OPEN : 44);
    putString(out, key);
    out.put(58);
    if (/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(value)) for (const letter of Buffer.from(value)) out.put(letter);
    else putString(out, value);
  }
  out.put(125);
  // no scanner looks beyond a line feed
  out.put(10);
  out.length--;
}

function putString(out: ByteScratch, text: string): void {
  out.put(QUOTE);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE || code === BACKSLASH) out.put(BACKSLASH);
    if (code >= 32) out.put(code);
    else for (const letter of Buffer.from(`\\u00${code.toString(16).padStart(2, '0')}`)) out.put(letter);
  }
  out.put(QUOTE);
}
