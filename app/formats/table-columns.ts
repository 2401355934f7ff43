import { FlowcaseError } from '../errors.ts';
import type { Mapping } from '../contract/formats.ts';
import type { ColumnType } from '../contract/records.ts';
import {
  NAMED_SHARE,
  VALUES_SHARE,
  areWrittenAs,
  guessType,
  joinedTime,
  looksLikeEpoch,
  type Guess,
  type TimeHints,
} from './table-guess.ts';
import { CLOCK_COLUMN, END_COLUMN, dayAndClock, saysWhen } from './table-names.ts';
import { isTimeUnit } from './table-times.ts';

export type MappedColumn = NonNullable<Mapping['columns']>[number];

interface Pair {
  readonly day: number;
  readonly clock: number;
  readonly guess: Guess;
}

/** A table's columns by names and sample. What a person said goes before what is told from these. */
export class Columns {
  readonly names: readonly string[];
  readonly guesses: readonly Guess[];
  readonly said: readonly (MappedColumn | null)[];
  readonly #rows: readonly (readonly string[])[];
  readonly #pair: Pair | null;
  readonly #format: string | undefined;

  constructor(names: readonly string[], rows: readonly (readonly string[])[], mapping: Mapping, declared: Declared) {
    const said = mapping.columns ?? [];
    this.names = names;
    this.#format = mapping.timeFormat;
    this.#rows = rows;
    const places = new Map(names.map((name, index) => [name, index]));
    const byName = new Map(said.map((one) => [places.get(one.from) ?? indexOf(names, one.from), one]));
    this.said = names.map((_, index) => byName.get(index) ?? null);
    const guesses = names.map((_, index) => guessOf(this.#plain(index), declared(index), this.#hints(index)));
    this.#pair = this.#joined(guesses);
    if (this.#pair !== null) guesses[this.#pair.day] = this.#pair.guess;
    this.guesses = guesses;
  }

  /** A column that by its name or a person's word is a time may hold more values that are none. */
  #hints(index: number): TimeHints {
    const said = this.said[index];
    const isTime = said?.to === 'ts' || said?.to === END_COLUMN || said?.type === 'time' || saysWhen(this.names[index] ?? '');
    return { share: isTime ? NAMED_SHARE : VALUES_SHARE, format: this.#format };
  }

  /** A day and a time of day, by what a person said or by names and values, where no other column holds times. */
  #joined(guesses: readonly Guess[]): Pair | null {
    const saidFor = (to: string): number => this.said.findIndex((one) => one?.to === to);
    const [ts, clock] = [saidFor('ts'), saidFor(CLOCK_COLUMN)];
    const named = ts >= 0 || clock >= 0 ? { day: ts, clock } : dayAndClock(this.names);
    if (named.day < 0 || named.clock < 0 || guesses.some(({ type }) => type === 'time')) return null;
    const clocks = this.#plain(named.clock);
    const guess = joinedTime(
      this.#plain(named.day).map((day, i) => [day, clocks[i] ?? '']),
      this.#format,
    );
    return guess === null ? null : { ...named, guess };
  }

  /** As they stand there; of days that times of day belong to, both. */
  values(index: number): readonly string[] {
    if (this.#pair?.day !== index) return this.#plain(index);
    const clocks = this.#plain(this.#pair.clock);
    return this.#plain(index).map((day, i) => `${day} ${clocks[i] ?? ''}`);
  }

  isClockOf(index: number, day: number): boolean {
    return this.#pair?.clock === index && this.#pair.day === day;
  }

  #plain(index: number): readonly string[] {
    return this.#rows.map((row) => row[index] ?? '');
  }

  isTime(index: number): boolean {
    return this.guesses[index]?.type === 'time' || looksLikeEpoch(this.values(index)) || this.#isDigitsOfTime(index);
  }

  /** Digits that only a person's word tells to be times: `20240301120000`. */
  #isDigitsOfTime(index: number): boolean {
    const format = this.#format;
    return format !== undefined && !isTimeUnit(format) && areWrittenAs(this.values(index), format, VALUES_SHARE);
  }

  /** Another column than this one is written as a person says that times are. */
  isOtherWay(index: number): boolean {
    const format = this.#format;
    const fits = ({ type, timeFormat }: Guess): boolean => type === 'time' && timeFormat === format;
    const own = this.guesses[index];
    return format !== undefined && own !== undefined && !fits(own) && this.guesses.some(fits);
  }
}

/** What the file itself says of a column's type: null for a text, undefined for nothing. */
export type Declared = (index: number) => ColumnType | null | undefined;

/** A declared text may be an address or a time, but no number. */
function guessOf(values: readonly string[], declared: ColumnType | null | undefined, hints: TimeHints): Guess {
  if (typeof declared === 'string') return { type: declared, timeFormat: null, ambiguous: false };
  const guess = guessType(values, hints);
  if (declared === undefined || guess.type === 'addr' || guess.type === 'time') return guess;
  return { type: 'string', timeFormat: null, ambiguous: false };
}

/** Of a name that is written otherwise than in the table. */
function indexOf(names: readonly string[], from: string): number {
  const plain = (name: string): string => name.trim().toLowerCase();
  const near = names.findIndex((name) => plain(name) === plain(from));
  if (near >= 0) return near;
  const known = names.slice(0, 50).join(', ');
  const message = `The table has no column "${from}". Its columns are: ${known}${names.length > 50 ? ', ...' : ''}.`;
  throw new FlowcaseError('INVALID_INPUT', message, { column: from });
}
