import type { ChunkView } from '../columns/types.ts';
import { formatCount, plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import type { Pace } from '../learn/pace.ts';
import type { HostRows, Labels, Selection } from './types.ts';

/** The code of a row without a class. */
export const NO_CLASS = 0xffff;

/** More classes than this are no classes: names, identifiers, quantities. */
export const MOST_CLASSES = 1000;

/** A class that the caller knows, a tag of the analyst for example: one byte per row of the chunk (1 = it has it), null where no row has. */
export interface MarkedClass {
  readonly name: string;
  mask(chunk: ChunkView): Uint8Array | null;
}

/**
 * The classes that a column gives to the rows of a selection, as they stand (`class:google` stays `class:google`). Numbers are written as
 * JavaScript writes them. Absent values are no class.
 * @throws FlowcaseError PARAMETER for an unknown column, one class only, or more than a thousand; CANCELLED
 */
export async function labelsOf(selection: Selection, column: string, pace: Pace): Promise<Labels> {
  const spec = selection.table.column(column);
  if (spec === undefined) {
    const known = selection.table.columns.map(({ name }) => name);
    throw bad(`The log has no column ${column} to learn from. Choose one of its columns.`, column, known);
  }
  const texts: string[] = [];
  const codes = new Uint16Array(selection.rows).fill(NO_CLASS);
  const reader = readerOf(selection, column, texts);
  for (const { chunk, rows, start } of selection.parts) {
    const codeOf = reader(chunk);
    for (let i = 0; i < rows.length; i++) codes[start + i] = codeOf(rows[i]);
    await pace.breathe();
  }
  return sorted(column, texts, codes, spec.storage === 'number', 0);
}

/**
 * Classes from marks on records. A row with two of them at once is ambiguous and has none.
 * @throws FlowcaseError PARAMETER, CANCELLED
 */
export async function labelsFromMarks(selection: Selection, marks: readonly MarkedClass[], pace: Pace): Promise<Labels> {
  const codes = new Uint16Array(selection.rows).fill(NO_CLASS);
  if (marks.length > MOST_CLASSES) throw tooMany('the marks', null);
  let ambiguous = 0;
  for (const { chunk, rows, start } of selection.parts) {
    const masks = marks.map((mark) => mark.mask(chunk));
    await pace.breathe();
    for (let i = 0; i < rows.length; i++) {
      const has = masks.flatMap((mask, code) => (mask !== null && mask[rows[i]] === 1 ? [code] : []));
      if (has.length === 1) codes[start + i] = has[0];
      else if (has.length > 1) ambiguous++;
    }
  }
  return sorted(
    null,
    marks.map(({ name }) => name),
    codes,
    false,
    ambiguous,
  );
}

/** Classes of hosts, by their addresses. A host with two at once is ambiguous and has none. @throws FlowcaseError PARAMETER */
export function labelsOfHosts(hosts: HostRows, classesOf: (host: string) => readonly string[]): Labels {
  const texts: string[] = [];
  const places = new Map<string, number>();
  const codes = new Uint16Array(hosts.rows).fill(NO_CLASS);
  let ambiguous = 0;
  for (let row = 0; row < hosts.rows; row++) {
    const has = classesOf(hosts.textOf(row));
    if (has.length === 1) codes[row] = placeOf(has[0], places, texts, null);
    else if (has.length > 1) ambiguous++;
  }
  return sorted(null, texts, codes, false, ambiguous, 'host');
}

/** For each chunk, a function from its rows to places in `texts`, which fills as classes are met. */
function readerOf({ table }: Selection, column: string, texts: string[]): (chunk: ChunkView) => (row: number) => number {
  const spec = table.column(column);
  const places = new Map<string, number>();
  const place = (text: string): number => placeOf(text, places, texts, column);
  if (spec?.storage === 'dictionary') {
    const dictionary = table.dictionary(spec.dictionary ?? 'term');
    const known = new Uint16Array(dictionary.size + 1).fill(NO_CLASS);
    return (chunk) => {
      const ids = chunk.ids(column);
      return (row) => {
        const id = ids[row];
        if (id !== 0 && known[id] === NO_CLASS) known[id] = place(dictionary.textOf(id));
        return known[id];
      };
    };
  }
  if (spec?.storage === 'number') {
    return (chunk) => {
      const values = chunk.numbers(column);
      return (row) => (Number.isNaN(values[row]) ? NO_CLASS : place(String(values[row])));
    };
  }
  const decoder = new TextDecoder();
  return (chunk) => {
    const { bytes, offsets, absent } = chunk.text(column);
    return (row) => (absent?.[row] === 1 ? NO_CLASS : place(decoder.decode(bytes.subarray(offsets[row], offsets[row + 1]))));
  };
}

function placeOf(text: string, places: Map<string, number>, texts: string[], column: string | null): number {
  const known = places.get(text);
  if (known !== undefined) return known;
  if (texts.length === MOST_CLASSES) throw tooMany(column === null ? 'the marks' : `the column ${column}`, column);
  places.set(text, texts.length);
  return texts.push(text) - 1;
}

/** Puts the classes in order and leaves out those that no row has. */
function sorted(
  column: string | null,
  texts: readonly string[],
  codes: Uint16Array,
  numbers: boolean,
  ambiguous: number,
  noun = 'record',
): Labels {
  const found = new Float64Array(texts.length);
  for (const code of codes) if (code !== NO_CLASS) found[code]++;
  const order = texts
    .map((_, place) => place)
    .filter((place) => found[place] > 0)
    .sort((a, b) => (numbers ? Number(texts[a]) - Number(texts[b]) : byCodeUnits(texts[a], texts[b])));
  if (order.length < 2)
    throw tooFew(column, order.length === 0 ? null : { name: texts[order[0]], rows: found[order[0]] }, plural(codes.length, noun));
  const places = new Uint16Array(texts.length);
  for (const [place, from] of order.entries()) places[from] = place;
  // what has several classes has one too many, not none
  let unlabelled = -ambiguous;
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] === NO_CLASS) unlabelled++;
    else codes[row] = places[codes[row]];
  }
  return { column, classes: order.map((from) => texts[from]), codes, counts: order.map((from) => found[from]), unlabelled, ambiguous };
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `only`: the one class there is and how many have it; `all`: "100 records". */
function tooFew(column: string | null, only: { readonly name: string; readonly rows: number } | null, all: string): FlowcaseError {
  const what = column === null ? 'The tags' : `The column ${column}`;
  const give = column === null ? 'give' : 'gives';
  const which =
    only === null ? `no class to ${all}` : `one class only, “${only.name.slice(0, 80)}”, to ${formatCount(only.rows)} of ${all}`;
  return bad(`${what} ${give} ${which}. Learning to tell classes apart takes two at least.`, column, '2 to 1000 classes');
}

function tooMany(what: string, column: string | null): FlowcaseError {
  return bad(
    `There are more than ${formatCount(MOST_CLASSES)} classes in ${what}. Choose a column with few values, or narrow the filter.`,
    column,
    '2 to 1000 classes',
  );
}

function bad(message: string, column: string | null, allowed: unknown): FlowcaseError {
  return new FlowcaseError('PARAMETER', message, { name: 'label', value: column, allowed });
}
