import { formatCount, formatTime, plural } from '../../contract/format.ts';
import type { RunDetail, RunSummary } from '../../contract/runs.ts';
import {
  count,
  figure,
  heading,
  keys,
  left,
  list,
  mono,
  paragraph,
  right,
  table,
  type Block,
  type Cell,
  type Section,
} from '../document.ts';
import type { Facts } from './facts.ts';

const OTHER_RUNS = 40;

/** How the groups came about: enough for another person to repeat it and to argue with it. */
export function buildMethod({ detailed, runs }: Facts): Section {
  return {
    id: 'method',
    title: 'Method and parameters',
    blocks: detailed.length === 0 ? [paragraph('No run of the clustering is in the case.')] : [...methodBlocks(detailed, runs)],
  };
}

function* methodBlocks(detailed: readonly RunDetail[], runs: readonly RunSummary[]): Iterable<Block> {
  yield paragraph(
    'Connections are grouped with k-means: every connection becomes a row of figures (the features below), each figure is standardised (its mean over all rows taken away, divided by its standard deviation), and each row belongs to the nearest of k centres, which are moved to the mean of their rows until nothing changes. The first centres are drawn with k-means++ from a seeded generator. Groups are groups of behaviour: that a connection is far from others says it is unusual, not that it is malicious.',
  );
  for (const detail of detailed) yield* oneRun(detail);
  const told = new Set(detailed.map(({ run }) => run.id));
  const others = runs.filter(({ id }) => !told.has(id));
  if (others.length > 0) {
    yield heading('Other runs');
    yield table(
      'Runs in the case that are not told in full here',
      [
        left('Run', 30),
        left('Started (UTC)', 84),
        left('By', 70),
        left('Recipe', 56),
        right('k', 26),
        right('Seed', 44),
        right('Rows', 56),
        left('Fingerprint', 110),
      ],
      others
        .slice(0, OTHER_RUNS)
        .map((run) => [
          figure(run.id, 'plain'),
          formatTime(run.created, 0),
          run.by,
          run.recipe,
          count(run.k),
          figure(run.seed, 'plain'),
          count(run.rows),
          [mono(run.fingerprint.slice(0, 16))],
        ]),
      others.length > OTHER_RUNS ? `${plural(others.length - OTHER_RUNS, 'further run')} in the case.` : null,
    );
  }
}

function* oneRun({ run, features, curve }: RunDetail): Iterable<Block> {
  const used = features.filter(({ dropped }) => dropped === null);
  yield heading(`Run ${run.id}: parameters`);
  yield keys([
    ['Records', `${plural(run.rows, 'connection')}${run.where === '' ? ', all of the case' : ', through the filter below'}`],
    ...(run.where === '' ? [] : ([['Filter', [mono(run.where)]]] as const)),
    ['Method', 'k-means, k-means++ start, standardised features, Euclidean distance'],
    ['k', run.requestedK === 'auto' ? `${run.k}, chosen automatically from the curve below` : String(run.k)],
    ['Seed', String(run.seed)],
    [
      'Recipe',
      `${run.recipe}: ${plural(used.length, 'feature')}${used.length < features.length ? `, ${features.length - used.length} left out` : ''}`,
    ],
    [
      'Iterations',
      `${formatCount(run.iterations)}, ${run.converged ? 'converged: the last one changed nothing' : 'stopped at the limit before it converged'}`,
    ],
    ['Inertia', figure(run.inertia, 'decimal')],
    ['Silhouette', silhouetteOf(run)],
    ['Program', run.program],
    ['Run by', `${run.by}, ${formatTime(run.created, 0)} UTC`],
    ['Input hash', [mono(run.input)]],
    ['Fingerprint', [mono(run.fingerprint)]],
  ]);
  if (run.remarks.length > 0) yield list(run.remarks);
  yield paragraph([
    'To repeat it, with the case file at hand: ',
    mono(`flowcase repeat CASE ${run.id}`),
    '. It must end in the same fingerprint, which is the SHA-256 over all centres and labels, on any machine and with any number of threads.',
  ]);
  yield featureTable(features);
  if (curve.length > 0) {
    yield table(
      'Values of k that were tried',
      [right('k', 40), right('Inertia', 120), right('Silhouette', 90), left('', 200)],
      curve.map(({ k, inertia, silhouette }) => [
        figure(k, 'plain'),
        figure(inertia, 'decimal'),
        figure(silhouette, 'decimal'),
        k === run.k ? 'chosen' : '',
      ]),
    );
  }
}

function silhouetteOf(run: RunSummary): Cell {
  if (run.silhouette === null) return 'not defined for fewer than two clusters';
  const sample = run.silhouetteSample >= run.rows ? 'over all rows' : `over a seeded sample of ${plural(run.silhouetteSample, 'row')}`;
  return `${run.silhouette.toFixed(4)}, ${sample} (1 is well apart, 0 overlapping, below 0 misplaced)`;
}

function featureTable(features: RunDetail['features']): Block {
  return table(
    'Features and how each is computed',
    [
      left('Feature', 88),
      left('How it is computed', 218),
      right('Absent', 44),
      right('Mean', 56),
      right('Std. deviation', 56),
      left('', 70),
    ],
    features.map((one) => [
      one.title,
      one.how,
      count(one.absent),
      figure(one.mean, 'decimal'),
      figure(one.scale, 'decimal'),
      one.dropped ?? 'used',
    ]),
  );
}
