import { expect, it } from 'vitest';
import type { RecordTable } from '../columns/types.ts';
import { missingColumn } from './candidates.ts';
import { requestV1 } from './request-v1.ts';
import { column, memoryTable, requestColumns } from './testing.ts';

const spec = requestV1.features.find(({ name }) => name === 'agent_known');

/** Two logs: the first names no agents, so that the case keeps the column in its way. */
function table(kept: 'term' | 'text'): RecordTable {
  const records = Array.from({ length: 5 }, (_, i) => ({ ts: i, agent_name: i < 2 ? null : 'curl' }));
  const columns = requestColumns.map((one) => (one.name === 'agent_name' ? column('agent_name', 'string', kept) : one));
  const made = memoryTable(records, { columns, chunkRows: 2, kind: 'request' });
  const chunks = made.chunks.map((chunk, i) => ({
    id: chunk.id,
    evidence: i === 0 ? 1 : 2,
    firstRow: chunk.firstRow,
    rows: chunk.rows,
    numbers: (name: string) => chunk.numbers(name),
    ids: (name: string) => chunk.ids(name),
    text: (name: string) => chunk.text(name),
    packedNumbers: (name: string) => chunk.packedNumbers(name),
    packedIds: (name: string) => chunk.packedIds(name),
    stats: () => (i === 0 ? null : { rows: chunk.rows, absent: 0, min: 1, max: 1 }),
  }));
  return { ...made, chunks };
}

it('a column that is there and kept otherwise than a recipe reads it is not called missing', () => {
  if (spec === undefined) throw new Error('the recipe has no such feature');
  expect(missingColumn([table('term')], spec)).toBeNull();
  expect(missingColumn([table('text')], spec)).toBe(
    '3 of 5 records have agent_name, but this case keeps it as text that hardly repeats, as suited the log that came first, and the recipe reads it only as repeated text; evidence 1 (2 records) has none',
  );
  const without = memoryTable([{ ts: 1 }], { columns: requestColumns.filter(({ name }) => name !== 'agent_name'), kind: 'request' });
  expect(missingColumn([without], spec)).toBe('the log has no column agent_name');
});

it('one that a recipe reads either way is named once where it is missing', () => {
  const query = requestV1.features.find(({ name }) => name === 'query_length');
  if (query === undefined) throw new Error('the recipe has no such feature');
  const without = memoryTable([{ ts: 1 }], { columns: requestColumns.filter(({ name }) => name !== 'query'), kind: 'request' });
  expect(missingColumn([without], query)).toBe('the log has no column query');
});
