import type { Checked, Output } from '../contract.ts';
import type { RowMarks } from '../contract/records.ts';
import { anyCellReader, chosenColumns } from './columns.ts';
import { ClustersOver } from './host-clusters.ts';
import type { Reading } from './reading.ts';

/** A page of records. The order is worked out once, as far as it is asked for; every further page is a matter of its own rows. */
export function recordsPage(reading: Reading, input: Checked<'records.query'>): Output<'records.query'> {
  const started = performance.now();
  const { kind, sort, run, offset, limit } = input;
  const table = reading.table(kind);
  const columns = chosenColumns(table, input.columns);
  const { words } = reading.filter(kind, input);
  const order = reading.order(kind, input, sort);
  const page = [...order.ids(offset, limit)];
  const readers = columns.map(({ name }) => anyCellReader(reading.reader, table, name));
  const markOf = marker(reading, kind, run);
  const rows = page.map((id) => {
    const place = table.locate(id);
    return place === null ? readers.map(() => null) : readers.map((read) => read(place.chunk, place.index));
  });
  return {
    columns,
    rows,
    ids: page,
    marks: page.map(markOf),
    total: order.length,
    all: table.rows,
    milliseconds: performance.now() - started,
    words,
  };
}

/** Tags of a record, and its cluster in the run (the latest where none is given). */
function marker(reading: Reading, kind: Checked<'records.query'>['kind'], run: number | undefined): (id: number) => RowMarks {
  const { reader } = reading;
  const table = reading.table(kind);
  const tags = reader.tagIndex();
  const current = reading.context(kind, run).currentRun;
  const clusters = new ClustersOver(reader, table);
  return (id) => {
    const place = table.locate(id);
    if (place === null) return { tags: [], cluster: null };
    const found = current === null ? null : clusters.of(current, place.chunk, place.index);
    return { tags: tags.ofRecord(kind, place.chunk, place.index), cluster: found?.cluster ?? null };
  };
}
