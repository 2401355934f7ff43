import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { FeatureDescription, NeededColumn, Selection } from '../features/types.ts';
import type { Pace } from '../learn/pace.ts';

/** Rows of one piece of evidence that have no value for the same features. */
export interface LackingKind {
  readonly evidence: number;
  readonly rows: number;
  /** Places in the list of features that was given, ascending. */
  readonly features: readonly number[];
}

export interface LackingRows {
  readonly kinds: readonly LackingKind[];
  /** Row of the selection → place in `kinds`. */
  readonly kindOf: Uint32Array;
}

/** Columns that features need one of, and the places of these features. */
interface Need {
  readonly oneOf: readonly NeededColumn[];
  readonly features: number[];
}

/**
 * Which features' columns each row has no value of, told by the row itself: a file may mix records of several kinds. Rows that lack the same are
 * of one kind. @throws FlowcaseError CANCELLED
 */
export async function lackingRows(
  { table, parts, rows: count }: Selection,
  features: readonly Pick<FeatureDescription, 'needs'>[],
  pace: Pace,
): Promise<LackingRows> {
  const needs = needsOf(features);
  const kinds = new Kinds(needs);
  const kindOf = new Uint32Array(count);
  for (const { chunk, rows, start } of parts) {
    kindOf.fill(kinds.of(chunk.evidence), start, start + rows.length);
    for (const [need, { oneOf }] of needs.entries()) {
      const has = valueTest(table, chunk, oneOf);
      if (has === 'every row') continue;
      for (let i = 0; i < rows.length; i++) {
        if (has === 'no row' || !has(rows[i])) kindOf[start + i] = kinds.without(kindOf[start + i], need);
      }
      if (pace.due) await pace.breathe();
    }
  }
  return { kinds: kinds.counted(kindOf), kindOf };
}

function needsOf(features: readonly Pick<FeatureDescription, 'needs'>[]): readonly Need[] {
  const found = new Map<string, Need>();
  features.forEach(({ needs }, feature) => {
    for (const oneOf of needs) {
      const key = JSON.stringify(oneOf.map(({ name, storage }) => [name, storage]));
      const need = found.get(key);
      if (need === undefined) found.set(key, { oneOf, features: [feature] });
      else need.features.push(feature);
    }
  });
  return [...found.values()];
}

/** Whether a row of the chunk has a value in one of these columns at least. */
function valueTest(
  table: RecordTable,
  chunk: ChunkView,
  oneOf: readonly NeededColumn[],
): 'every row' | 'no row' | ((row: number) => boolean) {
  const tests: ((row: number) => boolean)[] = [];
  for (const { name, storage } of oneOf) {
    if (table.column(name)?.storage !== storage) continue;
    const stats = chunk.stats(name);
    if (stats?.absent === 0) return 'every row';
    if (stats?.absent === chunk.rows) continue;
    tests.push(testOf(chunk, name, storage));
  }
  const [one] = tests;
  return tests.length === 0 ? 'no row' : tests.length === 1 ? one : (row) => tests.some((test) => test(row));
}

function testOf(chunk: ChunkView, name: string, storage: NeededColumn['storage']): (row: number) => boolean {
  if (storage === 'number') {
    const values = chunk.numbers(name);
    return (row) => !Number.isNaN(values[row]);
  }
  if (storage === 'dictionary') {
    const ids = chunk.ids(name);
    return (row) => ids[row] !== 0;
  }
  const { absent } = chunk.text(name);
  return (row) => absent?.[row] !== 1;
}

/** Kinds as they are met: each by its evidence and the needs that are not met. */
class Kinds {
  readonly #needs: readonly Need[];
  readonly #kinds: { readonly evidence: number; readonly without: readonly number[] }[] = [];
  readonly #whole = new Map<number, number>();
  /** Kind × needs + need → the kind that lacks this too. */
  readonly #next = new Map<number, number>();

  constructor(needs: readonly Need[]) {
    this.#needs = needs;
  }

  /** The kind of this evidence that lacks nothing. */
  of(evidence: number): number {
    const known = this.#whole.get(evidence);
    if (known !== undefined) return known;
    this.#whole.set(evidence, this.#kinds.length);
    return this.#kinds.push({ evidence, without: [] }) - 1;
  }

  /** The kind that lacks one need more. Needs are given in their order, so that the same are one kind. */
  without(kind: number, need: number): number {
    const key = kind * this.#needs.length + need;
    const known = this.#next.get(key);
    if (known !== undefined) return known;
    this.#next.set(key, this.#kinds.length);
    const { evidence, without } = this.#kinds[kind];
    return this.#kinds.push({ evidence, without: [...without, need] }) - 1;
  }

  counted(kindOf: Uint32Array): readonly LackingKind[] {
    const rows = new Uint32Array(this.#kinds.length);
    for (const kind of kindOf) rows[kind]++;
    return this.#kinds.map(({ evidence, without }, kind) => {
      const features = new Set(without.flatMap((need) => this.#needs[need].features));
      return { evidence, rows: rows[kind], features: [...features].sort((a, b) => a - b) };
    });
  }
}
