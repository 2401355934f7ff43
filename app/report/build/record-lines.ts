import { LINE_COLUMN, type ChunkView, type RecordTable } from '../../columns/types.ts';
import type { CaseReader } from '../../case/types.ts';
import type { RecordKind } from '../../contract/case.ts';
import { count, figure, left, mono, right, table, type Block, type Cell, type Rich } from '../document.ts';

/** What a record is recognised by, and where it stands in its original. Absent values are null. */
export interface RecordLine {
  readonly id: number;
  readonly time: number | null;
  readonly uid: string | null;
  readonly originator: string | null;
  readonly responder: string | null;
  readonly port: number | null;
  readonly evidence: number;
  readonly file: string;
  readonly line: number | null;
}

/** The records of these ids, in that order; ids whose evidence was removed are left out. */
export function recordLines(reader: CaseReader, kind: RecordKind, ids: Iterable<number>): readonly RecordLine[] {
  const table = reader.table(kind);
  const files = new Map(reader.evidence().map(({ id, name }) => [id, name]));
  return [...ids].flatMap((id) => {
    const place = table.locate(id);
    if (place === null) return [];
    const { chunk, index } = place;
    return [
      {
        id,
        time: numberAt(table, chunk, 'ts', index),
        uid: textAt(table, chunk, 'uid', index),
        originator: textAt(table, chunk, 'orig_h', index),
        responder: textAt(table, chunk, 'resp_h', index),
        port: numberAt(table, chunk, 'resp_p', index),
        evidence: chunk.evidence,
        file: files.get(chunk.evidence) ?? '',
        line: numberAt(table, chunk, LINE_COLUMN, index),
      },
    ];
  });
}

/** Other kinds of log may keep a column of this name otherwise. */
function numberAt(table: RecordTable, chunk: ChunkView, column: string, index: number): number | null {
  if (table.column(column)?.storage !== 'number') return null;
  const value = chunk.numbers(column)[index];
  return Number.isNaN(value) ? null : value;
}

function textAt(table: RecordTable, chunk: ChunkView, column: string, index: number): string | null {
  const spec = table.column(column);
  if (spec === undefined) return null;
  if (spec.storage === 'dictionary' && spec.dictionary !== null) {
    const id = chunk.ids(column)[index];
    return id === 0 ? null : table.dictionary(spec.dictionary).textOf(id);
  }
  if (spec.storage === 'number') return numberAt(table, chunk, column, index)?.toString() ?? null;
  const { offsets, bytes, absent } = chunk.text(column);
  if (absent?.[index] === 1) return null;
  return new TextDecoder().decode(bytes.subarray(offsets[index], offsets[index + 1]));
}

const columns = [
  left('Time (UTC)', 107),
  left('Uid', 88),
  left('Originator', 95),
  left('Responder', 95),
  right('Port', 32),
  right('File', 24),
  right('Line', 46),
];

/** Records with their place in the evidence; the files are named below. `rest` says what is not shown, or is empty. */
export function recordTable(caption: string, records: readonly RecordLine[], rest: Rich): Block {
  const files = new Map(records.map(({ evidence, file }) => [evidence, file]));
  const named = [...files].sort(([a], [b]) => a - b).map(([id, file]) => `File ${id} is ${file}.`);
  const said = rest === '' ? [] : [...(typeof rest === 'string' ? [rest] : rest), ' '];
  return table(caption, columns, records.map(recordRow), [...said, named.join(' ')]);
}

function recordRow(record: RecordLine): readonly Cell[] {
  const monoOr = (text: string | null): Cell => (text === null ? null : [mono(text)]);
  return [
    figure(record.time, 'time'),
    monoOr(record.uid),
    monoOr(record.originator),
    monoOr(record.responder),
    figure(record.port, 'plain'),
    figure(record.evidence, 'plain'),
    record.line === null ? null : count(record.line),
  ];
}
