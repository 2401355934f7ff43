import { isoTime } from '../contract/format.ts';
import type { RecordKind } from '../contract/case.ts';
import type { Cell, ColumnType } from '../contract/records.ts';

export interface FlatColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Every number there is a whole one. Told by the type where this is not given. */
  readonly whole?: boolean;
}

/** A table on its way into a file. Cells are as the case keeps them: times and intervals in microseconds, truth values 0 and 1. */
export interface FlatTable {
  /** What its rows are: the kind of records, or the name of the list. */
  readonly kind: RecordKind;
  /** Each has another name. */
  readonly columns: readonly FlatColumn[];
  readonly total: number;
  /** Made while they are read. */
  readonly rows: Iterable<readonly Cell[]>;
  /** The same by columns, where that can be had: cells of rows [from, to) of one of them. For writers that keep columns together. */
  readonly cells?: (column: number, from: number, to: number) => readonly Cell[];
}

/** A cell as a CSV holds it: times ISO 8601 UTC with microseconds, durations in seconds, sizes in bytes, truth values T and F. */
export function flatCell(type: ColumnType, cell: Cell): Cell {
  if (typeof cell !== 'number') return cell;
  if (type === 'time') return isoTime(cell);
  if (type === 'interval') return cell / 1e6;
  return type === 'bool' ? (cell === 0 ? 'F' : 'T') : cell;
}

/** Whether values of this type are texts that may look like anything. */
export function isText(type: ColumnType): boolean {
  return type === 'string' || type === 'enum' || type === 'set' || type === 'vector' || type === 'subnet';
}

/** Names that differ: a name that was there before gets a number behind it. */
export function distinctNames<T extends { readonly name: string }>(columns: readonly T[]): readonly T[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let { name } = column;
    for (let i = 2; taken.has(name); i++) name = `${column.name}_${i}`;
    taken.add(name);
    return name === column.name ? column : { ...column, name };
  });
}
