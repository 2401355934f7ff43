import { formatCount, formatShare, plural } from '../contract/format.ts';
import { textOfId } from '../features/selection.ts';
import { rowsByCluster } from '../learn/sample.ts';
import { recordsBehind } from './records.ts';
import type { Grouping, NewFinding } from './types.ts';

/** A cluster of failures: at least this share of its connections failed. */
const FAILED_SHARE = 0.5;
/** The host began at least so many of them, this share of the cluster, and so many times what the median originator there began. */
const LEAST_CONNECTIONS = 50;
const LEAST_SHARE = 0.1;
const TIMES_MEDIAN = 5;
const LEAST_ORIGINATORS = 3;

const DOUBT = 'A server that went away, a wrong address in a configuration or an inventory scan by the house itself looks like this too.';

/**
 * Who fills a cluster of failures: in every cluster where half or more failed, the originators with at least 50 connections there, a tenth
 * of the cluster, and five times the median originator's. Score: 3 + 7 × share of the cluster. High where they went to 50 ends or more
 * (responder and port), else medium. Every figure is counted from the records.
 */
export function failingHosts(grouping: Grouping, limit: number): readonly NewFinding[] {
  const { used, centres, matrix, labels, k } = grouping;
  const column = used.findIndex(({ spec }) => spec.name === 'failed');
  if (column < 0) return [];
  const { spec, mean, scale } = used[column];
  const found: NewFinding[] = [];
  rowsByCluster(labels, k).forEach((rows, cluster) => {
    const failed = mean + (centres[cluster * matrix.columns + column] * scale) / spec.weight;
    if (failed >= FAILED_SHARE) found.push(...inCluster(grouping, cluster, rows, Math.min(1, failed)));
  });
  return found.sort((a, b) => b.score - a.score || (a.subject < b.subject ? -1 : 1)).slice(0, limit);
}

function inCluster(grouping: Grouping, cluster: number, rows: Uint32Array, failed: number): NewFinding[] {
  const { originators } = grouping.groups;
  const byHost = new Map<number, number[]>();
  for (const row of rows) {
    const list = byHost.get(originators[row]);
    if (list === undefined) byHost.set(originators[row], [row]);
    else list.push(row);
  }
  byHost.delete(0);
  if (byHost.size < LEAST_ORIGINATORS) return [];
  const counts = [...byHost.values()].map((list) => list.length).sort((a, b) => a - b);
  const median = counts[Math.floor(counts.length / 2)];
  const least = Math.max(LEAST_CONNECTIONS, rows.length * LEAST_SHARE, TIMES_MEDIAN * median);
  return [...byHost]
    .filter(([, own]) => own.length >= least)
    .map(([host, own]) => describe(grouping, cluster, { host, own, of: rows.length, median, failed }));
}

interface Share {
  readonly host: number;
  readonly own: readonly number[];
  readonly of: number;
  readonly median: number;
  readonly failed: number;
}

function describe(grouping: Grouping, cluster: number, { host, own, of, median, failed }: Share): NewFinding {
  const { groups, selection, clusters } = grouping;
  const name = textOfId(selection.table, 'orig_h', host);
  const responders = new Set(own.map((row) => groups.responders[row])).size;
  const ports = new Set(own.map((row) => groups.ports[row])).size;
  const ends = new Set(own.map((row) => groups.of[row])).size;
  const { cluster: number, autoName } = clusters[cluster];
  return {
    kind: 'odd-cluster',
    title: 'Fills a cluster of failures',
    subject: name,
    host: name,
    score: 3 + (7 * own.length) / of,
    severity: ends >= 50 ? 'high' : 'medium',
    why: `${name} began ${formatCount(own.length)} of the ${formatCount(of)} connections in cluster ${number} (${autoName}), of which ${formatShare(failed)} failed: ${formatShare(own.length / of)}, to ${plural(responders, 'responder')} on ${plural(ports, 'port')}. The median originator there began ${formatCount(median)}.`,
    causes: null,
    doubt: DOUBT,
    ...recordsBehind(selection, own),
  };
}
