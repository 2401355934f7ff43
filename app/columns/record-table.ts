import type Database from 'better-sqlite3';
import { ByteCache } from './byte-cache.ts';
import { ColumnReader, type Column, type StoredColumn } from './column-reader.ts';
import type { StringPool } from './string-pool.ts';
import type {
  ChunkView,
  ColumnSpec,
  ColumnStats,
  DictionaryName,
  DictionaryReader,
  PackedIds,
  PackedNumbers,
  RecordTable,
  TextColumn,
} from './types.ts';
import type { RecordKind } from '../contract/case.ts';

export interface ChunkRow {
  readonly id: number;
  readonly kind: RecordKind;
  readonly evidence: number;
  readonly firstRow: number;
  readonly rows: number;
}

/** Columns of one kind by name; shared by its chunks, replaced when the case changes. */
export interface ColumnMap {
  readonly byName: ReadonlyMap<string, StoredColumn>;
}

/** A chunk that reads a column when it is first asked for, and forgets it when the cache needs the room. */
export class StoredChunk implements ChunkView {
  readonly id: number;
  readonly evidence: number;
  readonly firstRow: number;
  readonly rows: number;
  readonly #reader: ColumnReader;
  #columns: ColumnMap;
  #stats: ReadonlyMap<number, ColumnStats> | null = null;

  constructor(row: ChunkRow, reader: ColumnReader, columns: ColumnMap) {
    this.id = row.id;
    this.evidence = row.evidence;
    this.firstRow = row.firstRow;
    this.rows = row.rows;
    this.#reader = reader;
    this.#columns = columns;
  }

  /** The case has other columns now; what this chunk holds never changes. */
  use(columns: ColumnMap): void {
    this.#columns = columns;
  }

  numbers(column: string): Float64Array {
    return this.#reader.numbers(this, this.#wanted(column, 'number'));
  }
  ids(column: string): Uint32Array {
    return this.#reader.ids(this, this.#wanted(column, 'dictionary'));
  }
  text(column: string): TextColumn {
    return this.#reader.text(this, this.#wanted(column, 'text'));
  }
  packedNumbers(column: string): PackedNumbers {
    return this.#reader.packedNumbers(this, this.#wanted(column, 'number'));
  }
  packedIds(column: string): PackedIds {
    return this.#reader.packedIds(this, this.#wanted(column, 'dictionary'));
  }

  stats(column: string): ColumnStats | null {
    const stored = this.#columns.byName.get(column);
    if (stored === undefined) return null;
    this.#stats ??= this.#reader.stats(this);
    return this.#stats.get(stored.id) ?? null;
  }

  #wanted(name: string, storage: ColumnSpec['storage']): StoredColumn | undefined {
    const column = this.#columns.byName.get(name);
    if (column !== undefined && column.spec.storage !== storage) {
      throw new TypeError(`column '${name}' is kept as ${column.spec.storage}, not as ${storage}`);
    }
    return column;
  }
}

/** All records of one kind as of one revision. */
export class StoredTable implements RecordTable {
  readonly kind: RecordKind;
  readonly columns: readonly ColumnSpec[];
  readonly rows: number;
  readonly chunks: readonly StoredChunk[];
  readonly #columns: ColumnMap;
  readonly #dictionary: (name: DictionaryName) => DictionaryReader;

  /** `chunks` in the order of firstRow. */
  constructor(
    kind: RecordKind,
    columns: readonly StoredColumn[],
    chunks: readonly StoredChunk[],
    dictionary: (name: DictionaryName) => DictionaryReader,
  ) {
    this.kind = kind;
    this.columns = columns.map((column) => column.spec);
    this.chunks = chunks;
    this.#columns = { byName: new Map(columns.map((column) => [column.spec.name, column])) };
    this.#dictionary = dictionary;
    let rows = 0;
    for (const chunk of chunks) {
      chunk.use(this.#columns);
      rows += chunk.rows;
    }
    this.rows = rows;
  }

  column(name: string): ColumnSpec | undefined {
    return this.#columns.byName.get(name)?.spec;
  }

  dictionary(name: DictionaryName): DictionaryReader {
    return this.#dictionary(name);
  }

  locate(id: number): { readonly chunk: StoredChunk; readonly index: number } | null {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const chunk = this.chunks[middle];
      if (id < chunk.firstRow) high = middle - 1;
      else if (id >= chunk.firstRow + chunk.rows) low = middle + 1;
      else return Number.isInteger(id) ? { chunk, index: id - chunk.firstRow } : null;
    }
    return null;
  }
}

/** Builds the tables of a case anew at each revision, keeping chunk objects (and what is cached of them) alive between revisions. */
export class RecordStore {
  readonly #reader: ColumnReader;
  readonly #chunks = new Map<number, StoredChunk>();

  constructor(db: Database.Database, cacheBytes: number) {
    this.#reader = new ColumnReader(db, new ByteCache<Column>(cacheBytes));
  }

  /** `columns` and `chunks` are those of one kind, all that there are. */
  table(
    kind: RecordKind,
    columns: readonly StoredColumn[],
    chunks: readonly ChunkRow[],
    pool: (name: DictionaryName) => StringPool,
  ): StoredTable {
    const none: ColumnMap = { byName: new Map() };
    const stored = chunks.map((row) => {
      const chunk = this.#chunks.get(row.id) ?? new StoredChunk(row, this.#reader, none);
      this.#chunks.set(row.id, chunk);
      return chunk;
    });
    return new StoredTable(kind, columns, stored, pool);
  }

  /** Forgets every chunk that is not among `ids`, and its columns. */
  keep(ids: ReadonlySet<number>): void {
    const before = this.#chunks.size;
    for (const id of this.#chunks.keys()) if (!ids.has(id)) this.#chunks.delete(id);
    if (this.#chunks.size < before) this.#reader.keep((chunk) => ids.has(chunk));
  }
}
