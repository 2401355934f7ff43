import { LINE_COLUMN, type ChunkView, type RecordTable } from '../../columns/types.ts';
import type { CaseReader } from '../../case/types.ts';
import type { RecordKind } from '../../contract/case.ts';
import { count, figure, left, mono, right, table, type Block, type Cell } from '../document.ts';

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
export function recordLines(reader: CaseReader, kind: RecordKind, ids: readonly number[]): readonly RecordLine[] {
  const table = reader.table(kind);
  const files = new Map(reader.evidence().map(({ id, name }) => [id, name]));
  return ids.flatMap((id) => {
    const place = table.locate(id);
    if (place === null) return [];
    const { chunk, index } = place;
    return [
      {
        id,
        time: numberAt(chunk, 'ts', index),
        uid: textAt(table, chunk, 'uid', index),
        originator: textAt(table, chunk, 'orig_h', index),
        responder: textAt(table, chunk, 'resp_h', index),
        port: numberAt(chunk, 'resp_p', index),
        evidence: chunk.evidence,
        file: files.get(chunk.evidence) ?? '',
        line: numberAt(chunk, LINE_COLUMN, index),
      },
    ];
  });
}

function numberAt(chunk: ChunkView, column: string, index: number): number | null {
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
  if (spec.storage === 'number') return numberAt(chunk, column, index)?.toString() ?? null;
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
export function recordTable(caption: string, records: readonly RecordLine[], rest: string): Block {
  const files = new Map(records.map(({ evidence, file }) => [evidence, file]));
  const named = [...files].sort(([a], [b]) => a - b).map(([id, file]) => `File ${id} is ${file}.`);
  return table(caption, columns, records.map(recordRow), [rest, ...named].filter((part) => part !== '').join(' '));
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
