import { idAt, numberAt } from '../columns/scan/packed-rows.ts';
import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { Cell, ColumnInfo } from '../contract/records.ts';
import { columnName } from '../formats/fields.ts';
import { presentedColumn, presentedColumns } from '../formats/presented-columns.ts';
import { rowText } from '../query/texts.ts';
import { unknownColumn } from './order.ts';

/** Columns of a person's log: known ones in the order people know, the log's own after them. Where a record stands is no column here. */
export function columnsOf(table: RecordTable): readonly ColumnInfo[] {
  return presentedColumns(table.columns, table.kind);
}

/** The columns asked for, in that order; those that are shown where none are asked for. @throws FlowcaseError PARAMETER */
export function chosenColumns(table: RecordTable, names: readonly string[] | undefined): readonly ColumnInfo[] {
  const all = columnsOf(table);
  if (names === undefined) return all.filter(({ shown }) => shown);
  return names.map((name) => {
    const known = all.find((column) => column.name === name) ?? all.find((column) => column.name === columnName(name));
    if (known !== undefined) return known;
    const spec = table.column(name);
    if (spec === undefined) throw unknownColumn(table, name);
    return presentedColumn(spec, table.kind, false);
  });
}

/** Reads single cells of a column. */
export type CellReader = (chunk: ChunkView, index: number) => Cell;

export function cellReader(table: RecordTable, name: string): CellReader {
  const spec = table.column(name);
  if (spec === undefined) return () => null;
  if (spec.storage === 'number') {
    return (chunk, index) => {
      const value = numberAt(chunk, name, index);
      return value === value ? value : null;
    };
  }
  if (spec.storage === 'text') {
    return (chunk, index) => {
      const text = chunk.text(name);
      return text.absent?.[index] === 1 ? null : rowText(text, index);
    };
  }
  const dictionary = table.dictionary(spec.dictionary ?? 'term');
  return (chunk, index) => {
    const id = idAt(chunk, name, index);
    return id === 0 ? null : dictionary.textOf(id);
  };
}
