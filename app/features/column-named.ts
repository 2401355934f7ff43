import type { RecordTable } from '../columns/types.ts';
import { aliasOf } from '../formats/fields.ts';

/** A column as the case calls it, from its own name or another tool's (`class`, `c_ip`); the name as it is where there is no such column. */
export function columnNamed(table: Pick<RecordTable, 'column' | 'kind'>, name: string): string {
  if (table.column(name) !== undefined) return name;
  const alias = aliasOf(name.toLowerCase(), table.kind);
  return alias !== undefined && table.column(alias) !== undefined ? alias : name;
}
