import { formatBytes, formatCount } from '../contract/format.ts';
import type { Severity } from '../contract/records.ts';
import { gapsOf, quantile, sortedPresent } from '../features/groups.ts';
import { selectedNumbers, textOfId } from '../features/selection.ts';
import type { Pace } from '../learn/pace.ts';
import { beatOf, beatWords, calledMostly, endWords, SHORTEST_GAP, type Beat } from './beat.ts';
import type { OddCluster } from './odd-cluster.ts';
import { recordsBehind } from './records.ts';
import type { Grouping, NewFinding } from './types.ts';

/** Fewer calls than this, or a wider spread of their intervals, are no clock. */
const LEAST_CALLS = 20;
const WIDEST_SPREAD = 0.25;
/** Of a group's connections so many must lie in the odd cluster for it to speak of them all. */
const LEAST_SHARE = 0.5;

const DOUBT =
  'Updates, time servers, monitoring and chat programs call like a clock too: check who owns the address and when it was first seen.';

/**
 * What calls like a clock inside the odd clusters: groups of connections with the same ends, of which half or more lie in the cluster, at
 * least 20, at intervals of a second or more with a quartile spread of 0.25 or less. Every figure is computed from the records.
 * Score: 10 × (1 - spread) × the share of a thousand calls on a log scale × the share of the gaps that lie near the median. High from 100 calls
 * with a spread of 0.1 or less where it called in half of the time or more, between two calls that are no interruption; else medium.
 * @throws FlowcaseError CANCELLED
 */
export async function regularCalls(
  grouping: Grouping,
  odd: readonly OddCluster[],
  limit: number,
  pace: Pace,
): Promise<readonly NewFinding[]> {
  const { groups, labels, selection } = grouping;
  const sizes = selectedNumbers(selection, 'orig_bytes');
  const oddOnes = new Set(odd.map(({ cluster }) => cluster));
  const found: NewFinding[] = [];
  for (let group = 0; group < groups.count; group++) {
    if (pace.due) await pace.breathe();
    if (!(groups.sizes[group] >= LEAST_CALLS && groups.intervalSpread[group] <= WIDEST_SPREAD)) continue;
    const rows = groups.order.subarray(groups.starts[group], groups.starts[group + 1]);
    // who called whom is not known
    if (groups.originators[rows[0]] === 0 || groups.responders[rows[0]] === 0) continue;
    const cluster = homeOf(rows, labels, oddOnes);
    if (cluster === null) continue;
    const finding = describe(grouping, group, rows, cluster, sizes);
    if (finding !== null) found.push(finding);
  }
  return found.sort((a, b) => b.score - a.score || (a.subject < b.subject ? -1 : 1)).slice(0, limit);
}

/** The odd cluster that holds at least half of the rows, or null. */
function homeOf(rows: Uint32Array, labels: Uint16Array, odd: ReadonlySet<number>): number | null {
  for (const cluster of odd) {
    let inside = 0;
    for (const row of rows) if (labels[row] === cluster) inside++;
    if (inside >= rows.length * LEAST_SHARE) return cluster;
  }
  return null;
}

function describe(grouping: Grouping, group: number, rows: Uint32Array, cluster: number, sizes: Float64Array): NewFinding | null {
  const { groups, selection, clusters } = grouping;
  const { table } = selection;
  const times = sortedPresent(rows, groups.times);
  const gaps = gapsOf(times).sort();
  const beat = beatOf(gaps);
  if (beat.median < SHORTEST_GAP) return null;
  const spread = groups.intervalSpread[group];
  const from = textOfId(table, 'orig_h', groups.originators[rows[0]]);
  const to = textOfId(table, 'resp_h', groups.responders[rows[0]]);
  const port = groups.ports[rows[0]];
  const rank = clusters[cluster];
  const said = beatWords({ from, to, port, count: rows.length, more: sizeWords(rows, sizes) }, beat);
  return {
    kind: 'odd-cluster',
    title: 'Calls like a clock, in an odd cluster',
    subject: `${from} → ${endWords(to, port)}`,
    host: from,
    score: 10 * (1 - spread) * Math.min(1, Math.log10(rows.length) / 3) * (beat.near / beat.gaps),
    severity: severityOf(rows.length, spread, beat),
    why: `${said} ${formatCount(rank.size)} connections are in its cluster ${rank.cluster} (${rank.autoName}).`,
    causes: null,
    doubt: DOUBT,
    ...recordsBehind(selection, rows),
  };
}

function severityOf(calls: number, spread: number, beat: Beat): Severity {
  return calls >= 100 && spread <= 0.1 && calledMostly(beat) ? 'high' : 'medium';
}

/** ", with 412 to 418 bytes each" of the middle nine tenths. */
function sizeWords(rows: Uint32Array, sizes: Float64Array): string {
  const known = sortedPresent(rows, sizes);
  if (known.length === 0) return '';
  const [low, high] = [quantile(known, 0.05), quantile(known, 0.95)].map(Math.round);
  const range =
    low === high
      ? formatBytes(low)
      : high < 10_000
        ? `${formatCount(low)} to ${formatCount(high)} bytes`
        : `${formatBytes(low)} to ${formatBytes(high)}`;
  return `, sending ${range} each in nine of ten`;
}
