import { amongKnown, type KnownMeans } from '../detect/known-means.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import { clusterNames, clusterWords, deviations, middles } from '../features/words.ts';
import type { Pace } from '../learn/pace.ts';
import { rowsByCluster } from '../learn/sample.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import { purities, separations } from './explain.ts';
import type { Numbered } from './numbering.ts';
import type { RunRows } from './run-rows.ts';

type Summary = RunOutcome['clusters'][number];

const ONLY_ONE = 'The only cluster: there is no other to tell it from.';

/** Everything that is said of each cluster, figures and words. @throws FlowcaseError CANCELLED */
export async function summarise(
  rows: RunRows,
  built: FeatureMatrix,
  numbered: Numbered,
  known: KnownMeans,
  pace: Pace,
): Promise<readonly Summary[]> {
  const { used, matrix } = built;
  const lists = numbered.sizes.map((size, cluster) => {
    const filled = known.filled.subarray(cluster * matrix.columns, (cluster + 1) * matrix.columns);
    return amongKnown(deviations(used, filled, middles(used)), used, { cluster, size }, known);
  });
  const names = clusterNames(lists);
  const members = memberFigures(rows, numbered);
  const separates = separations(used, numbered.sizes, known);
  await pace.breathe();
  const purity = rows.hosts === null ? await purities(rows.selections[0], numbered, pace) : null;
  return numbered.sizes.map((size, cluster) => {
    return {
      cluster: cluster + 1,
      autoName: names[cluster],
      size,
      share: size / rows.rows,
      ...profileOf(built, cluster, size, known),
      words: numbered.k === 1 ? ONLY_ONE : clusterWords(lists[cluster]),
      spread: numbered.spread[cluster],
      separates: separates[cluster],
      purity: purity?.[cluster] ?? null,
      ...members[cluster],
    };
  });
}

/** The mean of every feature among the rows that have a value, and how many these are where some have none. */
function profileOf(
  { used, features }: FeatureMatrix,
  cluster: number,
  size: number,
  known: KnownMeans,
): Pick<Summary, 'profile' | 'known'> {
  const profile = new Array<number | null>(features.length).fill(0);
  const having = new Array<number | null>(features.length).fill(null);
  used.forEach(({ index, middle, unit }, column) => {
    const { rows, sum } = known.sums(cluster, column);
    profile[index] = rows === 0 ? null : (sum / rows - middle) / unit;
    having[index] = rows;
  });
  return having.every((rows) => rows === null || rows === size) ? { profile } : { profile, known: having };
}

type MemberFigures = Pick<Summary, 'originators' | 'responders' | 'bytes' | 'first' | 'last' | 'typical' | 'typicalHost'>;

function memberFigures(run: RunRows, { labels, k, distance }: Numbered): readonly MemberFigures[] {
  const countOriginators = distinctCounter(run.originators);
  const countResponders = distinctCounter(run.responders);
  return rowsByCluster(labels, k).map((rows, cluster) => {
    let bytes = 0;
    let first: number | null = null;
    let last: number | null = null;
    let nearest = rows[0];
    for (const row of rows) {
      bytes += run.bytes[row];
      if (run.first[row] < (first ?? Number.POSITIVE_INFINITY)) first = run.first[row];
      if (run.last[row] > (last ?? Number.NEGATIVE_INFINITY)) last = run.last[row];
      if (distance[row] < distance[nearest]) nearest = row;
    }
    return {
      originators: countOriginators(rows, cluster + 1),
      responders: countResponders(rows, cluster + 1),
      bytes,
      first,
      last,
      typical: run.hosts === null ? run.idOf(nearest) : null,
      typicalHost: run.hosts?.textOf(nearest) ?? null,
    };
  });
}

/** Counts the different ids (0 is absent) among given rows; `round` differs from call to call. */
function distinctCounter(ids: Uint32Array): (rows: Uint32Array, round: number) => number {
  let largest = 0;
  for (const id of ids) if (id > largest) largest = id;
  const seen = new Uint32Array(largest + 1);
  return (rows, round) => {
    let count = 0;
    for (const row of rows) {
      const id = ids[row];
      if (id === 0 || seen[id] === round) continue;
      seen[id] = round;
      count++;
    }
    return count;
  };
}
