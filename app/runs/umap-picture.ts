import { UMAP } from 'umap-js';
import type { Pace } from '../learn/pace.ts';
import { shuffle, stratifiedRows } from '../learn/sample.ts';
import type { Matrix } from '../learn/matrix.ts';
import { Random } from '../shared/random.ts';
import type { NewPicture } from '../shared/run-outcome.ts';

/** UMAP looks at every pair of neighbours many times over: so many rows take some seconds. */
export const UMAP_ROWS = 3000;
/** Rows of a small cluster that are drawn at least. */
const LEAST = 50;
const NEIGHBOURS = 15;
const EPOCHS = 300;

/**
 * Rows in two dimensions by UMAP (McInnes, Healy, Melville 2018): neighbours stay neighbours; distances, sizes and gaps between heaps mean
 * nothing. A seeded sample of 3,000 rows at most; the same matrix, labels and seed give the same picture.
 * @param labels row → cluster from 1
 * @throws FlowcaseError CANCELLED
 */
export async function umapPicture(
  matrix: Matrix,
  labels: Uint16Array,
  clusters: number,
  idOf: (row: number) => number,
  seed: number,
  pace: Pace,
): Promise<NewPicture> {
  const random = new Random(seed);
  const from0 = labels.map((label) => label - 1);
  const rows = stratifiedRows(from0, clusters, UMAP_ROWS - Math.min(LEAST * clusters, UMAP_ROWS / 2), LEAST, random);
  shuffle(rows, random);
  const { columns, values } = { columns: matrix.columns, values: matrix.values };
  const data = Array.from(rows, (row) => Array.from({ length: columns }, (_, c) => values[matrix.offset(row, c)]));
  const points = data.length > 3 ? await embed(data, random, pace) : data.map((_, i) => [i, 0]);
  return {
    id: Float64Array.from(rows, idOf),
    x: Float32Array.from(points, ([x]) => x),
    y: Float32Array.from(points, ([, y]) => y),
    cluster: Uint16Array.from(rows, (row) => labels[row]),
  };
}

async function embed(data: number[][], random: Random, pace: Pace): Promise<number[][]> {
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(NEIGHBOURS, data.length - 1),
    nEpochs: EPOCHS,
    random: () => random.float(),
  });
  pace.progress.report(0, EPOCHS, 'epochs', 'UMAP: finding the neighbours');
  await pace.breathe();
  umap.initializeFit(data);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    umap.step();
    if (epoch % 10 === 0) pace.progress.report(epoch, EPOCHS, 'epochs', 'UMAP');
    await pace.breathe();
  }
  return umap.getEmbedding();
}
