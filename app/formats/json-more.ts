import type { ColumnSpec } from '../columns/types.ts';
import { plural } from '../contract/format.ts';
import type { CellPlan } from './cells.ts';
import { MAX_KEYS } from './column-slots.ts';
import { JSON_KIND } from './json-scanner.ts';
import { ByteScratch } from './texts.ts';

/**
 * Where values go whose keys came after a JSON log had MAX_KEYS columns: one text a record, the JSON object of them, keys as paths. What stands in
 * hundreds of columns is looked for by its text anyway, and what comes once has no column to be compared in.
 */
export const MORE_COLUMN = 'other_keys';

const spec: ColumnSpec = {
  name: MORE_COLUMN,
  type: 'string',
  storage: 'text',
  dictionary: null,
  title: `Keys beyond the first ${MAX_KEYS}, as JSON`,
};
export const morePlan: CellPlan = { column: MORE_COLUMN, type: 'string', spec };

/** Tallied for each value that is kept there. */
export const MORE_KEYS = 'more keys';

const OPEN = Buffer.from('{');
const [CLOSE, COMMA, QUOTE] = [125, 44, 34];

/** Keys whose written form is remembered. */
const REMEMBERED = 20_000;
const DELETE = Buffer.from('\\u007f');

/** The keys of one record that have no column. */
export class MoreKeys {
  /** Values of the record at hand. */
  count = 0;
  readonly #text = new ByteScratch();
  /** By path: as it stands in JSON, with its colon. */
  readonly #written = new Map<string, Uint8Array>();

  begin(): void {
    this.count = 0;
  }

  /** Adds a member as a JsonScanner found it. */
  add(path: string, bytes: Uint8Array, kind: number, start: number, end: number): void {
    const text = this.#text;
    if (this.count++ === 0) {
      text.clear();
      text.put(OPEN[0]);
    } else text.put(COMMA);
    text.putAll(this.#keyOf(path));
    const quoted = kind === JSON_KIND.string || kind === JSON_KIND.escaped;
    if (quoted) text.put(QUOTE);
    text.reserve(end - start);
    for (let at = start; at < end; at++) {
      // of control bytes there is only this one in texts, and blanks of all kinds between values
      if (bytes[at] === 127) text.putAll(DELETE);
      else text.put(bytes[at] < 32 ? 32 : bytes[at]);
    }
    if (quoted) text.put(QUOTE);
  }

  #keyOf(path: string): Uint8Array {
    let written = this.#written.get(path);
    if (written === undefined) {
      if (this.#written.size >= REMEMBERED) this.#written.clear();
      this.#written.set(path, (written = Buffer.from(`${JSON.stringify(path)}:`)));
    }
    return written;
  }

  /** The whole of it; once a record. */
  text(): { readonly bytes: Uint8Array; readonly length: number } {
    this.#text.put(CLOSE);
    return this.#text;
  }
}

export function moreRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const count = tallies.get(MORE_KEYS) ?? 0;
  if (count === 0) return [];
  const kept = `${plural(count, 'value')} of other keys ${count === 1 ? 'is' : 'are'} kept as JSON in the text column ${MORE_COLUMN}`;
  return [`It has more than ${MAX_KEYS} different keys; ${kept}. To give one of them a column, map it.`];
}
