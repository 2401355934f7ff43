import type { ColumnType } from '../contract/records.ts';
import type { ColumnSpec } from './types.ts';

/**
 * The column of this name, or the first free `name_2`, `name_3`, ... where that name is kept otherwise. `known` finds columns by name; `add`
 * is called where there is none yet. Its title says what its values are then.
 */
export function registerColumn(
  known: (name: string) => ColumnSpec | undefined,
  spec: ColumnSpec,
  add: (spec: ColumnSpec) => void,
): ColumnSpec {
  const wanted = { ...spec, name: spec.name.toWellFormed(), title: spec.title.toWellFormed() };
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted.name : `${wanted.name}_${i}`;
    const there = known(name);
    if (there !== undefined && keptAlike(there, wanted)) return there;
    if (there !== undefined) continue;
    const added = i === 1 ? wanted : { ...wanted, name, title: `${wanted.title}: where it is ${kindOf(wanted)}` };
    add(added);
    return added;
  }
}

/** Values of both can stand in one column: kept the same way, and meaning the same unit. */
function keptAlike(a: ColumnSpec, b: ColumnSpec): boolean {
  return a.storage === b.storage && a.dictionary === b.dictionary && family(a.type) === family(b.type);
}

/** What the values of a column are, in words. */
export function kindOf({ type, storage }: ColumnSpec): string {
  if (storage !== 'number') return type === 'addr' ? 'an address' : 'text';
  return type === 'time' || type === 'interval' ? `a ${type}` : type === 'bool' ? 'a truth value' : 'a number';
}

function family(type: ColumnType): string {
  switch (type) {
    case 'count':
    case 'int':
    case 'double':
    case 'port':
      return 'number';
    case 'enum':
    case 'string':
    case 'set':
    case 'vector':
      return 'text';
    case 'time':
    case 'interval':
    case 'bool':
    case 'addr':
    case 'subnet':
      return type;
  }
}
