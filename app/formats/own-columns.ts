import { LINE_COLUMN, OFFSET_COLUMN, type ColumnSpec } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';

/** The longest name of a column; the contract allows 300 characters. */
const MAX_NAME = 200;

/** Names that a log's own columns cannot have. */
export function takenNames(): Set<string> {
  return new Set([LINE_COLUMN, OFFSET_COLUMN]);
}

/** Every column of a row has a name of its own. */
export function freeName(name: string, index: number, taken: Set<string>): string {
  const wanted = name === '' ? `column_${index + 1}` : name.slice(0, MAX_NAME);
  let free = wanted;
  for (let i = 2; taken.has(free); i++) free = `${wanted}_${i}`;
  taken.add(free);
  return free;
}

/** How a log's own column is kept; null for texts, of which only the rows tell whether they repeat. */
export function ownColumn(name: string, type: ColumnType): ColumnSpec | null {
  const about = { name, type, title: `${name}, as the log has it` };
  switch (type) {
    case 'addr':
      return { ...about, storage: 'dictionary', dictionary: 'host' };
    case 'enum':
    case 'subnet':
      return { ...about, storage: 'dictionary', dictionary: 'term' };
    case 'string':
    case 'set':
    case 'vector':
      return null;
    case 'time':
    case 'interval':
    case 'count':
    case 'int':
    case 'double':
    case 'port':
    case 'bool':
      return { ...about, storage: 'number', dictionary: null };
  }
}
