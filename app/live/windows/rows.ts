import type { ChunkView, DictionaryName, DictionaryReader, RecordTable } from '../../columns/types.ts';
import type { RecordBatch } from '../types.ts';

/** Records as windows read them: of a micro-batch, or of a chunk of the case. A column that is not there is null. */
export interface Rows {
  /** Id of the first record; the others follow. */
  readonly firstRow: number;
  readonly rows: number;
  numbers(column: string): Float64Array | null;
  /** Ids and their texts. */
  ids(column: string): { readonly ids: Uint32Array; readonly dictionary: DictionaryReader } | null;
}

export function rowsOfBatch(batch: RecordBatch): Rows {
  return {
    firstRow: batch.firstRow,
    rows: batch.rows,
    numbers: (name) => {
      const buffer = batch.columns.get(name)?.buffer;
      return buffer?.storage === 'number' ? buffer.values : null;
    },
    ids: (name) => {
      const column = batch.columns.get(name);
      if (column?.buffer.storage !== 'dictionary') return null;
      return { ids: column.buffer.values, dictionary: batch.dictionary(column.spec.dictionary ?? 'term') };
    },
  };
}

/** `from`: so many rows of the chunk are left out. */
export function rowsOfChunk(table: RecordTable, chunk: ChunkView, from = 0): Rows {
  const readers = new Map<DictionaryName, DictionaryReader>();
  const dictionary = (name: DictionaryName): DictionaryReader => {
    const reader = readers.get(name) ?? table.dictionary(name);
    readers.set(name, reader);
    return reader;
  };
  return {
    firstRow: chunk.firstRow + from,
    rows: chunk.rows - from,
    numbers: (name) =>
      table.column(name)?.storage === 'number' && chunk.stats(name) !== null ? chunk.numbers(name).subarray(from, chunk.rows) : null,
    ids: (name) => {
      const column = table.column(name);
      if (column?.storage !== 'dictionary' || chunk.stats(name) === null) return null;
      return { ids: chunk.ids(name).subarray(from, chunk.rows), dictionary: dictionary(column.dictionary ?? 'term') };
    },
  };
}
