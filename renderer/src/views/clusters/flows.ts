/** Two groupings side by side as bands between two columns. */
import type { RunComparison } from '../../../../app/contract.ts';

export type Flow = RunComparison['flows'][number];

/** A cluster in its column, in pixels from the top. */
export interface FlowNode {
  readonly cluster: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
  /** There is room for its name. */
  readonly named: boolean;
}

/** Members that two clusters share: a band from `fromA`..`toA` at the left to `fromB`..`toB` at the right. */
export interface FlowBand extends Flow {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

export interface FlowLayout {
  readonly left: readonly FlowNode[];
  readonly right: readonly FlowNode[];
  readonly bands: readonly FlowBand[];
}

const GAP = 4;
const LINE = 14;

/** Heights as the counts are; clusters in their order, bands of a cluster in the order of those at the other side. */
export function flowLayout(flows: readonly Flow[], height: number): FlowLayout {
  const total = flows.reduce((sum, { count }) => sum + count, 0);
  const [countsA, countsB] = [sums(flows, ({ a }) => a), sums(flows, ({ b }) => b)];
  const most = Math.max(countsA.size, countsB.size);
  const scale = total === 0 ? 0 : Math.max(0, height - GAP * (most - 1)) / total;
  const [left, right] = [stack(countsA, scale), stack(countsB, scale)];
  const [nextA, nextB] = [starts(left), starts(right)];
  const bands = flows
    .toSorted((one, other) => one.a - other.a || one.b - other.b)
    .map((flow): FlowBand => {
      const [fromA, fromB] = [nextA.get(flow.a) ?? 0, nextB.get(flow.b) ?? 0];
      const [toA, toB] = [fromA + flow.count * scale, fromB + flow.count * scale];
      nextA.set(flow.a, toA);
      nextB.set(flow.b, toB);
      return { ...flow, fromA, toA, fromB, toB };
    });
  return { left, right, bands };
}

function sums(flows: readonly Flow[], side: (flow: Flow) => number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const flow of flows) counts.set(side(flow), (counts.get(side(flow)) ?? 0) + flow.count);
  return new Map([...counts].sort(([a], [b]) => a - b));
}

function stack(counts: ReadonlyMap<number, number>, scale: number): readonly FlowNode[] {
  let top = 0;
  let written = -LINE;
  return Array.from(counts, ([cluster, count]) => {
    const [from, to] = [top, top + count * scale];
    top = to + GAP;
    const middle = (from + to) / 2;
    const named = middle - written >= LINE;
    if (named) written = middle;
    return { cluster, count, from, to, named };
  });
}

const starts = (nodes: readonly FlowNode[]): Map<number, number> => new Map(nodes.map(({ cluster, from }) => [cluster, from]));

/** The outline of a band between two places on the x axis. */
export function flowPath({ fromA, toA, fromB, toB }: FlowBand, left: number, right: number): string {
  const middle = (left + right) / 2;
  const at = (value: number): string => value.toFixed(1);
  return [
    `M${at(left)},${at(fromA)}`,
    `C${at(middle)},${at(fromA)} ${at(middle)},${at(fromB)} ${at(right)},${at(fromB)}`,
    `L${at(right)},${at(toB)}`,
    `C${at(middle)},${at(toB)} ${at(middle)},${at(toA)} ${at(left)},${at(toA)}`,
    'Z',
  ].join('');
}
