import type Database from 'better-sqlite3';
import { FlowcaseError } from '../errors.ts';
import type { ByteCache } from './byte-cache.ts';
import { decodeIds32, decodeNumbers, decodeText } from './decode.ts';
import { absentIds, absentNumbers, packedBytes, packedIds, packedNumbers } from './packed.ts';
import type { Segment } from './segment.ts';
import {
  CHUNK_ROWS,
  type ChunkView,
  type ColumnSpec,
  type ColumnStats,
  type PackedIds,
  type PackedNumbers,
  type TextColumn,
} from './types.ts';

/** A column with the number it has in the case. */
export interface StoredColumn {
  readonly id: number;
  readonly spec: ColumnSpec;
}

export type Column = Float64Array | Uint32Array | TextColumn | PackedNumbers | PackedIds;
interface StatsRow extends ColumnStats {
  readonly column: number;
}

const noNumbers = new Float64Array(CHUNK_ROWS).fill(NaN);
const noIds = new Uint32Array(CHUNK_ROWS + 1);
const absentFlags = new Uint8Array(CHUNK_ROWS).fill(1);
const noBytes = new Uint8Array(0);

/** A column may be kept in both forms. */
const UNPACKED = 0;
const PACKED = 1;

/** Column numbers are below this, so that chunk and column make one key. */
export const MAX_COLUMNS = 65_536;

/** Reads and decodes single columns of chunks, and keeps what was read lately. */
export class ColumnReader {
  readonly #cache: ByteCache<Column>;
  readonly #segment: Database.Statement<[number, number], Segment>;
  readonly #stats: Database.Statement<[number], StatsRow>;
  readonly #chunk: Database.Statement<[number], number>;

  constructor(db: Database.Database, cache: ByteCache<Column>) {
    this.#cache = cache;
    this.#segment = db.prepare(
      'SELECT encoding, codec, rows, absent, min, max, base, step, data FROM segment WHERE chunk = ? AND "column" = ?',
    );
    this.#stats = db.prepare('SELECT "column", rows, absent, min, max FROM segment WHERE chunk = ?');
    this.#chunk = db.prepare<[number], number>('SELECT rows FROM chunk WHERE id = ?').pluck();
  }

  numbers(chunk: ChunkView, column: StoredColumn | undefined): Float64Array {
    const read = this.#read(chunk, column, UNPACKED, decodeNumbers, (values) => values.byteLength);
    return read instanceof Float64Array ? read : noNumbers.subarray(0, chunk.rows);
  }

  ids(chunk: ChunkView, column: StoredColumn | undefined): Uint32Array {
    const read = this.#read(chunk, column, UNPACKED, decodeIds32, (values) => values.byteLength);
    return read instanceof Uint32Array ? read : noIds.subarray(0, chunk.rows);
  }

  text(chunk: ChunkView, column: StoredColumn | undefined): TextColumn {
    const read = this.#read(chunk, column, UNPACKED, decodeText, (text) => text.offsets.byteLength + text.bytes.byteLength);
    if (read !== null && 'offsets' in read) return read;
    return { offsets: noIds.subarray(0, chunk.rows + 1), bytes: noBytes, absent: absentFlags.subarray(0, chunk.rows) };
  }

  packedNumbers(chunk: ChunkView, column: StoredColumn | undefined): PackedNumbers {
    const read = this.#read(chunk, column, PACKED, packedNumbers, packedBytes);
    return read !== null && 'base' in read && 'absent' in read ? read : absentNumbers(chunk.rows);
  }

  packedIds(chunk: ChunkView, column: StoredColumn | undefined): PackedIds {
    const read = this.#read(chunk, column, PACKED, packedIds, packedBytes);
    return read !== null && 'base' in read && !('absent' in read) ? read : absentIds(chunk.rows);
  }

  /** Figures of every column of the chunk, by column number. */
  stats(chunk: ChunkView): Map<number, ColumnStats> {
    return new Map(this.#stats.all(chunk.id).map(({ column, rows, absent, min, max }) => [column, { rows, absent, min, max }]));
  }

  /** Forgets the columns of chunks that do not pass: nobody asks for those that were merged away or removed. */
  keep(test: (chunk: number) => boolean): void {
    this.#cache.keep((key) => test(Math.floor(key / (2 * MAX_COLUMNS))));
  }

  #read<C extends Column>(
    chunk: ChunkView,
    column: StoredColumn | undefined,
    form: typeof PACKED | typeof UNPACKED,
    decode: (segment: Segment) => C,
    bytes: (column: C) => number,
  ): Column | null {
    if (column === undefined) return null;
    const key = 2 * (chunk.id * MAX_COLUMNS + column.id) + form;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const segment = this.#segment.get(chunk.id, column.id);
    if (segment === undefined) {
      this.#mustBeThere(chunk);
      return null;
    }
    const decoded = decodeOrSay(segment, chunk, column, decode);
    this.#cache.set(key, decoded, bytes(decoded));
    return decoded;
  }

  #mustBeThere(chunk: ChunkView): void {
    if (this.#chunk.get(chunk.id) !== undefined) return;
    throw new FlowcaseError('NOT_FOUND', `The records of evidence ${chunk.evidence} were removed while they were read. Look again.`, {
      evidence: chunk.evidence,
    });
  }
}

function decodeOrSay<C>(segment: Segment, chunk: ChunkView, column: StoredColumn, decode: (segment: Segment) => C): C {
  try {
    if (segment.rows !== chunk.rows) throw new RangeError(`${segment.rows} rows where the chunk has ${chunk.rows}`);
    return decode(segment);
  } catch (error) {
    if (error instanceof FlowcaseError) throw error;
    throw new FlowcaseError(
      'CASE_DAMAGED',
      `Column '${column.spec.name}' of records ${chunk.firstRow} to ${chunk.firstRow + chunk.rows - 1} cannot be read: the case file is damaged. Verify the case, and import evidence ${chunk.evidence} again.`,
      { evidence: chunk.evidence, column: column.spec.name },
      error,
    );
  }
}
