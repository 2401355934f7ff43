/** Rows of a prediction as a table shows them: what was said, beside what the record is. */
import type { Cell, MainKind, PredictedRow, PredictionSummary, RowMarks } from '../../../../app/contract.ts';
import type { Page } from '../../components/table.ts';
import { invoke } from '../../lib/state.svelte.ts';
import { recordRows } from '../clusters/record-rows.ts';
import { idTerm } from '../parts/terms.ts';
import { recordKindOf } from '../../../../app/contract/runs.ts';

export type Which = 'uncertain' | 'disagreeing' | 'all';

export interface PredictedLine {
  readonly row: PredictedRow;
  /** Of the record, by column; empty for hosts. */
  readonly cells: ReadonlyMap<string, Cell>;
  readonly marks: RowMarks;
}

/** What of a record stands beside what was said of it. */
export const wantedColumns: Readonly<Record<MainKind, readonly string[]>> = {
  connection: ['ts', 'orig_h', 'resp_h', 'resp_p', 'service', 'duration', 'orig_bytes', 'resp_bytes'],
  request: ['ts', 'orig_h', 'method', 'path', 'query', 'status'],
};

/** Records that are asked for at once: their numbers must fit into a filter. */
const MOST = 500;
const unmarked: RowMarks = { tags: [], cluster: null };

/** Pages of a prediction. `names`: columns of the records. */
export function predictedPages(
  { id: run, of }: Pick<PredictionSummary, 'id' | 'of'>,
  which: Which,
  names: readonly string[],
): (offset: number, limit: number) => Promise<Page<PredictedLine>> {
  return async (offset, limit) => {
    const page = await invoke('prediction.rows', { run, which, offset, limit: Math.min(limit, MOST) });
    const filter = idTerm(page.rows.flatMap(({ id }) => (typeof id === 'number' ? [id] : [])));
    const records =
      filter === null || names.length === 0
        ? []
        : recordRows(await invoke('records.query', { kind: recordKindOf(of), filter, columns: [...names], limit: page.rows.length }));
    const byId = new Map(records.map((record) => [record.id, record]));
    const rows = page.rows.map((row): PredictedLine => {
      const record = typeof row.id === 'number' ? byId.get(row.id) : undefined;
      return { row, cells: record?.cells ?? new Map(), marks: record?.marks ?? unmarked };
    });
    return { rows, total: page.total };
  };
}
