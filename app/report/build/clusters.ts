import { formatCount, formatShare, plural } from '../../contract/format.ts';
import { rowsWords } from '../../contract/row-words.ts';
import type { ClusterSummary, RunDetail, Scatter, Subject } from '../../contract/runs.ts';
import {
  count,
  figure,
  heading,
  left,
  note,
  paragraph,
  right,
  strong,
  table,
  type Block,
  type Cell,
  type Rich,
  type Section,
} from '../document.ts';
import type { Facts } from './facts.ts';
import { clusterTitle } from './names.ts';

const nouns: Readonly<Record<Subject, string>> = { connections: 'record', requests: 'request', hosts: 'host' };
const titles: Readonly<Record<Subject, string>> = { connections: 'Records', requests: 'Requests', hosts: 'Hosts' };
const POINTS = 6_000;
const DRAWN = 48;
const LEGEND = 20;
const TABLED = 200;

/** The groups of each run told in full: how many, how different, which one is odd. */
export function buildClusters({ detailed, reader }: Facts): Section {
  return {
    id: 'clusters',
    title: 'Clusters',
    blocks:
      detailed.length === 0
        ? [paragraph('No run of the clustering is in the case.')]
        : detailed.flatMap((detail) => [...runBlocks(detail, reader.scatter(detail.run.id, POINTS))]),
  };
}

function* runBlocks(detail: RunDetail, scatter: Scatter): Iterable<Block> {
  const { run, clusters, odd } = detail;
  const drawn = clusters.slice(0, DRAWN);
  yield heading(`Run ${run.id}: ${plural(clusters.length, 'cluster')} of ${rowsWords(run, run.rows)}`);
  if (odd !== null) yield note(`Look first at cluster ${odd.cluster}`, odd.why);
  yield paragraph(
    'Clusters are numbered by size. A name after the number was given by the examiner, or drawn from the profile where none was given. Clusters that the examiner marked as suspect are in bold.',
  );
  yield {
    type: 'bars',
    least: 1,
    unit: 'records',
    caption: `${titles[run.of]} in each cluster (log)`,
    logarithmic: true,
    bars: drawn.map((one) => ({
      label: clusterTitle(one),
      value: one.size,
      text: `${formatCount(one.size)} · ${formatShare(one.share)}`,
      category: one.cluster,
      suspect: one.suspect,
    })),
  };
  yield clusterTable(clusters, run.of);
  yield* pictures(detail, drawn, scatter);
  if (clusters.length > DRAWN) yield paragraph(`The charts show the ${DRAWN} largest clusters of ${formatCount(clusters.length)}.`);
}

function* pictures({ features, run }: RunDetail, drawn: readonly ClusterSummary[], scatter: Scatter): Iterable<Block> {
  if (scatter.drawn > 0) {
    yield {
      type: 'scatter',
      caption: `Two principal components (${formatShare(scatter.variance ?? 0)} of the variance), ${formatCount(scatter.drawn)} of ${plural(scatter.total, nouns[run.of])} drawn`,
      x: [...scatter.x],
      y: [...scatter.y],
      category: [...scatter.cluster],
      legend: drawn.slice(0, LEGEND).map((one) => ({ category: one.cluster, label: clusterTitle(one), suspect: one.suspect })),
    };
  }
  // A profile has a figure for each feature, also for those that were left out of the matrix: these say nothing.
  const shown = features.flatMap(({ dropped, title }, index) => (dropped === null ? [{ title, index }] : []));
  yield {
    type: 'heat',
    caption: 'What makes each different (standard deviations from the mean of all)',
    scale: 'deviation',
    columns: shown.map(({ title }) => title),
    rows: drawn.map((one) => ({
      label: clusterTitle(one),
      category: one.cluster,
      suspect: one.suspect,
      total: 0,
      values: shown.map(({ index }) => one.profile[index] ?? null),
    })),
  };
  if (drawn.some(({ known }) => known !== undefined)) {
    yield paragraph('Where some rows of a cluster have no value, its figure is of those that have one; a dash: none has.');
  }
}

function clusterTable(clusters: readonly ClusterSummary[], of: Subject): Block {
  const rows = clusters.slice(0, TABLED).map((one): readonly Cell[] => {
    const title = clusterTitle(one);
    const name: Rich = one.suspect ? [strong(title), ' (suspect)'] : title;
    return [
      { mark: { type: 'category', number: one.cluster }, content: name },
      count(one.size),
      figure(one.share, 'share'),
      count(one.originators),
      count(one.responders),
      figure(one.bytes, 'bytes'),
      one.words,
    ];
  });
  return table(
    'Clusters',
    [
      left('Cluster', 104),
      right(of === 'connections' ? 'Records' : titles[of], 44),
      right('Share', 40),
      right('Originators', 57),
      right('Responders', 58),
      right('Bytes', 58),
      left('What makes it different', 168),
    ],
    rows,
    clusters.length > TABLED
      ? `The ${TABLED} largest of ${formatCount(clusters.length)} clusters; the rest: table “clusters” as CSV.`
      : null,
  );
}
