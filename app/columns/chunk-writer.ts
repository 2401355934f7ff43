import type Database from 'better-sqlite3';
import type { StoredColumn } from './column-reader.ts';
import { ColumnEncoder } from './encode.ts';
import { ChunkDigest, type ChunkPlace } from './digest.ts';
import { compress, type Codec, type Segment } from './segment.ts';
import type { ColumnContent } from './types.ts';

type SegmentRow = [number, number, string, string, number, number, number | null, number | null, number | null, number | null, Uint8Array];

/** Writes chunks. The transaction is the caller's. */
export class ChunkWriter {
  readonly #encoder = new ColumnEncoder();
  readonly #codec: Codec;
  readonly #insertSegment: Database.Statement<SegmentRow>;
  readonly #insertChunk: Database.Statement<[number, string, number, number, number, string]>;

  constructor(db: Database.Database, codec: Codec = 'none') {
    this.#codec = codec;
    this.#insertSegment = db.prepare(
      'INSERT INTO segment(chunk, "column", encoding, codec, rows, absent, min, max, base, step, data) VALUES (?,?,?,?,?,?,?,?,?,?,?)',
    );
    this.#insertChunk = db.prepare('INSERT INTO chunk(id, kind, evidence, first_row, rows, digest) VALUES (?,?,?,?,?,?)');
  }

  /** Encodes and inserts one chunk; returns its digest. */
  write(chunk: ChunkPlace, columns: readonly { readonly column: StoredColumn; readonly buffer: ColumnContent }[]): string {
    const digest = new ChunkDigest(chunk);
    const ordered = [...columns].sort((a, b) => a.column.id - b.column.id);
    for (const { column, buffer } of ordered) {
      const segment = this.#segment(column, buffer, chunk.rows);
      digest.add(column.spec, segment);
      this.#insertSegment.run(...segmentRow(chunk.id, column.id, segment));
    }
    const hex = digest.hex();
    this.#insertChunk.run(chunk.id, chunk.kind, chunk.evidence, chunk.firstRow, chunk.rows, hex);
    return hex;
  }

  #segment({ spec }: StoredColumn, content: ColumnContent, rows: number): Segment {
    if (content.storage === 'encoded') {
      const text = content.segment.encoding.startsWith('text');
      const fits = spec.storage === 'dictionary' ? false : content.segment.encoding === 'absent' || text === (spec.storage === 'text');
      if (!fits || content.segment.rows !== rows) throw new TypeError(`column '${spec.name}' is kept as ${spec.storage}, ${rows} rows`);
      return content.segment;
    }
    if (content.storage !== spec.storage) throw new TypeError(`column '${spec.name}' is kept as ${spec.storage}`);
    const plain = this.#encoder.encode(content, rows);
    return this.#codec === 'zstd' ? compress(plain) : plain;
  }
}

function segmentRow(chunk: number, column: number, s: Segment): SegmentRow {
  return [chunk, column, s.encoding, s.codec, s.rows, s.absent, s.min, s.max, s.base, s.step, s.data];
}
