import { MAX_KEYS } from './column-slots.ts';
import { JSON_KIND, JsonScanner } from './json-scanner.ts';
import { putJsonList, putJsonText } from './json-text.ts';
import { headLines } from './table-head.ts';
import { ByteScratch } from './texts.ts';

/** The first lines of JSON records as a table. */
export interface JsonTableHead {
  /** Keys in the order they came, those of nested objects joined by dots. */
  readonly names: readonly string[];
  /** Their values as texts, '' where a record has none. */
  readonly rows: readonly (readonly string[])[];
  /** Places of the keys that have a text for a value somewhere. */
  readonly texts: ReadonlySet<number>;
  /** Lines that were looked at. */
  readonly lines: number;
}

/** So many lines tell what the values of a key are. */
const SAMPLE = 200;
/** The contract takes no longer names in a mapping. */
export const LONGEST_KEY = 200;

export function jsonTableHead(head: Uint8Array): JsonTableHead {
  const scanner = new JsonScanner();
  const text = new ByteScratch();
  const names: string[] = [];
  const places = new Map<string, number>();
  const texts = new Set<number>();
  const rows: string[][] = [];
  const lines = headLines(head, (line) => scanner.scan(line, 0, line.length)).slice(0, SAMPLE);
  for (const line of lines) {
    if (!scanner.scan(line, 0, line.length)) continue;
    const row: string[] = [];
    for (let i = 0; i < scanner.count; i++) {
      const kind = scanner.kinds[i];
      if (kind === JSON_KIND.object) continue;
      const name = scanner.names.path(scanner.keys[i]);
      let place = places.get(name);
      if (place === undefined) {
        if (names.length >= MAX_KEYS || name === '' || name.length > LONGEST_KEY) continue;
        place = names.push(name) - 1;
        places.set(name, place);
      }
      row[place] = kind === JSON_KIND.null ? '' : valueText(text, line, kind, scanner.starts[i], scanner.ends[i]);
      if (kind === JSON_KIND.string || kind === JSON_KIND.escaped) texts.add(place);
    }
    rows.push(row);
  }
  return { names, rows: rows.map((row) => names.map((_, i) => row[i] ?? '')), texts, lines: lines.length };
}

/** Appends a member's value, which is no object and not null, as the text that it is in a table. */
export function putJsonValue(out: ByteScratch, bytes: Uint8Array, kind: number, start: number, end: number): void {
  if (kind === JSON_KIND.array) putJsonList(out, bytes, start, end);
  else putJsonText(out, bytes, start, end);
}

function valueText(text: ByteScratch, bytes: Uint8Array, kind: number, start: number, end: number): string {
  text.clear();
  putJsonValue(text, bytes, kind, start, end);
  return Buffer.from(text.bytes.subarray(0, text.length)).toString();
}
