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
  readonly storage: Storage;
  readonly dictionary: DictionaryName | null;
  readonly type: ColumnType;
}

export const column = (name: string, type: ColumnType, kept: DictionaryName | 'text' | null = null): MemoryColumn => ({
  name,
  type,
  dictionary: kept === 'text' ? null : kept,
  storage: kept === 'text' ? 'text' : kept === null ? 'number' : 'dictionary',
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

/** What request-v1 speaks of. */
export const requestColumns: readonly MemoryColumn[] = [
  column('ts', 'time'),
  column('orig_h', 'addr', 'host'),
  column('method', 'string', 'term'),
  column('path', 'string', 'term'),
  column('query', 'string', 'text'),
  column('status', 'count'),
  column('bytes', 'count'),
  column('duration', 'interval'),
  column('referrer', 'string', 'term'),
  column('agent', 'string', 'term'),
  column('agent_name', 'string', 'term'),
  column('agent_kind', 'enum', 'term'),
];

export class MemoryDictionary implements DictionaryReader {
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

type Stored = ReadonlyMap<string, Float64Array | Uint32Array | readonly (string | null)[]>;

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
  text(name: string): TextColumn {
    const stored = this.#stored.get(name);
    const texts = Array.isArray(stored) ? (stored as readonly (string | null)[]) : new Array<string | null>(this.rows).fill(null);
    const pieces = texts.map((text) => Buffer.from(text ?? ''));
    const offsets = new Uint32Array(this.rows + 1);
    for (const [row, { length }] of pieces.entries()) offsets[row + 1] = offsets[row] + length;
    return { offsets, bytes: Buffer.concat(pieces), absent: Uint8Array.from(texts, (text) => (text === null ? 1 : 0)) };
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
    kind = 'connection',
    dictionaries = { host: new MemoryDictionary('host'), term: new MemoryDictionary('term') },
  }: {
    columns?: readonly MemoryColumn[];
    chunkRows?: number;
    firstId?: number;
    kind?: string;
    /** Tables of one case share them. */
    dictionaries?: Readonly<Record<DictionaryName, MemoryDictionary>>;
  } = {},
): RecordTable {
  const chunks: MemoryChunk[] = [];
  for (let from = 0; from < records.length; from += chunkRows) {
    const part = records.slice(from, from + chunkRows);
    const stored = new Map<string, Float64Array | Uint32Array | readonly (string | null)[]>();
    for (const { name, dictionary, storage } of columns) {
      const values = part.map((record) => record[name] ?? null);
      const numbers = (): Float64Array => Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
      const ids = (of: MemoryDictionary): Uint32Array =>
        Uint32Array.from(values, (value) => (value === null ? 0 : of.intern(String(value))));
      const texts = (): readonly (string | null)[] => values.map((value) => (value === null ? null : String(value)));
      stored.set(name, storage === 'text' ? texts() : dictionary === null ? numbers() : ids(dictionaries[dictionary]));
    }
    chunks.push(new MemoryChunk(chunks.length + 1, firstId + from, part.length, stored));
  }
  const specs = columns.map((spec): ColumnSpec => ({ ...spec, title: spec.name }));
  return {
    kind,
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
