import type { CaseReader } from '../case/types.ts';
import { numberIn } from '../columns/scan/packed-rows.ts';
import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { Cell, ColumnInfo } from '../contract/records.ts';
import { columnName } from '../formats/fields.ts';
import { presentedColumn, presentedColumns } from '../formats/presented-columns.ts';
import { rowText } from '../query/texts.ts';
import { answerColumn, answerReader } from './answer-columns.ts';
import { unknownColumn } from './order.ts';
import { placeColumn, placeReader } from './place-columns.ts';

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
    const beside = spec === undefined ? (answerColumn(name) ?? placeColumn(table, name)) : undefined;
    if (beside !== undefined) return beside;
    if (spec === undefined) throw unknownColumn(table, name);
    return presentedColumn(spec, table.kind, false);
  });
}

/** Reads single cells of a column. What it read last stays at hand, so that rows of one chunk after the other are not looked up each by itself. */
export type CellReader = (chunk: ChunkView, index: number) => Cell;

export function cellReader(table: RecordTable, name: string): CellReader {
  const spec = table.column(name);
  if (spec === undefined) return () => null;
  if (spec.storage === 'number') {
    const packed = lastOf((chunk) => chunk.packedNumbers(name));
    return (chunk, index) => {
      const value = numberIn(packed(chunk), index);
      return value === value ? value : null;
    };
  }
  if (spec.storage === 'text') {
    const texts = lastOf((chunk) => chunk.text(name));
    return (chunk, index) => {
      const text = texts(chunk);
      return text.absent?.[index] === 1 ? null : rowText(text, index);
    };
  }
  const dictionary = table.dictionary(spec.dictionary ?? 'term');
  const packed = lastOf((chunk) => chunk.packedIds(name));
  return (chunk, index) => {
    const { values, base } = packed(chunk);
    const id = values[index] + base;
    return id === 0 ? null : dictionary.textOf(id);
  };
}

/** As `cellReader`, of columns that are not of the log too. */
export function anyCellReader(reader: CaseReader, table: RecordTable, name: string): CellReader {
  if (table.column(name) === undefined && answerColumn(name) !== undefined) return answerReader(reader, table.kind, name);
  return placeReader(table, name, (column) => cellReader(table, column)) ?? cellReader(table, name);
}

/** Asks for a chunk's column again only where it is another chunk. */
function lastOf<T>(read: (chunk: ChunkView) => T): (chunk: ChunkView) => T {
  let last: { readonly chunk: ChunkView; readonly column: T } | null = null;
  return (chunk) => {
    if (last?.chunk !== chunk) last = { chunk, column: read(chunk) };
    return last.column;
  };
}
