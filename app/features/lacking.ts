import type { ChunkView } from '../columns/types.ts';
import type { NeededColumn, Selection } from './types.ts';

/**
 * Whether the logs that these records came from have nothing that a feature could be computed from: no column of them, or none with a value in
 * any record beside those that were selected. That all selected records happen to have no value is something else.
 */
export function isLacking(selections: readonly Selection[], needs: readonly (readonly NeededColumn[])[]): boolean {
  return needs.some((oneOf) => !oneOf.some((column) => selections.some((selection) => hasValues(selection, column))));
}

function hasValues({ table, parts }: Selection, { name, storage }: NeededColumn): boolean {
  if (table.column(name)?.storage !== storage) return false;
  const wanted = new Set(parts.map(({ chunk }) => chunk.evidence));
  return table.chunks.some((chunk) => {
    if (!wanted.has(chunk.evidence)) return false;
    const stats = chunk.stats(name);
    return stats === null ? hasValue(chunk, name, storage) : stats.absent < chunk.rows;
  });
}

/** Where no figures are kept of the column: by looking. */
function hasValue(chunk: ChunkView, name: string, storage: NeededColumn['storage']): boolean {
  if (storage === 'number') return chunk.numbers(name).some((value) => !Number.isNaN(value));
  if (storage === 'dictionary') return chunk.ids(name).some((id) => id !== 0);
  return chunk.text(name).bytes.length > 0;
}
