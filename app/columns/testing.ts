import { ColumnEncoder } from './encode.ts';
import { packedIds, packedNumbers } from './packed.ts';
import type { Segment } from './segment.ts';
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

/** Records in memory for tests, written down as plain values: what asks a table is tested without a case. */

export type PlainRow = Readonly<Record<string, number | string | null>>;

export class MemoryDictionary implements DictionaryReader {
  readonly name: DictionaryName;
  readonly #texts: string[] = [''];

  constructor(name: DictionaryName) {
    this.name = name;
  }
  get size(): number {
    return this.#texts.length - 1;
  }
  textOf(id: number): string {
    return this.#texts[id];
  }
  idOf(text: string): number {
    return Math.max(0, this.#texts.indexOf(text, 1));
  }
  intern(text: string): number {
    return this.idOf(text) || this.#texts.push(text) - 1;
  }
}

const encoder = new ColumnEncoder();

/** What a case keeps: the bytes leave the encoder's memory. */
function stored(segment: Segment): Segment {
  return { ...segment, data: new Uint8Array(segment.data) };
}

class MemoryChunk implements ChunkView {
  readonly id: number;
  readonly evidence: number;
  readonly firstRow: number;
  readonly rows: number;
  readonly #plain: readonly PlainRow[];
  readonly #table: MemoryTable;
  readonly #packed = new Map<string, PackedNumbers>();
  readonly #texts = new Map<string, TextColumn>();

  constructor(id: number, evidence: number, firstRow: number, plain: readonly PlainRow[], table: MemoryTable) {
    this.id = id;
    this.evidence = evidence;
    this.firstRow = firstRow;
    this.rows = plain.length;
    this.#plain = plain;
    this.#table = table;
  }

  numbers(column: string): Float64Array {
    return this.#numbers(column);
  }
  #numbers(column: string): Float64Array {
    return Float64Array.from(this.#plain, (row) => {
      const value = row[column] ?? NaN;
      return typeof value === 'number' ? value : NaN;
    });
  }
  ids(column: string): Uint32Array {
    const dictionary = this.#table.dictionary(this.#table.column(column)?.dictionary ?? 'term');
    return Uint32Array.from(this.#plain, (row) => (typeof row[column] === 'string' ? dictionary.idOf(row[column]) : 0));
  }
  packedNumbers(column: string): PackedNumbers {
    const known = this.#packed.get(column) ?? packedNumbers(stored(encoder.numbers(this.#numbers(column), this.rows)));
    this.#packed.set(column, known);
    return known;
  }
  packedIds(column: string): PackedIds {
    return packedIds(stored(encoder.ids(this.ids(column), this.rows)));
  }
  text(column: string): TextColumn {
    const known = this.#texts.get(column) ?? this.#text(column);
    this.#texts.set(column, known);
    return known;
  }
  #text(column: string): TextColumn {
    const texts = this.#plain.map((row) => String(row[column] ?? ''));
    let end = 0;
    return {
      offsets: Uint32Array.from([0, ...texts.map((text) => (end += Buffer.byteLength(text)))]),
      bytes: new Uint8Array(Buffer.from(texts.join(''))),
      absent: Uint8Array.from(this.#plain, (row) => ((row[column] ?? null) === null ? 1 : 0)),
    };
  }
  stats(column: string): ColumnStats | null {
    const spec = this.#table.column(column);
    if (spec === undefined) return null;
    const absent = this.#plain.filter((row) => (row[column] ?? null) === null).length;
    if (spec.storage === 'text' || absent === this.rows) return { rows: this.rows, absent, min: null, max: null };
    const values =
      spec.storage === 'number'
        ? [...this.#numbers(column)].filter((value) => !Number.isNaN(value))
        : [...this.ids(column)].filter((id) => id > 0);
    return { rows: this.rows, absent, min: Math.min(...values), max: Math.max(...values) };
  }
}

export class MemoryTable implements RecordTable {
  readonly kind: RecordKind = 'connection';
  readonly columns: readonly ColumnSpec[];
  readonly rows: number;
  readonly chunks: readonly ChunkView[];
  readonly #dictionaries = { host: new MemoryDictionary('host'), term: new MemoryDictionary('term') };

  /** Chunks of `chunkRows` rows; every second chunk belongs to evidence 2. Ids leave a gap of 10 between chunks. */
  constructor(columns: readonly ColumnSpec[], rows: readonly PlainRow[], chunkRows = 7) {
    this.columns = columns;
    this.rows = rows.length;
    for (const { name, dictionary } of columns) {
      if (dictionary === null) continue;
      for (const row of rows) if (typeof row[name] === 'string') this.#dictionaries[dictionary].intern(row[name]);
    }
    const chunks: ChunkView[] = [];
    for (let start = 0; start < rows.length; start += chunkRows) {
      const index = chunks.length;
      chunks.push(new MemoryChunk(index + 1, (index % 2) + 1, start + 10 * index, rows.slice(start, start + chunkRows), this));
    }
    this.chunks = chunks;
  }

  column(name: string): ColumnSpec | undefined {
    return this.columns.find((spec) => spec.name === name);
  }
  dictionary(name: DictionaryName): MemoryDictionary {
    return this.#dictionaries[name];
  }
  locate(id: number): { readonly chunk: ChunkView; readonly index: number } | null {
    const chunk = this.chunks.find(({ firstRow, rows }) => id >= firstRow && id < firstRow + rows);
    return chunk === undefined ? null : { chunk, index: id - chunk.firstRow };
  }
}

function spec(
  name: string,
  type: ColumnSpec['type'],
  storage: ColumnSpec['storage'],
  dictionary: DictionaryName | null = null,
): ColumnSpec {
  return { name, type, storage, dictionary, title: `Title of ${name}` };
}

export const connectionColumns: readonly ColumnSpec[] = [
  spec('ts', 'time', 'number'),
  spec('uid', 'string', 'text'),
  spec('orig_h', 'addr', 'dictionary', 'host'),
  spec('orig_p', 'port', 'number'),
  spec('resp_h', 'addr', 'dictionary', 'host'),
  spec('resp_p', 'port', 'number'),
  spec('proto', 'enum', 'dictionary', 'term'),
  spec('service', 'string', 'dictionary', 'term'),
  spec('duration', 'interval', 'number'),
  spec('orig_bytes', 'count', 'number'),
  spec('resp_bytes', 'count', 'number'),
  spec('conn_state', 'string', 'dictionary', 'term'),
  spec('local_orig', 'bool', 'number'),
  spec('tunnel_parents', 'set', 'dictionary', 'term'),
  spec('_line', 'count', 'number'),
  spec('_offset', 'count', 'number'),
];
