import type { Pace } from '../learn/pace.ts';
import type { NumberedHosts, Parts } from './host-rows.ts';
import { NOBODY, countPairs, type CountedPairs } from './pairs.ts';
import { gatherNumbers, gatherTexts } from './selection.ts';
import type { HostRows, Selection } from './types.ts';

/** In which part a host meets a record. */
export type Role = 'originators' | 'responders' | 'clients';

const HOUR = 3_600_000_000;

/** A figure of every record of a selection, NaN where it has none. */
export type RecordFigure = (selection: Selection, breathe: () => Promise<void>) => Promise<Float64Array>;

/** What features of hosts are computed from: sums, counts and pairs over records, each worked out once, when it is first asked for. */
export class HostSource {
  readonly hosts: HostRows;
  readonly #numbered: NumberedHosts;
  readonly #pace: Pace;
  readonly #pairs = new Map<string, CountedPairs>();
  readonly #counts = new Map<Role, Float64Array>();

  constructor(numbered: NumberedHosts, pace: Pace) {
    this.hosts = numbered.hosts;
    this.#numbered = numbered;
    this.#pace = pace;
  }

  get rows(): number {
    return this.hosts.rows;
  }

  /** The records of a role; null where there are none of that kind. */
  parts(role: Role): Parts | null {
    return this.#numbered[role];
  }

  readonly breathe = async (): Promise<void> => this.#pace.breathe();

  /** Records per host. */
  count(role: Role): Float64Array {
    const known = this.#counts.get(role);
    if (known !== undefined) return known;
    const counts = new Float64Array(this.rows);
    const rows = this.parts(role)?.rows ?? new Uint32Array();
    for (let i = 0; i < rows.length; i++) if (rows[i] !== NOBODY) counts[rows[i]]++;
    this.#counts.set(role, counts);
    return counts;
  }

  /** Sum per host of the values that are not negative (a counter that wrapped adds nothing), and how many there were; in the order of the records. */
  async sum(role: Role, valuesOf: RecordFigure): Promise<{ readonly sums: Float64Array; readonly present: Float64Array }> {
    const sums = new Float64Array(this.rows);
    const present = new Float64Array(this.rows);
    const parts = this.parts(role);
    if (parts === null) return { sums, present };
    const values = await valuesOf(parts.selection, this.breathe);
    for (let i = 0; i < values.length; i++) {
      const row = parts.rows[i];
      if (row === NOBODY || !(values[i] >= 0 && values[i] < Number.POSITIVE_INFINITY)) continue;
      sums[row] += values[i];
      present[row]++;
    }
    await this.breathe();
    return { sums, present };
  }

  /** Pairs of host and value of a column; `hour`: the hour of the clock since 1970, `name` otherwise a column. */
  async pairs(role: Role, name: string): Promise<CountedPairs> {
    const key = `${role} ${name}`;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const parts = this.parts(role);
    const made = await (parts === null
      ? countPairs(new Uint32Array(), new Uint32Array(), this.breathe)
      : countPairs(parts.rows, await codesOf(parts.selection, name, this.breathe), this.breathe));
    this.#pairs.set(key, made);
    return made;
  }
}

/** A value per record as an unsigned integer, 0 where absent: ids as they are, whole numbers plus one. */
async function codesOf(selection: Selection, name: string, breathe: () => Promise<void>): Promise<Uint32Array> {
  if (name === 'hour') return codesOfNumbers(await gatherNumbers(selection, 'ts', breathe), HOUR);
  const storage = selection.table.column(name)?.storage;
  if (storage === 'dictionary' || storage === 'text') return gatherTexts(selection, name, breathe);
  return codesOfNumbers(await gatherNumbers(selection, name, breathe), 1);
}

function codesOfNumbers(values: Float64Array, unit: number): Uint32Array {
  const codes = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const code = Math.floor(values[i] / unit) + 1;
    if (code > 0 && code < NOBODY) codes[i] = code;
  }
  return codes;
}
