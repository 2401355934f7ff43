import type { RecordKind } from '../contract/case.ts';
import type { ColumnType } from '../contract/records.ts';
import { columnName, describeColumn } from './fields.ts';
import { JSON_KIND } from './json-scanner.ts';
import { takenNames } from './own-columns.ts';
import { zeekField } from './zeek-fields.ts';
import { planOf, type LayoutField } from './zeek-layout.ts';

/** What a value may be taken for. A known field is read as what it is, however it is written. */
export type Family = 'known' | 'number' | 'text' | 'bool';

/** A column of a JSON log, as it is handed from one reader to the next. */
export interface JsonField {
  /** As the log calls it, for messages; nested names joined by dots. */
  readonly name: string;
  readonly family: Family;
  readonly type: ColumnType;
}

const LONGEST = 200;
const taken = takenNames();

/** The field that a value of this kind under this name belongs to. Where the name is not known, its first value says what it is. */
export function jsonField(name: string, kind: number, number: string, records: RecordKind): JsonField {
  const column = jsonColumn(name);
  const known = describeColumn(column, records)?.type ?? (records === 'connection' ? undefined : zeekField(records, column)?.type);
  if (known !== undefined) return { name, family: 'known', type: known };
  switch (kind) {
    case JSON_KIND.number:
      return { name, family: 'number', type: /^-?\d+$/.test(number) ? 'int' : 'double' };
    case JSON_KIND.true:
    case JSON_KIND.false:
      return { name, family: 'bool', type: 'bool' };
    case JSON_KIND.array:
      return { name, family: 'text', type: 'vector' };
    default:
      return { name, family: 'text', type: 'string' };
  }
}

/** The column for a name; the same in every thread, whatever came before. */
export function jsonColumn(name: string): string {
  const column = columnName(name);
  if (column === '') return 'column';
  if (taken.has(column)) return `${column}_2`;
  return column.length <= LONGEST ? column : `${column.slice(0, LONGEST - 9)}_${hashOf(column)}`;
}

/** Long names are cut; what is cut off still tells two of them apart. */
function hashOf(text: string): string {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

export function jsonPlan(field: JsonField, index: number, kind: RecordKind): LayoutField {
  return planOf({ index, name: field.name, column: jsonColumn(field.name), kind, type: field.type });
}
