import { selectedIds, selectedNumbers } from './selection.ts';
import type { HostRows, Selection } from './types.ts';

/** Which rows belong together when a model is judged: rows of a group are never on both sides of a split. */
export interface RowGroups {
  /** Row → group, numbered from 0 in the order of the rows. */
  readonly of: Uint32Array;
  readonly count: number;
}

/** Rows by the host that began the connection or made the request; rows without one are a group. Rows of hosts: a group per host. */
export function groupsByHost(from: Selection | HostRows): RowGroups {
  const ids = 'hosts' in from ? from.hosts : selectedIds(from, 'orig_h');
  let largest = 0;
  for (const id of ids) if (id > largest) largest = id;
  /** Host → 1 + its group. */
  const known = new Uint32Array(largest + 1);
  const of = new Uint32Array(ids.length);
  let count = 0;
  for (let row = 0; row < ids.length; row++) {
    if (known[ids[row]] === 0) known[ids[row]] = ++count;
    of[row] = known[ids[row]] - 1;
  }
  return { of, count };
}

/** Row → time in microseconds since 1970, NaN where absent: of a record its `ts`, of a host the start of its window. */
export function timesOf(from: Selection | HostRows): Float64Array {
  if (!('hosts' in from)) return selectedNumbers(from, 'ts');
  return from.windows ?? new Float64Array(from.rows).fill(Number.NaN);
}
