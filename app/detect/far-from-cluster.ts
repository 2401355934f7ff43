import { formatCount, plural } from '../contract/format.ts';
import type { Severity } from '../contract/records.ts';
import { textOfId } from '../features/selection.ts';
import { signed } from '../features/words.ts';
import type { Pace } from '../learn/pace.ts';
import { causesOf } from './causes.ts';
import { recordsBehind } from './records.ts';
import { sticksOut, sticksOutWords } from './sticks-out.ts';
import { nouns, type Grouping, type NewFinding } from './types.ts';

/** A host's score is the mean z of the √n farthest of its n connections, but of at least so many: what it has fewer counts as zero. */
const LEAST_CONNECTIONS = 3;
/** So many standard deviations beyond the usual distance a connection is one of those that a finding rests on, whether it was counted or not. */
const FAR = 3;
/** What sticks out is said of so many of them. */
const DESCRIBED = 10;

/** Never critical: to be unlike others is no offence. */
const thresholds: readonly (readonly [number, Severity])[] = [
  [8, 'high'],
  [5, 'medium'],
  [3.5, 'low'],
];

const DOUBT =
  'To be unlike others is no offence: servers, backups, printers and newly installed machines are rare too. Look at what sticks out, and whether the host is meant to do that.';

interface Candidate {
  readonly host: number;
  readonly score: number;
  readonly connections: number;
  /** What the finding rests on, the farthest first: the connections that were counted, and all others that are far. */
  readonly rows: Uint32Array;
  /** How many of them the score was made of. */
  readonly counted: number;
}

/**
 * Originators ranked by how far their connections lie from the centres of their clusters. z of a connection is its distance to its own
 * centre, less the mean of the cluster's distances, in their standard deviations; a host's score is the mean z of the √n farthest of its
 * n connections (of three at least): one odd connection alone does not make a host suspicious, a handful among hundreds does, and sheer
 * number does not. Ordinary hosts score 2 to 3; reported from 3.5.
 * @throws FlowcaseError CANCELLED
 */
export async function farFromCluster(grouping: Grouping, limit: number, pace: Pace): Promise<readonly NewFinding[]> {
  const candidates: Candidate[] = [];
  for (const [host, rows] of rowsByHost(grouping)) {
    const candidate = judge(grouping, host, rows);
    if (candidate.score >= thresholds[thresholds.length - 1][0]) candidates.push(candidate);
    if (pace.due) await pace.breathe();
  }
  candidates.sort((a, b) => b.score - a.score || a.host - b.host);
  return candidates.slice(0, limit).map((candidate) => report(grouping, candidate));
}

function rowsByHost({ groups, labels }: Grouping): ReadonlyMap<number, Uint32Array> {
  const counts = new Map<number, number>();
  for (const host of groups.originators) if (host !== 0) counts.set(host, (counts.get(host) ?? 0) + 1);
  const lists = new Map([...counts].map(([host, count]) => [host, { rows: new Uint32Array(count), filled: 0 }]));
  for (let row = 0; row < labels.length; row++) {
    const list = lists.get(groups.originators[row]);
    if (list !== undefined) list.rows[list.filled++] = row;
  }
  return new Map([...lists].map(([host, { rows }]) => [host, rows]));
}

function judge({ z }: Grouping, host: number, own: Uint32Array): Candidate {
  const counted = Math.max(LEAST_CONNECTIONS, Math.ceil(Math.sqrt(own.length)));
  let far = 0;
  for (const row of own) if (z[row] >= FAR) far++;
  const rows = farthestRows(own, z, Math.max(counted, far));
  let sum = 0;
  for (let i = 0; i < Math.min(counted, rows.length); i++) sum += z[rows[i]];
  return { host, score: sum / counted, connections: own.length, rows, counted: Math.min(counted, rows.length) };
}

/** The `count` rows with the largest z, the largest first, of equal ones the first. Sorts numbers, not rows, where there are many. */
function farthestRows(rows: Uint32Array, z: Float32Array, count: number): Uint32Array {
  let among = rows;
  if (rows.length > count) {
    const least = Float32Array.from(rows, (row) => z[row]).sort()[rows.length - count];
    const above = rows.filter((row) => z[row] > least);
    const equal = rows.filter((row) => z[row] === least).subarray(0, count - above.length);
    among = new Uint32Array(count);
    among.set(above);
    among.set(equal, above.length);
  }
  return among.sort((a, b) => z[b] - z[a] || a - b);
}

function report(grouping: Grouping, candidate: Candidate): NewFinding {
  const { selection, clusters, labels } = grouping;
  const noun = nouns[grouping.of];
  const { score, rows, counted, connections } = candidate;
  const host = textOfId(selection.table, 'orig_h', candidate.host);
  const home = mostCommon(rows.subarray(0, counted), labels);
  const cluster = clusters[home];
  const described = rows.subarray(0, Math.min(counted, DESCRIBED));
  const differs = sticksOut(grouping, described);
  const what =
    counted < connections
      ? `the ${formatCount(counted)} farthest of its ${plural(connections, noun)} lie on average`
      : counted === 1
        ? `its only ${noun} counts`
        : `its ${plural(counted, noun)} lie on average`;
  const lies = `${host}: ${what} ${signed(score)} σ farther from the centre than usual in the cluster, most in cluster ${cluster.cluster} (${cluster.autoName}).`;
  const inThem = described.length < counted ? ` in the ${formatCount(described.length)} farthest` : '';
  return {
    kind: 'far-from-cluster',
    title: 'Unlike its cluster',
    subject: host,
    host,
    score,
    severity: thresholds.find(([least]) => score >= least)?.[1] ?? 'low',
    why: `${lies} ${sticksOutWords(grouping, described, differs, inThem)}`,
    causes: causesOf(grouping, differs),
    doubt: DOUBT,
    ...recordsBehind(selection, rows),
  };
}

function mostCommon(rows: Uint32Array, labels: Uint16Array): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a))[0];
}
