/**
 * Decision tree and random forest beside scikit-learn (all cores): fitting the same seeded rows, and what both make of rows that neither has
 * seen; then what origin A learns, 100,000 × 207 in ten classes.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { formatBytes, formatCount } from '../../app/contract/format.ts';
import { Matrix } from '../../app/learn/matrix.ts';
import { ThreadPool } from '../../app/learn/thread-pool.ts';
import { DecisionTree } from '../../app/learn/trees/decision-tree.ts';
import { RandomForest } from '../../app/learn/trees/random-forest.ts';
import type { Classifier } from '../../app/learn/types.ts';
import { Random } from '../../app/shared/random.ts';
import { askPeer, peerVersion } from '../lib/python-peer.ts';
import { fastest, judge, perSecond, timeLine, type Timed } from '../lib/ratios.ts';

const ROWS = 200_000;
const TEST_ROWS = 50_000;
const COLUMNS = 40;
const TREES = 100;
const DEPTH = 16;
const ORIGIN = { rows: 100_000, columns: 207, classes: 10, trees: 20, depth: 20 };

interface Learned extends Timed {
  readonly predictSeconds: number;
  readonly accuracy: number;
}

interface Rows {
  readonly values: Float32Array;
  readonly y: Uint16Array;
}

const threads = availableParallelism();
const pool = new ThreadPool(() => new Worker(new URL('../../app/learn/kernels/learn-thread.ts', import.meta.url)), threads);

/** Heaps in the first half of the columns, several a class, and a twentieth of the classes wrong: something to learn, and something to overlearn. */
function labelledRows(rows: number, columns: number, classes: number, seed: number): Rows {
  const random = new Random(seed);
  const informative = Math.ceil(columns / 2);
  const heaps = 8 * classes;
  const centres = Float64Array.from({ length: heaps * informative }, () => random.normal());
  const values = new Float32Array(rows * columns);
  const y = new Uint16Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    const heap = random.below(heaps);
    y[row] = random.below(20) === 0 ? random.below(classes) : heap % classes;
    for (let c = 0; c < columns; c++) values[at++] = (c < informative ? centres[heap * informative + c] : 0) + random.normal();
  }
  return { values, y };
}

async function ours(
  make: () => Classifier,
  train: Matrix,
  y: Uint16Array,
  classes: number,
  test: Matrix,
  truth: Uint16Array,
): Promise<Learned> {
  const began = performance.now();
  const model = await make().fit(train, y, classes, { pool });
  const fitted = performance.now();
  const found = await model.predict(test, { pool });
  const predictSeconds = (performance.now() - fitted) / 1000;
  const right = found.reduce((sum, k, row) => sum + (k === truth[row] ? 1 : 0), 0);
  return { seconds: (fitted - began) / 1000, predictSeconds, accuracy: right / truth.length };
}

const line = (name: string, rows: number, { seconds, predictSeconds, accuracy }: Learned): void =>
  console.log(timeLine(name, seconds, `accuracy ${accuracy.toFixed(4)}, predicts ${perSecond(rows, predictSeconds)}`));

async function besideScikitLearn(what: string, forest: boolean, make: () => Classifier, floor: number, runs: number): Promise<void> {
  const { values, y } = labelledRows(ROWS + TEST_ROWS, COLUMNS, 2, 7);
  const [x, xTest] = [values.subarray(0, ROWS * COLUMNS), values.subarray(ROWS * COLUMNS)];
  const [train, test] = [Matrix.fromRows(x, COLUMNS), Matrix.fromRows(xTest, COLUMNS)];
  const [known, truth] = [y.subarray(0, ROWS), y.subarray(ROWS)];
  console.log(`${what}, ${formatCount(ROWS)} × ${COLUMNS}, depth ${DEPTH}, best of ${runs} in turns`);
  const version = peerVersion();
  const found: { own: Learned[]; peer: Learned[] } = { own: [], peer: [] };
  for (let run = 0; run < runs; run++) {
    found.own.push(await ours(make, train, known, 2, test, truth));
    if (version === null) continue;
    const arrays = {
      x: { values: x, shape: [ROWS, COLUMNS] },
      y: { values: known, shape: [ROWS] },
      test: { values: xTest, shape: [TEST_ROWS, COLUMNS] },
      truth: { values: truth, shape: [TEST_ROWS] },
    };
    found.peer.push(askPeer('forest', { forest, trees: TREES, depth: DEPTH }, arrays) as Learned);
  }
  line(`Flowcase, ${threads} threads`, TEST_ROWS, fastest(found.own));
  if (version === null) return;
  line(`scikit-learn ${version}, all cores`, TEST_ROWS, fastest(found.peer));
  judge(`${what}, beside scikit-learn`, fastest(found.peer).seconds / fastest(found.own).seconds, floor);
  const lost = fastest(found.peer).accuracy - fastest(found.own).accuracy;
  // A tree of its own swings by more than what a hundred of them do together.
  const allowed = forest ? 0.003 : 0.01;
  console.log(`  accuracy ${lost > 0 ? 'lost' : 'won'}: ${Math.abs(lost).toFixed(4)} (allowed to lose: ${allowed})`);
  if (lost > allowed) process.exitCode = 1;
}

async function originA(): Promise<void> {
  const { rows, columns, classes, trees, depth } = ORIGIN;
  console.log(`origin A: ${formatCount(rows)} × ${columns}, ${classes} classes, depth ${depth}`);
  const { values, y } = labelledRows(rows, columns, classes, 8);
  const matrix = Matrix.fromRows(values, columns);
  line('tree', rows, await ours(() => new DecisionTree({ maxDepth: depth }), matrix, y, classes, matrix, y));
  const forest = (): Classifier => new RandomForest({ nEstimators: trees, maxDepth: depth });
  line(`forest of ${trees}`, rows, await ours(forest, matrix, y, classes, matrix, y));
}

await besideScikitLearn('decision tree', false, () => new DecisionTree({ maxDepth: DEPTH }), 3.5, 2);
await besideScikitLearn(`random forest of ${TREES}`, true, () => new RandomForest({ nEstimators: TREES, maxDepth: DEPTH }), 4.5, 1);
await originA();
await pool.close();
console.log(`  peak memory of this process: ${formatBytes(process.resourceUsage().maxRSS * 1024)}`);
