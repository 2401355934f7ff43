import { formatCount, formatShare, plural } from '../contract/format.ts';
import { textOfId } from '../features/selection.ts';
import { rowsByCluster } from '../learn/sample.ts';
import { recordsBehind } from './records.ts';
import type { Grouping, NewFinding } from './types.ts';

/** A cluster of failures: at least this share of its connections failed, and of the host's there, of those whose outcome is known. */
const FAILED_SHARE = 0.5;
/** The host began at least so many of them and as many failed, this share of the cluster, and so many times what the median originator there began. */
const LEAST_CONNECTIONS = 50;
const LEAST_SHARE = 0.1;
const TIMES_MEDIAN = 5;
const LEAST_ORIGINATORS = 3;

const DOUBT = 'A server that went away, a wrong address in a configuration or an inventory scan by the house itself looks like this too.';

/** How connections ended: of how many it is known, and how many of these failed. */
interface Outcomes {
  readonly known: number;
  readonly failed: number;
}

/**
 * Who fills a cluster of failures: in every cluster where half or more failed, the originators with at least 50 connections there, a tenth
 * of the cluster, and five times the median originator's, of whose own there 50 and half failed. Score: 3 + 7 × share of the cluster. High where
 * they went to 50 ends or more (responder and port), else medium. Every figure is counted from the records; a connection whose outcome the log
 * does not say is none that failed, and none that did not.
 */
export function failingHosts(grouping: Grouping, limit: number): readonly NewFinding[] {
  const { used, labels, k } = grouping;
  const column = used.findIndex(({ spec }) => spec.name === 'failed');
  if (column < 0) return [];
  const found = rowsByCluster(labels, k).flatMap((rows, cluster) => inCluster(grouping, cluster, rows, column));
  return found.sort((a, b) => b.score - a.score || (a.subject < b.subject ? -1 : 1)).slice(0, limit);
}

function outcomesOf({ used, matrix, absent }: Grouping, rows: ArrayLike<number>, column: number): Outcomes {
  const { mean, scale, spec } = used[column];
  const { values } = matrix;
  let [known, failed] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    if (absent?.has(rows[i], column) === true) continue;
    known++;
    if (mean + (values[matrix.offset(rows[i], column)] * scale) / spec.weight > 0.5) failed++;
  }
  return { known, failed };
}

function inCluster(grouping: Grouping, cluster: number, rows: Uint32Array, column: number): readonly NewFinding[] {
  const all = outcomesOf(grouping, rows, column);
  if (!(all.failed >= FAILED_SHARE * all.known && all.failed >= LEAST_CONNECTIONS)) return [];
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
    .map(([host, own]) => ({ host, own, of: rows.length, median, all, its: outcomesOf(grouping, own, column) }))
    .filter(({ its }) => its.failed >= LEAST_CONNECTIONS && its.failed >= FAILED_SHARE * its.known)
    .map((share) => describe(grouping, cluster, share));
}

interface Share {
  readonly host: number;
  readonly own: readonly number[];
  readonly of: number;
  readonly median: number;
  readonly all: Outcomes;
  readonly its: Outcomes;
}

function describe(grouping: Grouping, cluster: number, { host, own, of, median, all, its }: Share): NewFinding {
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
    why: `${name} began ${formatCount(own.length)} of the ${formatCount(of)} connections in cluster ${number} (${autoName}), of which ${failedWords(all, of)} failed: ${formatShare(own.length / of)}, to ${plural(responders, 'responder')} on ${plural(ports, 'port')}.${ownWords(its, own.length)} The median originator there began ${formatCount(median)}.`,
    causes: null,
    doubt: DOUBT,
    ...recordsBehind(selection, own),
  };
}

/** "93.8 %", and where it is not known of all "93.8 % of the 140 whose outcome is known". */
function failedWords({ known, failed }: Outcomes, of: number): string {
  return `${formatShare(failed / known)}${known === of ? '' : ` of the ${formatCount(known)} whose outcome is known`}`;
}

/** How many of its own failed, where not all did. */
function ownWords({ known, failed }: Outcomes, of: number): string {
  if (failed === of) return '';
  return ` Of its own ${formatCount(failed)}${known === of ? '' : ` of the ${formatCount(known)} whose outcome is known`} failed.`;
}
