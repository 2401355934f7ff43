import type { FeatureMatrix } from '../features/build-matrix.ts';
import { recordId, selectedNumbers } from '../features/selection.ts';
import type { Selection } from '../features/types.ts';
import { clusterNames, clusterWords, deviations } from '../features/words.ts';
import { rowsByCluster } from '../learn/sample.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import type { Numbered } from './numbering.ts';

type Summary = RunOutcome['clusters'][number];

/** Everything that is said of each cluster, figures and words. */
export function summarise(selection: Selection, built: FeatureMatrix, numbered: Numbered): readonly Summary[] {
  const { used, features, matrix } = built;
  const zero = new Float64Array(matrix.columns);
  const centre = (cluster: number): Float64Array => numbered.centres.subarray(cluster * matrix.columns, (cluster + 1) * matrix.columns);
  const lists = numbered.sizes.map((_, cluster) => deviations(used, centre(cluster), zero));
  const names = clusterNames(lists);
  const members = memberFigures(selection, built, numbered);
  return numbered.sizes.map((size, cluster) => {
    const profile = new Array<number>(features.length).fill(0);
    used.forEach(({ index, spec }, column) => (profile[index] = centre(cluster)[column] / spec.weight));
    return {
      cluster: cluster + 1,
      autoName: names[cluster],
      size,
      share: size / selection.rows,
      profile,
      words: clusterWords(lists[cluster]),
      spread: numbered.spread[cluster],
      typicalHost: null,
      separates: [],
      purity: null,
      ...members[cluster],
    };
  });
}

type MemberFigures = Pick<Summary, 'originators' | 'responders' | 'bytes' | 'first' | 'last' | 'typical'>;

function memberFigures(selection: Selection, { groups }: FeatureMatrix, { labels, k, distance }: Numbered): readonly MemberFigures[] {
  const [sent, received] = [selectedNumbers(selection, 'orig_bytes'), selectedNumbers(selection, 'resp_bytes')];
  const { times, originators, responders } = groups;
  const countOriginators = distinctCounter(originators);
  const countResponders = distinctCounter(responders);
  return rowsByCluster(labels, k).map((rows, cluster) => {
    let bytes = 0;
    let first: number | null = null;
    let last: number | null = null;
    let nearest = rows[0];
    for (const row of rows) {
      bytes += orZero(sent[row]) + orZero(received[row]);
      const time = times[row];
      if (time < (first ?? Number.POSITIVE_INFINITY)) first = time;
      if (time > (last ?? Number.NEGATIVE_INFINITY)) last = time;
      if (distance[row] < distance[nearest]) nearest = row;
    }
    return {
      originators: countOriginators(rows, cluster + 1),
      responders: countResponders(rows, cluster + 1),
      bytes,
      first,
      last,
      typical: recordId(selection, nearest),
    };
  });
}

/** Absent and wrapped counts add nothing. */
function orZero(value: number): number {
  return value > 0 ? value : 0;
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
