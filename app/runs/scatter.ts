import type { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import { principalComponents, project } from '../learn/pca.ts';
import { sampleRows, shuffle, stratifiedRows } from '../learn/sample.ts';
import type { Random } from '../shared/random.ts';
import type { ScatterSample } from '../shared/run-outcome.ts';
import type { Numbered } from './numbering.ts';

export const SCATTER_POINTS = 50_000;
/** Points of a small cluster that are drawn at least. */
export const SCATTER_LEAST = 200;
/** The components are computed from a seeded sample of at most this many rows. */
const COMPONENT_ROWS = 100_000;

/**
 * A picture in the first two principal components: at most 50,000 points (a few more where there are many small clusters: each shows at
 * least 200 of its rows, or all it has), shuffled by the seed.
 * @throws FlowcaseError CANCELLED
 */
export async function scatterSample(
  idOf: (row: number) => number,
  matrix: Matrix,
  { labels, k }: Numbered,
  random: Random,
  pace: Pace,
): Promise<ScatterSample> {
  const base = matrix.rows > COMPONENT_ROWS ? matrix.pick(sampleRows(matrix.rows, COMPONENT_ROWS, random)) : matrix;
  const pca = await principalComponents(base, 2, pace);
  const least = Math.min(SCATTER_LEAST, Math.floor(SCATTER_POINTS / k));
  const size = SCATTER_POINTS - Math.min(least * k, Math.floor(SCATTER_POINTS / 2));
  const rows =
    matrix.rows <= SCATTER_POINTS ? sampleRows(matrix.rows, matrix.rows, random) : stratifiedRows(labels, k, size, least, random);
  shuffle(rows, random);
  const values = new Float64Array(matrix.columns);
  const id = new Float64Array(rows.length);
  const x = new Float32Array(rows.length);
  const y = new Float32Array(rows.length);
  const cluster = new Uint16Array(rows.length);
  const all = matrix.values;
  for (let i = 0; i < rows.length; i++) {
    matrix.copyRow(rows[i], values, all);
    id[i] = idOf(rows[i]);
    x[i] = project(pca, values, 0);
    y[i] = project(pca, values, 1);
    cluster[i] = labels[rows[i]] + 1;
  }
  return { id, x, y, cluster, variance: Math.min(1, pca.varianceRatio[0] + pca.varianceRatio[1]) };
}
