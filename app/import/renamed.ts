import { kindOf } from '../columns/register.ts';
import type { ColumnSpec } from '../columns/types.ts';

/** So many are named. */
const MOST = 10;

/**
 * What a person should know of columns that could not have the name that their log gives them: in the case it is that of a column of another type, which came
 * first. `used`: names of the columns that the evidence fills; `known`: those of the case.
 */
export function renamedColumns(used: ReadonlySet<string>, known: (name: string) => ColumnSpec | undefined): string[] {
  const renamed = [...used].flatMap((name) => {
    const own = known(name);
    const [, wanted = ''] = /^(.+)_\d+$/.exec(name) ?? [];
    const first = wanted === '' ? undefined : known(wanted);
    // a log may also call two of its columns so itself
    if (own === undefined || first === undefined || used.has(wanted) || !own.title.startsWith(`${wanted},`)) return [];
    return [`${wanted} as ${name} (${kindOf(own)}; ${wanted} is ${kindOf(first)} in this case)`];
  });
  if (renamed.length === 0) return [];
  const more = renamed.length > MOST ? ` and ${renamed.length - MOST} more` : '';
  return [
    `Kept under other names, because evidence that came before has columns of another type by theirs: ${renamed.slice(0, MOST).join(', ')}${more}.`,
  ];
}
