import { recordKindOf, type Subject } from '../contract/runs.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import { recordId, selectedIds, selectedNumbers } from '../features/selection.ts';
import type { HostRows, Selection } from '../features/types.ts';
import type { Pace } from '../learn/pace.ts';
import { hostRowIndex } from './host-row-index.ts';

/** What the rows of a run are, and what is known of each beside its features. */
export interface RunRows {
  readonly of: Subject;
  readonly rows: number;
  /** Selections of records: one, or for hosts those that the hosts were looked at in. */
  readonly selections: readonly Selection[];
  /** null where rows are records. */
  readonly hosts: HostRows | null;
  /** Row → bytes of both directions, and its first and last moment (NaN where there is none). */
  readonly bytes: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Row → host that began it, or that it is; and that answered (0: none). */
  readonly originators: Uint32Array;
  readonly responders: Uint32Array;
  /** Id of the row's record, or of its host in the dictionary of hosts. */
  idOf(row: number): number;
}

/** @throws FlowcaseError CANCELLED */
export async function runRows(
  of: Subject,
  selections: readonly Selection[],
  { groups, hosts }: Pick<FeatureMatrix, 'groups' | 'hosts'>,
  pace: Pace,
): Promise<RunRows> {
  const { originators, responders } = groups;
  if (hosts !== null) {
    const figures = await hostFigures(selections, hosts, pace);
    return { of, rows: hosts.rows, selections, hosts, originators, responders, ...figures, idOf: (row) => hosts.hosts[row] };
  }
  const [selection] = selections;
  const bytes = bytesOf(selection);
  const times = groups.times;
  const { rows } = selection;
  return {
    of,
    rows,
    selections,
    hosts,
    originators,
    responders,
    bytes,
    first: times,
    last: times,
    idOf: (row) => recordId(selection, row),
  };
}

const byteColumns: Readonly<Record<string, readonly string[]>> = { connection: ['orig_bytes', 'resp_bytes'], request: ['bytes'] };

/** Bytes of every record; absent and wrapped counts add nothing. */
function bytesOf(selection: Selection): Float64Array {
  const sum = new Float64Array(selection.rows);
  for (const column of byteColumns[selection.table.kind] ?? []) {
    selectedNumbers(selection, column).forEach((value, row) => (sum[row] += value > 0 ? value : 0));
  }
  return sum;
}

/** For each host (and window), over the records that it takes part in. */
async function hostFigures(
  selections: readonly Selection[],
  hosts: HostRows,
  pace: Pace,
): Promise<Pick<RunRows, 'bytes' | 'first' | 'last'>> {
  const [bytes, first, last] = [0, Number.NaN, Number.NaN].map((value) => new Float64Array(hosts.rows).fill(value));
  await eachPart(selections, hosts, pace, (row, volume, time) => {
    bytes[row] += volume;
    if (!(time >= first[row])) first[row] = Number.isNaN(time) ? first[row] : time;
    if (!(time <= last[row])) last[row] = Number.isNaN(time) ? last[row] : time;
  });
  return { bytes, first, last };
}

/** Calls `visit` for every record and every host in it that is a row, with the record's bytes, time and place in its selection. */
async function eachPart(
  selections: readonly Selection[],
  hosts: HostRows,
  pace: Pace,
  visit: (row: number, bytes: number, time: number, selection: Selection, at: number) => void,
): Promise<void> {
  const rowOf = hostRowIndex(hosts, hosts.window);
  for (const selection of selections) {
    const bytes = bytesOf(selection);
    const times = selectedNumbers(selection, 'ts');
    const ends = ['orig_h', 'resp_h'].map((column) => selectedIds(selection, column));
    for (let i = 0; i < selection.rows; i++) {
      const [own, other] = [rowOf(ends[0][i], times[i]), rowOf(ends[1][i], times[i])];
      if (own !== undefined) visit(own, bytes[i], times[i], selection, i);
      if (other !== undefined && other !== own) visit(other, bytes[i], times[i], selection, i);
      if ((i & 0xfff) === 0 && pace.due) await pace.breathe();
    }
  }
}

/** Ids of the records behind rows of hosts, ascending: those of the kind that findings about hosts name. @throws FlowcaseError CANCELLED */
export async function recordsOfHosts(
  { selections, hosts }: Pick<RunRows, 'selections' | 'hosts'>,
  wanted: ReadonlySet<number>,
  pace: Pace,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const found = new Map<number, number[]>();
  const named = selections.filter(({ table }) => table.kind === recordKindOf('hosts'));
  if (hosts === null || wanted.size === 0) return found;
  await eachPart(named, hosts, pace, (row, _bytes, _time, selection, at) => {
    if (!wanted.has(row)) return;
    const ids = found.get(row) ?? [];
    found.set(row, ids);
    ids.push(recordId(selection, at));
  });
  return found;
}
