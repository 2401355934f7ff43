import type { DictionaryReader, RecordTable } from '../columns/types.ts';

/** A figure per text of a dictionary, worked out when it is first asked for: a path that stands in a million requests is looked at once. */
export class Entries {
  readonly #table: RecordTable;
  readonly #figures = new Map<string, EntryFigures>();

  constructor(table: RecordTable) {
    this.#table = table;
  }

  /** `name` tells this figure from others of the same column. An absent text has the figure NaN. */
  of(column: string, name: string, figure: (text: string) => number): EntryFigures {
    const key = `${name} ${column}`;
    const known = this.#figures.get(key);
    if (known !== undefined) return known;
    const made = new EntryFigures(dictionaryOf(this.#table, column), figure);
    this.#figures.set(key, made);
    return made;
  }
}

export class EntryFigures {
  readonly #dictionary: DictionaryReader | null;
  readonly #figure: (text: string) => number;
  readonly #values: Float64Array;
  readonly #known: Uint8Array;

  constructor(dictionary: DictionaryReader | null, figure: (text: string) => number) {
    this.#dictionary = dictionary;
    this.#figure = figure;
    this.#values = new Float64Array((dictionary?.size ?? 0) + 1);
    this.#known = new Uint8Array(this.#values.length);
    this.#values[0] = Number.NaN;
    this.#known[0] = 1;
  }

  at(id: number): number {
    if (this.#known[id] === 0 && this.#dictionary !== null) {
      this.#values[id] = this.#figure(this.#dictionary.textOf(id));
      this.#known[id] = 1;
    }
    return this.#values[id];
  }
}

/** The dictionary of a column; null where the table has no such column, or keeps it otherwise. */
export function dictionaryOf(table: RecordTable, column: string): DictionaryReader | null {
  const spec = table.column(column);
  return spec?.storage === 'dictionary' && spec.dictionary !== null ? table.dictionary(spec.dictionary) : null;
}
