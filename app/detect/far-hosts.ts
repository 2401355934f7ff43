import { formatTime } from '../contract/format.ts';
import type { Severity } from '../contract/records.ts';
import { signed } from '../features/words.ts';
import type { Pace } from '../learn/pace.ts';
import { causesOf } from './causes.ts';
import { sticksOut, sticksOutWords } from './sticks-out.ts';
import type { Grouping, NewFinding } from './types.ts';

/** Never critical: to be unlike others is no offence. z of one host among those of its cluster. */
const thresholds: readonly (readonly [number, Severity])[] = [
  [6, 'high'],
  [4, 'medium'],
  [3, 'low'],
];
const EXAMPLES = 100;

const DOUBT =
  'To be unlike others is no offence: servers, scanners of the house, printers and newly installed machines are rare too. Look at what sticks out, and whether the host is meant to do that.';

/**
 * Hosts that lie far from the centre of their cluster: z is the distance less the mean of the cluster's distances, in their standard deviations;
 * of a host with several windows the one that lies farthest counts. Reported from 3, the farthest first.
 * @param behind the records of the rows that are reported, ascending by row
 * @throws FlowcaseError CANCELLED
 */
export async function farHosts(
  grouping: Grouping,
  limit: number,
  behind: (rows: ReadonlySet<number>) => Promise<ReadonlyMap<number, readonly number[]>>,
  pace: Pace,
): Promise<readonly NewFinding[]> {
  const { z, hosts } = grouping;
  if (hosts === null) return [];
  const farthest = new Map<number, number>();
  for (let row = 0; row < hosts.rows; row++) {
    const known = farthest.get(hosts.hosts[row]);
    if (known === undefined || z[row] > z[known]) farthest.set(hosts.hosts[row], row);
    if (pace.due) await pace.breathe();
  }
  const rows = [...farthest.values()]
    .filter((row) => z[row] >= thresholds[thresholds.length - 1][0])
    .sort((a, b) => z[b] - z[a] || a - b)
    .slice(0, limit);
  const records = await behind(new Set(rows));
  return rows.map((row) => report(grouping, row, Float64Array.from(records.get(row) ?? [])));
}

function report(grouping: Grouping, row: number, ids: Float64Array): NewFinding {
  const { labels, clusters, z, hosts } = grouping;
  const host = hosts?.textOf(row) ?? '';
  const cluster = clusters[labels[row]];
  const described = Uint32Array.of(row);
  const differs = sticksOut(grouping, described);
  const started = hosts?.windows?.[row];
  const when = started === undefined ? '' : ` in the window from ${formatTime(started, 0)} UTC`;
  const lies = `${host} lies${when} ${signed(z[row])} σ farther from the centre of cluster ${cluster.cluster} (${cluster.autoName}) than its hosts usually do.`;
  const sorted = ids.slice().sort();
  return {
    kind: 'far-from-cluster',
    title: 'Unlike the hosts of its cluster',
    subject: host,
    host,
    score: z[row],
    severity: thresholds.find(([least]) => z[row] >= least)?.[1] ?? 'low',
    why: `${lies} ${sticksOutWords(grouping, described, differs)}`,
    causes: causesOf(grouping, differs),
    doubt: DOUBT,
    records: [...sorted.subarray(0, EXAMPLES)],
    ids: sorted,
  };
}
