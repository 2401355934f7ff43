/**
 * The job of a notebook over a Tstat log of 100,000 connections and 207 columns, beside PySpark's MLlib on the same cores: a tree and a forest
 * on four features, clients in groups by k-means and by mixture. Reading, caching and Spark's start are not counted on either side.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { formatCount } from '../../app/contract/format.ts';
import { KMeans } from '../../app/learn/kmeans.ts';
import { Matrix } from '../../app/learn/matrix.ts';
import { GaussianMixture } from '../../app/learn/mixture.ts';
import { unwatched } from '../../app/learn/pace.ts';
import { silhouette } from '../../app/learn/silhouette.ts';
import { ThreadPool } from '../../app/learn/thread-pool.ts';
import { DecisionTree } from '../../app/learn/trees/decision-tree.ts';
import { RandomForest } from '../../app/learn/trees/random-forest.ts';
import { Random } from '../../app/shared/random.ts';
import { askPeer, python } from '../lib/python-peer.ts';
import { judge, timeLine } from '../lib/ratios.ts';
import { generatedLog } from '../lib/traffic.ts';

const ROWS = 100_000;
const FEATURES = ['c_bytes_uniq', 's_bytes_uniq', 'c_pkts_data', 's_pkts_data'];
const DEPTH = 20;
const TREES = 20;
const GROUPS = [10, 3];
const SEED = 1;
const FLOOR = 20;

interface Part {
  readonly name: string;
  readonly seconds: number;
  readonly value: number;
}

/** Columns of the log by name, as they stand there. */
function readColumns(path: string): (name: string) => string[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = header.split(' ').map((word) => word.slice(word.lastIndexOf('#') + 1).replace(/:\d+$/, ''));
  const cells = lines.map((line) => line.split(' '));
  return (name) => cells.map((row) => row[names.indexOf(name)]);
}

const threads = availableParallelism();
const pool = new ThreadPool(() => new Worker(new URL('../../app/learn/kernels/learn-thread.ts', import.meta.url)), threads);

async function timed(name: string, work: () => Promise<number>): Promise<Part> {
  const began = performance.now();
  const value = await work();
  return { name, value, seconds: (performance.now() - began) / 1000 };
}

function share(predicted: Uint16Array, y: Uint16Array): number {
  return predicted.reduce((right, one, i) => right + Number(one === y[i]), 0) / y.length;
}

async function classified(column: (name: string) => string[]): Promise<Part[]> {
  const texts = column('class');
  const classes = [...new Set(texts)].sort();
  const values = FEATURES.map((name) => Float32Array.from(column(name), Number));
  const part = (test: boolean): { matrix: Matrix; y: Uint16Array } => {
    const rows = texts.map((_, i) => i).filter((i) => (i % 4 === 0) === test);
    const matrix = new Matrix(rows.length, FEATURES.length);
    values.forEach((all, c) =>
      matrix.setColumn(
        c,
        Float32Array.from(rows, (row) => all[row]),
      ),
    );
    return { matrix, y: Uint16Array.from(rows, (row) => classes.indexOf(texts[row])) };
  };
  const [train, test] = [part(false), part(true)];
  const learn = async (model: DecisionTree | RandomForest): Promise<number> => {
    await model.fit(train.matrix, train.y, classes.length, { pool });
    return share(await model.predict(test.matrix, { pool }), test.y);
  };
  return [
    await timed('tree', () => learn(new DecisionTree({ maxDepth: DEPTH, seed: SEED }))),
    await timed('forest', () => learn(new RandomForest({ maxDepth: DEPTH, nEstimators: TREES, seed: SEED }))),
  ];
}

/** One row a client: connections, sums and means, standardised. */
function clientMatrix(column: (name: string) => string[]): Matrix {
  const [hosts, ...figures] = [
    column('c_ip'),
    ...['s_bytes_all', 's_bytes_retx', 'c_bytes_all', 's_rtt_avg', 's_first'].map((name) => column(name).map(Number)),
  ] as [string[], ...number[][]];
  const clients = new Map<string, Float64Array>();
  hosts.forEach((host, i) => {
    const of = clients.get(host) ?? new Float64Array(6);
    of[0]++;
    figures.forEach((values, c) => (of[c + 1] += values[i]));
    clients.set(host, of);
  });
  const rows = [...clients.values()].map((of) => of.map((sum, c) => (c < 4 ? sum : sum / of[0])));
  const matrix = new Matrix(rows.length, 6);
  for (let c = 0; c < 6; c++) {
    const mean = rows.reduce((sum, row) => sum + row[c], 0) / rows.length;
    const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (row[c] - mean) ** 2, 0) / rows.length) || 1;
    matrix.setColumn(
      c,
      rows.map((row) => (row[c] - mean) / deviation),
    );
  }
  return matrix;
}

async function grouped(matrix: Matrix): Promise<Part[]> {
  const parts: Part[] = [];
  const quality = async (labels: Uint16Array, k: number): Promise<number> =>
    (await silhouette(matrix, labels, k, new Random(SEED), unwatched())).score ?? Number.NaN;
  for (const k of GROUPS) {
    parts.push(
      await timed(`k-means ${k}`, async () => quality((await new KMeans({ nClusters: k, seed: SEED }).fit(matrix, { pool })).labels_, k)),
      await timed(`mixture ${k}`, async () => {
        const model = await new GaussianMixture({ nComponents: k, seed: SEED }).fit(matrix, { pool });
        return quality(await model.predict(matrix, { pool }), k);
      }),
    );
  }
  return parts;
}

const { status } = spawnSync(python, ['-c', 'import pyspark'], { stdio: 'ignore' });
const log = await generatedLog('tstat', { rows: ROWS, seed: SEED, layout: '207' });
const column = readColumns(log);
const own = [...(await classified(column)), ...(await grouped(clientMatrix(column)))];
await pool.close();
console.log(
  `the notebook's job on ${formatCount(ROWS)} × 207, tree of depth ${DEPTH}, forest of ${TREES}, clients in ${GROUPS.join(' and ')} groups`,
);
for (const { name, seconds, value } of own) console.log(timeLine(`Flowcase, ${name}`, seconds, value.toFixed(3)));
if (status === 0) {
  const found = askPeer('spark', { log, threads, seed: SEED, depth: DEPTH, trees: TREES, k: GROUPS, features: FEATURES }, {}) as {
    readonly parts: readonly Part[];
  };
  found.parts.forEach(({ name, seconds, value }, i) => {
    console.log(timeLine(`PySpark MLlib, ${name}`, seconds, `${value.toFixed(3)}   ${(seconds / own[i].seconds).toFixed(1)} ×`));
    if (own[i].name !== name) throw new Error(`${own[i].name} was compared with ${name}`);
  });
  const total = (parts: readonly Part[]): number => parts.reduce((sum, { seconds }) => sum + seconds, 0);
  judge('beside PySpark, in all', total(found.parts) / total(own), FLOOR);
} else console.log(`  beside no Spark: ${python} has no pyspark (FLOWCASE_PYTHON names one that has)`);
