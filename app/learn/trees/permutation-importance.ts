import { Random } from '../../shared/random.ts';
import { BLOCK, type Matrix } from '../matrix.ts';
import { unwatched } from '../pace.ts';
import { checkWhole } from '../parameters.ts';
import { sampleRows, shuffle } from '../sample.ts';
import { NO_CLASS, type Classifier, type Means } from '../types.ts';

export interface PermutationParameters {
  /** Rows that are tried, drawn from those with a class; all where there are no more. */
  readonly sample?: number;
  /** Shuffles of each column. */
  readonly nRepeats?: number;
  readonly seed?: number;
  /** Only these; the others are NaN. */
  readonly columns?: readonly number[];
}

export interface PermutationImportance {
  /** Share of the sample that the model gets right as it is. */
  readonly accuracy: number;
  /** Column → how much of it is lost where the column's values are shuffled: mean and standard deviation over the shuffles. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** Rows tried. */
  readonly sample: number;
}

const NAME = 'permutation importance';

/**
 * How much a fitted model leans on each column (Breiman 2001; Fisher, Rudin, Dominici 2019). Honest on rows that it has not learned from.
 * Columns that say the same share what they are worth.
 * @throws FlowcaseError PARAMETER, NOT_FITTED, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function permutationImportance(
  model: Classifier,
  matrix: Matrix,
  y: Uint16Array,
  { sample = 2000, nRepeats = 5, seed = 0, columns }: PermutationParameters = {},
  { pace = unwatched(), pool = null }: Means = {},
): Promise<PermutationImportance> {
  checkWhole(NAME, 'sample', sample, 1, 2 ** 31);
  checkWhole(NAME, 'nRepeats', nRepeats, 1, 1000);
  const random = new Random(seed);
  const known = Uint32Array.from({ length: matrix.rows }, (_, row) => row).filter((row) => y[row] !== NO_CLASS);
  const rows = Uint32Array.from(sampleRows(known.length, sample, random), (i) => known[i]);
  const picked = matrix.pick(rows);
  const classes = Uint16Array.from(rows, (row) => y[row]);
  // Progress is told a column at a time: what each prediction would tell is swallowed.
  const quiet = { pace: unwatched(), pool };
  const accuracy = async (): Promise<number> => shareRight(await model.predict(picked, quiet), classes);
  const whole = await accuracy();
  const mean = new Float64Array(matrix.columns).fill(Number.NaN);
  const deviation = new Float64Array(matrix.columns).fill(Number.NaN);
  const tried = columns ?? Array.from({ length: matrix.columns }, (_, column) => column);
  for (const [place, column] of tried.entries()) {
    const drops: number[] = [];
    const kept = columnOf(picked, column);
    for (let repeat = 0; repeat < nRepeats; repeat++) {
      const order = Uint32Array.from(kept, (_, i) => i);
      shuffle(order, random);
      picked.setColumn(
        column,
        Float32Array.from(order, (i) => kept[i]),
      );
      drops.push(whole - (await accuracy()));
      await pace.breathe();
    }
    picked.setColumn(column, kept);
    mean[column] = drops.reduce((sum, drop) => sum + drop, 0) / nRepeats;
    deviation[column] = Math.sqrt(drops.reduce((sum, drop) => sum + (drop - mean[column]) ** 2, 0) / nRepeats);
    pace.progress.report(place + 1, tried.length, 'features', NAME);
  }
  return { accuracy: whole, mean, deviation, sample: rows.length };
}

function columnOf(matrix: Matrix, column: number): Float32Array {
  const { values, columns } = matrix;
  return Float32Array.from({ length: matrix.rows }, (_, row) => values[((row >>> 2) * columns + column) * BLOCK + (row & 3)]);
}

function shareRight(found: Uint16Array, classes: Uint16Array): number {
  let right = 0;
  for (let i = 0; i < found.length; i++) if (found[i] === classes[i]) right++;
  return right / found.length;
}
