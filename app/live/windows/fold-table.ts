import type { RecordTable } from '../../columns/types.ts';
import { rowsOfChunk } from './rows.ts';
import type { ClosedWindow, WindowOptions } from './types.ts';
import { WindowAggregator } from './window-aggregator.ts';

/**
 * The windows of records that are in a case already, in the order of the file: those that a live source with the same lines gave, bit for bit, once it
 * had ended. `evidence`: numbers of the evidence that is one source; null: all of the table. Yields windows as they close.
 */
export function* foldTable(
  table: RecordTable,
  options: WindowOptions = {},
  { evidence = null, source = null }: { readonly evidence?: ReadonlySet<number> | null; readonly source?: number | null } = {},
): Generator<ClosedWindow, void> {
  const aggregator = new WindowAggregator(table.kind, source, options);
  for (const chunk of table.chunks) {
    if (evidence === null || evidence.has(chunk.evidence)) yield* aggregator.foldRows(rowsOfChunk(table, chunk));
  }
  yield* aggregator.finish();
}
