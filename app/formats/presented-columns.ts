import { isPlace, type ColumnSpec } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { ColumnInfo } from '../contract/records.ts';
import { aboutColumn } from './fields.ts';

/** Columns of a kind as a person sees them: known ones in the order people know, the log's own after them. Where a record stands is no column here. */
export function presentedColumns(specs: readonly ColumnSpec[], kind: RecordKind): readonly ColumnInfo[] {
  const all = specs.filter(({ name }) => !isPlace(name)).map((spec) => ({ spec, about: aboutColumn(spec.name, kind) }));
  const sorted = all.toSorted((a, b) => (a.about?.place ?? Infinity) - (b.about?.place ?? Infinity) || 0);
  // of a log that is not known nobody can say what matters
  const strange =
    kind === 'connection' || kind === 'request' ? !all.some(({ about }) => about?.shown) : !all.some(({ about }) => about?.own);
  return sorted.map(({ spec, about }) => presentedColumn(spec, kind, strange || about?.shown === true));
}

export function presentedColumn({ name, type, title }: ColumnSpec, kind: RecordKind, shown: boolean): ColumnInfo {
  return { name, type, title: aboutColumn(name, kind)?.title ?? title, shown };
}
