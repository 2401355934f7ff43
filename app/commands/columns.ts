import type { ChunkView, ColumnSpec, RecordTable } from '../columns/types.ts';
import type { Cell, ColumnInfo } from '../contract/records.ts';
import { aboutColumn, columnName } from '../formats/fields.ts';
import { rowText } from '../query/texts.ts';
import { unknownColumn } from './order.ts';

/** Columns of a person's log: known ones in the order people know, the log's own after them. Where a record stands is no column here. */
export function columnsOf(table: RecordTable): readonly ColumnInfo[] {
  const all = table.columns
    .filter(({ name }) => !name.startsWith('_'))
    .map((spec) => ({ spec, about: aboutColumn(spec.name, table.kind) }));
  const sorted = all.toSorted((a, b) => (a.about?.place ?? Infinity) - (b.about?.place ?? Infinity) || 0);
  // of a log that is not known nobody can say what matters
  const strange = table.kind === 'connection' ? !all.some(({ about }) => about?.shown) : !all.some(({ about }) => about?.own);
  return sorted.map(({ spec, about }) => infoOf(spec, table, strange || about?.shown === true));
}

function infoOf({ name, type, title }: ColumnSpec, { kind }: RecordTable, shown: boolean): ColumnInfo {
  return { name, type, title: aboutColumn(name, kind)?.title ?? title, shown };
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
    return infoOf(spec, table, false);
  });
}

/** Reads single cells of a column. */
export type CellReader = (chunk: ChunkView, index: number) => Cell;

export function cellReader(table: RecordTable, name: string): CellReader {
  const spec = table.column(name);
  if (spec === undefined) return () => null;
  if (spec.storage === 'number') {
    return (chunk, index) => {
      const value = chunk.numbers(name)[index];
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
    const id = chunk.ids(name)[index];
    return id === 0 ? null : dictionary.textOf(id);
  };
}
