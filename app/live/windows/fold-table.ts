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

/**
 * Brings a fold that was saved some commits ago to where the case is: folds the records of its source that came behind `aggregator.next`, so that its
 * state need not be written with every commit. The fold is then, bit for bit, the one that had seen them as they came. Returns the windows
 * that this closes: they were closed by the commits of these records too.
 * @param evidence numbers of the evidence of the source; none of it may have been removed since the state was saved
 */
export function refold(aggregator: WindowAggregator, table: RecordTable, evidence: ReadonlySet<number>): ClosedWindow[] {
  const closed: ClosedWindow[] = [];
  for (const chunk of table.chunks) {
    const known = Math.max(0, aggregator.next - chunk.firstRow);
    if (known >= chunk.rows || !evidence.has(chunk.evidence)) continue;
    closed.push(...aggregator.foldRows(rowsOfChunk(table, chunk, known)));
  }
  return closed;
}
