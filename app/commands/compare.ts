import { formatDuration } from '../contract/format.ts';
import type { CaseReader } from '../case/types.ts';
import { FlowcaseError } from '../errors.ts';
import type { RunComparison } from '../contract/models.ts';
import { recordKindOf, type RunDetail } from '../contract/runs.ts';
import { adjustedRandIndex, normalisedMutualInformation } from '../learn/metrics/agreement.ts';
import type { HostAssignment } from '../shared/run-outcome.ts';
import { ClustersOver } from './host-clusters.ts';

/** Members of both runs, by their clusters: each as a person sees it, 0 for what the run did not have. */
class Flows {
  readonly #width: number;
  readonly #counts: Float64Array;

  constructor(a: RunDetail, b: RunDetail) {
    this.#width = b.clusters.length + 1;
    this.#counts = new Float64Array((a.clusters.length + 1) * this.#width);
  }

  add(a: number, b: number): void {
    this.#counts[a * this.#width + b]++;
  }

  comparison(a: number, b: number): RunComparison {
    const [rows, columns] = [this.#counts.length / this.#width - 1, this.#width - 1];
    const counts = new Float64Array(rows * columns);
    const flows: RunComparison['flows'][number][] = [];
    let [total, onlyA, onlyB] = [0, 0, 0];
    this.#counts.forEach((count, at) => {
      const [from, to] = [Math.floor(at / this.#width), at % this.#width];
      if (count === 0) return;
      if (to === 0) onlyA += from === 0 ? 0 : count;
      else if (from === 0) onlyB += count;
      else {
        counts[(from - 1) * columns + to - 1] = count;
        total += count;
        flows.push({ a: from, b: to, count });
      }
    });
    const table = { rows, columns, counts, total };
    flows.sort((one, other) => other.count - one.count || one.a - other.a || one.b - other.b);
    return { a, b, rows: total, onlyA, onlyB, ari: adjustedRandIndex(table), nmi: normalisedMutualInformation(table), flows };
  }
}

/**
 * Two clusterings of the same things beside each other: how alike they are, and which members of which cluster are where.
 * @throws FlowcaseError NOT_FOUND; PARAMETER where their rows are other things (connections, hosts, windows of another length), or none are in both
 */
export function compareRuns(reader: CaseReader, { a, b }: { readonly a: number; readonly b: number }): RunComparison {
  const [first, second] = [reader.run(a), reader.run(b)];
  refuseOthers(first, second);
  const flows = new Flows(first, second);
  const [hostsA, hostsB] = [reader.hostAssignment(a), reader.hostAssignment(b)];
  if (hostsA !== null && hostsB !== null) countHosts(hostsA, hostsB, flows);
  else countRecords(reader, first, second, flows);
  const comparison = flows.comparison(a, b);
  if (comparison.rows > 0) return comparison;
  const message = `Run ${a} groups ${wordsOf(first)}, run ${b} ${wordsOf(second)}: they have nothing in common that could be compared.`;
  throw new FlowcaseError('PARAMETER', message, { a, b });
}

/** @throws FlowcaseError PARAMETER */
function refuseOthers({ run: a }: RunDetail, { run: b }: RunDetail): void {
  if (a.of === b.of && a.window === b.window) return;
  const [rowsA, rowsB] = [a, b].map(({ of, window }) => (window === null ? of : `${of} in windows of ${formatDuration(window)}`));
  const what = a.of === b.of && (a.window === null || b.window === null) ? ' over the whole case' : '';
  const [one, other] = [a, b].map(({ window }, i) => `${[rowsA, rowsB][i]}${window === null ? what : ''}`);
  const text = `Run ${a.id} groups ${one}, run ${b.id} ${other}: their rows are not the same things, so they cannot be compared. Compare two runs of the same kind.`;
  throw new FlowcaseError('PARAMETER', text, { a: a.id, b: b.id });
}

function wordsOf({ run: { of, where } }: RunDetail): string {
  return where === '' ? of : `${of} through ${where}`;
}

function countRecords(reader: CaseReader, first: RunDetail, second: RunDetail, flows: Flows): void {
  const table = reader.table(recordKindOf(first.run.of));
  const clusters = new ClustersOver(reader, table);
  for (const { id, rows } of table.chunks) {
    const [a, b] = [clusters.assignment(first.run.id, id)?.labels, clusters.assignment(second.run.id, id)?.labels];
    if (a === undefined && b === undefined) continue;
    for (let i = 0; i < rows; i++) flows.add(a?.[i] ?? 0, b?.[i] ?? 0);
  }
}

/** Host by host, or window by window. */
function countHosts(a: HostAssignment, b: HostAssignment, flows: Flows): void {
  const keyOf = ({ hosts, windows }: HostAssignment, row: number): string => `${hosts[row]} ${windows?.[row] ?? ''}`;
  const others = new Map<string, number>();
  b.hosts.forEach((_, row) => others.set(keyOf(b, row), b.labels[row]));
  const met = new Set<string>();
  a.hosts.forEach((_, row) => {
    const key = keyOf(a, row);
    met.add(key);
    flows.add(a.labels[row], others.get(key) ?? 0);
  });
  for (const [key, label] of others) if (!met.has(key)) flows.add(0, label);
}
