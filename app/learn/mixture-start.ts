import { FlowcaseError } from '../errors.ts';
import type { Random } from '../shared/random.ts';
import { KMeans } from './kmeans.ts';
import type { Matrix } from './matrix.ts';
import type { MixtureModel } from './mixture-model.ts';
import type { Pace } from './pace.ts';
import { sampleRows } from './sample.ts';
import { Sweeper } from './sweeper.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Every row in one component: from which the first M step goes out. */
export interface HardStart {
  readonly labels: Uint16Array;
  /** components × columns: the centres that the labels are of. */
  readonly centres: Float64Array;
  readonly components: number;
}

/** Rows that k-means starts from at most: more move its centres by less than the first iterations of the mixture do, and cost as much as ten. */
const START_ROWS = 65_536;

/**
 * By k-means with one start, of a seeded sample where there are more than 65,536 rows; then every row to its nearest centre. No more
 * components than there are distinct rows. @throws as KMeans.fit
 */
export async function startFromKMeans(
  matrix: Matrix,
  components: number,
  random: Random,
  pace: Pace,
  pool: ThreadPool | null,
): Promise<HardStart> {
  const model = new KMeans({ nClusters: components, seed: random.uint32() });
  if (matrix.rows > START_ROWS) {
    await model.fit(matrix.pick(sampleRows(matrix.rows, START_ROWS, random)), { pace, pool });
    // a sample may have fewer distinct rows than there are
    if (model.nClusters_ === components) return hardStart(model, await model.predict(matrix, { pace, pool }));
  }
  await model.fit(matrix, { pace, pool });
  return hardStart(model, model.labels_);
}

function hardStart(model: KMeans, labels: Uint16Array): HardStart {
  return { labels, centres: model.clusterCenters_, components: model.nClusters_ };
}

/** Every row to the nearest of the given means. @throws FlowcaseError PARAMETER where one has no row */
export async function startFromMeans(matrix: Matrix, means: Float64Array, pace: Pace, pool: ThreadPool | null): Promise<HardStart> {
  const components = means.length / matrix.columns;
  const sweeper = new Sweeper(matrix, components, pace, pool);
  const { counts } = await sweeper.sweep(means);
  sweeper.close();
  const alone = counts.indexOf(0);
  if (alone >= 0) {
    const text = `The given mean of component ${alone + 1} is nearest to no row. Give means that lie among the rows, each apart from the others.`;
    throw new FlowcaseError('PARAMETER', text, { name: 'init', component: alone });
  }
  return { labels: sweeper.labels.slice(), centres: means, components };
}

/** A mixture of which only the means are known: sums can be taken about them. */
export function meansOnly(type: MixtureModel['type'], { components, centres }: HardStart, columns: number): MixtureModel {
  const square = columns * columns;
  const size = { full: components * square, tied: square, diag: components * columns, spherical: components }[type];
  return { type, components, columns, weights: new Float64Array(components), means: centres, covariances: new Float64Array(size) };
}
