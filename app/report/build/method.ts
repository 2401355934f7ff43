import { formatCount, formatDuration, formatTime, plural } from '../../contract/format.ts';
import { settledWords } from '../../contract/settled-words.ts';
import type { Crosscheck } from '../../contract/models.ts';
import type { ClusterMethod, RunDetail, RunSummary } from '../../contract/runs.ts';
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
import { crosscheckTable, otherCrosschecks } from './crosschecks.ts';
import type { Facts } from './facts.ts';
import { learnedBlocks, nothingLearned, toldRuns } from './learned.ts';
import { nouns } from './names.ts';

const OTHER_RUNS = 40;

/** How the groups came about: enough for another person to repeat it and to argue with it. */
export function buildMethod({ detailed, runs, learned, reader }: Facts): Section {
  const crosschecks = reader.crosschecks(null);
  const told = new Set([...detailed.map(({ run }) => run.id), ...toldRuns(learned)]);
  const learnedRuns = [...learnedBlocks(learned, crosschecks)];
  return {
    id: 'method',
    title: 'Method and parameters',
    blocks: [
      ...(detailed.length === 0 ? [paragraph('No run of the clustering is in the case.')] : methodBlocks(detailed, runs, crosschecks)),
      ...(learnedRuns.length === 0 ? [nothingLearned] : learnedRuns),
      ...otherCrosschecks(crosschecks.filter(({ run }) => !told.has(run))),
    ],
  };
}

const ofMethod: Readonly<Record<ClusterMethod, string>> = {
  kmeans:
    'k-means: each row belongs to the nearest of k centres, which are moved to the mean of their rows until no row changes, or they move less than a tolerance. The first centres are drawn with k-means++ from a seeded generator.',
  gmm: 'Gaussian mixture: the rows are taken as drawn from k normal distributions, whose weights, means and covariances are fitted by expectation maximisation, beginning with the groups of a seeded k-means; each row belongs to the component that most probably made it. Distances to centres are measured in standard deviations of the component.',
};

function* methodBlocks(detailed: readonly RunDetail[], runs: readonly RunSummary[], crosschecks: readonly Crosscheck[]): Iterable<Block> {
  const methods = new Set(detailed.map(({ run }) => run.method));
  yield paragraph(
    'Connections, requests or hosts become rows of figures (the features below), and each figure is scaled so that none outweighs the others by its unit. Groups are groups of behaviour: that one is far from others says it is unusual, not that it is malicious.',
  );
  for (const method of methods) yield paragraph(ofMethod[method]);
  for (const detail of detailed) {
    yield* oneRun(
      detail,
      crosschecks.filter(({ run }) => run === detail.run.id),
    );
  }
  const told = new Set(detailed.map(({ run }) => run.id));
  const others = runs.filter(({ id }) => !told.has(id));
  if (others.length > 0) {
    yield heading('Other runs');
    yield table(
      'Runs in the case that are not told in full here',
      [
        left('Run', 30),
        left('Started (UTC)', 84),
        left('By', 50),
        left('Groups', 56),
        left('Recipe', 56),
        right('k', 26),
        right('Seed', 44),
        right('Rows', 56),
        left('Fingerprint', 94),
      ],
      others
        .slice(0, OTHER_RUNS)
        .map((run) => [
          figure(run.id, 'plain'),
          formatTime(run.created, 0),
          run.by,
          run.of,
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

function* oneRun({ run, features, curve }: RunDetail, crosschecks: readonly Crosscheck[]): Iterable<Block> {
  const used = features.filter(({ dropped }) => dropped === null);
  yield heading(`Run ${run.id}: parameters`);
  yield keys([
    ['Rows', `${rowsOf(run)}${run.where === '' ? ', all of the case' : ', through the filter below'}`],
    ...(run.where === '' ? [] : ([['Filter', [mono(run.where)]]] as const)),
    ['Method', methodOf(run)],
    ['k', run.requestedK === 'auto' ? `${run.k}, chosen automatically from the curve below` : String(run.k)],
    ['Seed', String(run.seed)],
    [
      'Recipe',
      `${run.recipe}: ${plural(used.length, 'feature')}${used.length < features.length ? `, ${features.length - used.length} left out` : ''}`,
    ],
    ['Iterations', `${formatCount(run.iterations)}, ${settledWords(run)}`],
    ...fitOf(run),
    ['Silhouette', silhouetteOf(run)],
    ...apartOf(run),
    ...labelsOf(run),
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
  yield* crosscheckTable(crosschecks);
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

function rowsOf({ rows, of, window }: RunSummary): string {
  if (window === null) return plural(rows, nouns[of]);
  const length = formatDuration(window);
  return plural(rows, `${nouns[of]} in a window of ${length}`, `${nouns[of]}s in windows of ${length}`);
}

function methodOf({ method, covariance }: RunSummary): string {
  if (method === 'kmeans') return 'k-means, k-means++ start, Euclidean distance';
  return `Gaussian mixture, ${covariance ?? 'full'} covariance, k-means start, Mahalanobis distance`;
}

/** What the method made as small, or as large, as it could. */
function fitOf({ inertia, logLikelihood, bic, aic }: RunSummary): readonly (readonly [string, Cell])[] {
  if (inertia !== null) return [['Inertia', figure(inertia, 'decimal')]];
  return [
    ['Log-likelihood', `${logLikelihood?.toFixed(4) ?? '-'}, mean of a row`],
    ['BIC, AIC', `${formatCount(Math.round(bic ?? 0))}, ${formatCount(Math.round(aic ?? 0))} (the smaller the better)`],
  ];
}

/** Runs from before these were computed have none. */
function apartOf({ daviesBouldin, calinskiHarabasz }: RunSummary): readonly (readonly [string, Cell])[] {
  return [
    ...(daviesBouldin === null
      ? []
      : [['Davies-Bouldin', `${daviesBouldin.toFixed(4)} (the smaller, the tighter and the farther apart)`] as const]),
    ...(calinskiHarabasz === null
      ? []
      : [['Calinski-Harabasz', `${calinskiHarabasz.toFixed(1)} (the larger, the better defined)`] as const]),
  ];
}

/** Where the rows have labels. */
function labelsOf({ labelAgreement, rows }: RunSummary): readonly (readonly [string, Cell])[] {
  if (!labelAgreement) return [];
  const { column, ari, nmi, rows: labelled } = labelAgreement;
  const words = `adjusted Rand index ${ari.toFixed(4)}, normalised mutual information ${nmi.toFixed(4)}`;
  return [[`Against ${column}`, `${words}, on ${formatCount(labelled)} of ${plural(rows, 'row')}`]];
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
      one.dropped === null ? figure(one.mean, 'decimal') : '-',
      one.dropped === null ? figure(one.scale, 'decimal') : '-',
      one.dropped ?? 'used',
    ]),
  );
}
