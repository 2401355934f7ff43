import type { ColumnType } from '../contract/records.ts';
import type {
  ChunkView,
  ColumnSpec,
  ColumnStats,
  DictionaryName,
  DictionaryReader,
  PackedIds,
  PackedNumbers,
  RecordTable,
  Storage,
  TextColumn,
} from '../columns/types.ts';

/** Tables of records in memory, for tests and benchmarks. */
export type Value = number | string | null;
export interface MemoryColumn {
  readonly name: string;
  readonly storage: Exclude<Storage, 'text'>;
  readonly dictionary: DictionaryName | null;
  readonly type: ColumnType;
}

const column = (name: string, type: ColumnType, dictionary: DictionaryName | null = null): MemoryColumn => ({
  name,
  type,
  dictionary,
  storage: dictionary === null ? 'number' : 'dictionary',
});

/** The columns that conn-v1 speaks of. */
export const connColumns: readonly MemoryColumn[] = [
  column('ts', 'time'),
  column('orig_h', 'addr', 'host'),
  column('resp_h', 'addr', 'host'),
  column('resp_p', 'port'),
  column('proto', 'enum', 'term'),
  column('duration', 'interval'),
  column('orig_bytes', 'count'),
  column('resp_bytes', 'count'),
  column('conn_state', 'string', 'term'),
  column('orig_pkts', 'count'),
  column('resp_pkts', 'count'),
];

class MemoryDictionary implements DictionaryReader {
  readonly name: DictionaryName;
  readonly #texts: string[] = [''];
  readonly #ids = new Map<string, number>();

  constructor(name: DictionaryName) {
    this.name = name;
  }
  get size(): number {
    return this.#texts.length - 1;
  }
  textOf(id: number): string {
    return this.#texts[id] ?? '';
  }
  idOf(text: string): number {
    return this.#ids.get(text) ?? 0;
  }
  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#texts.push(text) - 1);
    return this.#texts.length - 1;
  }
}

type Stored = ReadonlyMap<string, Float64Array | Uint32Array>;

class MemoryChunk implements ChunkView {
  readonly id: number;
  readonly evidence = 1;
  readonly firstRow: number;
  readonly rows: number;
  readonly #stored: Stored;

  constructor(id: number, firstRow: number, rows: number, stored: Stored) {
    this.id = id;
    this.firstRow = firstRow;
    this.rows = rows;
    this.#stored = stored;
  }
  numbers(name: string): Float64Array {
    const stored = this.#stored.get(name);
    return stored instanceof Float64Array ? stored : new Float64Array(this.rows).fill(Number.NaN);
  }
  ids(name: string): Uint32Array {
    const stored = this.#stored.get(name);
    return stored instanceof Uint32Array ? stored : new Uint32Array(this.rows);
  }
  packedNumbers(name: string): PackedNumbers {
    return { values: this.numbers(name), base: 0, absent: null };
  }
  packedIds(name: string): PackedIds {
    return { values: this.ids(name), base: 0 };
  }
  text(): TextColumn {
    return { offsets: new Uint32Array(this.rows + 1), bytes: new Uint8Array(), absent: new Uint8Array(this.rows).fill(1) };
  }
  stats(): ColumnStats | null {
    return null;
  }
}

/** A table with these rows, `chunkRows` in each chunk; `columns` are those it is to have. Record ids begin at `firstId`. */
export function memoryTable(
  records: readonly Readonly<Record<string, Value>>[],
  {
    columns = connColumns,
    chunkRows = 1000,
    firstId = 0,
  }: { columns?: readonly MemoryColumn[]; chunkRows?: number; firstId?: number } = {},
): RecordTable {
  const dictionaries = { host: new MemoryDictionary('host'), term: new MemoryDictionary('term') };
  const chunks: MemoryChunk[] = [];
  for (let from = 0; from < records.length; from += chunkRows) {
    const part = records.slice(from, from + chunkRows);
    const stored = new Map<string, Float64Array | Uint32Array>();
    for (const { name, dictionary } of columns) {
      const values = part.map((record) => record[name] ?? null);
      const numbers = (): Float64Array => Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
      const ids = (of: MemoryDictionary): Uint32Array =>
        Uint32Array.from(values, (value) => (value === null ? 0 : of.intern(String(value))));
      stored.set(name, dictionary === null ? numbers() : ids(dictionaries[dictionary]));
    }
    chunks.push(new MemoryChunk(chunks.length + 1, firstId + from, part.length, stored));
  }
  const specs = columns.map((spec): ColumnSpec => ({ ...spec, title: spec.name }));
  return {
    kind: 'connection',
    columns: specs,
    rows: records.length,
    chunks,
    column: (name) => specs.find((spec) => spec.name === name),
    dictionary: (name) => dictionaries[name],
    locate: (id) => {
      const chunk = chunks.find((one) => id >= one.firstRow && id < one.firstRow + one.rows);
      return chunk === undefined ? null : { chunk, index: id - chunk.firstRow };
    },
  };
}

/** Lets everything through. */
export const everyRow = { everything: true, text: '', words: 'everything', mask: (): null => null };
