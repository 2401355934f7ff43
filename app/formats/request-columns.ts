import type { ColumnType } from '../contract/records.ts';
import type { CellPlan } from './cells.ts';
import { describeColumn, specOf } from './fields.ts';
import { ownColumn } from './own-columns.ts';

/** A column of requests: a known one by its name, or one of the log's own with its type. */
export interface RequestColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A log may have so many columns. */
export const MOST_COLUMNS = 3000;

/** Texts of which the rows tell whether they repeat; and those that do as a rule. */
const undecided: ReadonlySet<string> = new Set(['path', 'query', 'referrer', 'request']);
const repeating: ReadonlySet<string> = new Set(['user', 'agent']);

/** How it is kept. */
export function planOf({ name, type }: RequestColumn): CellPlan {
  const known = describeColumn(name, 'request');
  if (known === undefined) return { column: name, type, spec: ownColumn(name, type) };
  const column = { column: name, type: known.type };
  if (repeating.has(name)) return { ...column, spec: null, repeats: true };
  return { ...column, spec: undecided.has(name) ? null : specOf(known) };
}
