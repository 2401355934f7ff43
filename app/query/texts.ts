import { isAscii } from 'node:buffer';
import { wideIds } from '../columns/scan/packed-rows.ts';
import { CHUNK_ROWS, type DictionaryReader, type TextColumn } from '../columns/types.ts';
import { eachRow, settled, type Selector } from './selection.ts';

const scratch = new Uint32Array(CHUNK_ROWS);

/** A question to a text that is not absent. */
export type TextTest = (text: string) => boolean;

const UNKNOWN = 0;
/** Shifted by one, an answer is 0 or 1. */
const NO = 1;
const YES = 2;

/** Rows whose dictionary entry passes the test; every entry is tested once, when it is first met. */
export function entrySelector(column: string, dictionary: DictionaryReader, test: TextTest): Selector {
  const answers = new Uint8Array(dictionary.size + 1);
  answers[0] = NO;
  return (chunk) => {
    const stats = chunk.stats(column);
    if (stats === null || stats.max === null) return null;
    const ids = wideIds(chunk.packedIds(column), null, chunk.rows, scratch);
    const mask = new Uint8Array(chunk.rows);
    let count = 0;
    for (let i = 0; i < mask.length; i++) {
      const id = ids[i];
      let answer = answers[id];
      if (answer === UNKNOWN) answers[id] = answer = test(dictionary.textOf(id)) ? YES : NO;
      const hit = answer >> 1;
      mask[i] = hit;
      count += hit;
    }
    return settled(mask, count);
  };
}

/** Rows whose dictionary entry is one of `texts`. */
export function entriesSelector(column: string, dictionary: DictionaryReader, texts: readonly string[]): Selector {
  const wanted = [...new Set(texts.map((text) => dictionary.idOf(text)))].filter((id) => id !== 0);
  const table = new Uint8Array(dictionary.size + 1);
  for (const id of wanted) table[id] = 1;
  return (chunk) => {
    const stats = chunk.stats(column);
    if (stats === null || stats.min === null || stats.max === null) return null;
    const { min, max } = stats;
    if (!wanted.some((id) => id >= min && id <= max)) return null;
    const ids = wideIds(chunk.packedIds(column), null, chunk.rows, scratch);
    const mask = new Uint8Array(chunk.rows);
    let count = 0;
    for (let i = 0; i < mask.length; i++) {
      const hit = table[ids[i]];
      mask[i] = hit;
      count += hit;
    }
    return settled(mask, count);
  };
}

export function presentEntry(column: string): Selector {
  return (chunk) => {
    const stats = chunk.stats(column);
    if (stats === null || stats.absent === stats.rows) return null;
    if (stats.absent === 0) return 'all';
    const ids = wideIds(chunk.packedIds(column), null, chunk.rows, scratch);
    return eachRow(chunk.rows, (i) => ids[i] !== 0);
  };
}

const decoder = new TextDecoder();

/** The text of a row; '' where it is absent. */
export function rowText({ offsets, bytes }: TextColumn, index: number): string {
  return decoder.decode(bytes.subarray(offsets[index], offsets[index + 1]));
}

/** Rows of a text column that pass the test, one by one. */
export function textSelector(column: string, test: TextTest): Selector {
  return (chunk) => {
    if (isEmpty(chunk.stats(column))) return null;
    const text = chunk.text(column);
    return eachRow(chunk.rows, (i) => text.absent?.[i] !== 1 && test(rowText(text, i)));
  };
}

export function presentText(column: string): Selector {
  return (chunk) => {
    const stats = chunk.stats(column);
    if (stats === null || isEmpty(stats)) return null;
    if (stats.absent === 0) return 'all';
    const { absent } = chunk.text(column);
    return absent === null ? 'all' : eachRow(chunk.rows, (i) => absent[i] !== 1);
  };
}

function isEmpty(stats: { readonly rows: number; readonly absent: number } | null): boolean {
  return stats === null || stats.absent === stats.rows;
}

/** Rows of a text column that are one of `texts`: bytes are hashed and compared, nothing is decoded. */
export function exactTextSelector(column: string, texts: readonly string[]): Selector {
  const encoder = new TextEncoder();
  const byHash = new Map<number, Uint8Array[]>();
  const lengths = new Set<number>();
  for (const text of texts) {
    const bytes = encoder.encode(text);
    const hash = hashOf(bytes, 0, bytes.length);
    byHash.set(hash, [...(byHash.get(hash) ?? []), bytes]);
    lengths.add(bytes.length);
  }
  return (chunk) => {
    if (isEmpty(chunk.stats(column))) return null;
    const { offsets, bytes, absent } = chunk.text(column);
    return eachRow(chunk.rows, (i) => {
      const start = offsets[i];
      const end = offsets[i + 1];
      if (!lengths.has(end - start) || absent?.[i] === 1) return false;
      return byHash.get(hashOf(bytes, start, end))?.some((wanted) => sameBytes(wanted, bytes, start)) === true;
    });
  };
}

/** Rows of a text column that hold the text anywhere, upper and lower case alike. */
export function containingTextSelector(column: string, text: string): Selector {
  const wanted = new TextEncoder().encode(text.toLowerCase());
  const asStrings = textSelector(column, contains(text));
  return (chunk) => {
    if (isEmpty(chunk.stats(column))) return null;
    const { offsets, bytes, absent } = chunk.text(column);
    // Letters beyond ASCII have cases that only strings know; the Kelvin sign even is a k.
    if (!isAscii(wanted) || !isAscii(bytes)) return asStrings(chunk);
    return eachRow(chunk.rows, (i) => absent?.[i] !== 1 && holdsBytes(bytes, offsets[i], offsets[i + 1], wanted));
  };
}

/** A test for the text anywhere, upper and lower case alike. */
export function contains(text: string): TextTest {
  const wanted = text.toLowerCase();
  return (subject) => subject.toLowerCase().includes(wanted);
}

function holdsBytes(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  for (let from = start; from + wanted.length <= end; from++) {
    let i = 0;
    while (i < wanted.length && lower(bytes[from + i]) === wanted[i]) i++;
    if (i === wanted.length) return true;
  }
  return false;
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash;
}

function sameBytes(wanted: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (wanted[i] !== bytes[start + i]) return false;
  return true;
}
