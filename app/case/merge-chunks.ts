import type Database from 'better-sqlite3';
import { ByteCache } from '../columns/byte-cache.ts';
import { ChunkWriter } from '../columns/chunk-writer.ts';
import { ColumnReader, type Column, type StoredColumn } from '../columns/column-reader.ts';
import { StoredChunk, type ChunkRow } from '../columns/record-table.ts';
import { CHUNK_ROWS, type ColumnBuffer, type TextBuffer } from '../columns/types.ts';
import { listColumns } from './columns-of-case.ts';
import { needNumber, setMeta } from './meta.ts';

/** So many chunks of like size make one: each record is written anew once for every factor of this. */
const FAN_IN = 16;
const CACHE_BYTES = 2 ** 20;

/**
 * Merges the small chunks at the end of a piece of live evidence, in the caller's transaction. Records keep their ids. Chunks that a run has given labels to stay
 * as they are. One merge a call: with `all`
 * whatever can be merged; else only what keeps the effort in proportion (a log-structured merge). Returns the chunks that were merged away: their evidence is negative now, so that nobody new sees them, and their columns can still be read by
 * whoever looked before.
 */
export function mergeChunks(db: Database.Database, evidence: number, all: boolean): readonly number[] {
  const chunks = tailOf(db, evidence);
  const group = chunks.length < 2 ? [] : groupOf(chunks, all);
  if (group.length < 2) return [];
  const first = group[0];
  const id = needNumber(db, 'next_chunk');
  setMeta(db, 'next_chunk', String(id + 1));
  const rows = group.reduce((sum, chunk) => sum + chunk.rows, 0);
  const columns = listColumns(db, first.kind);
  const reader = new ColumnReader(db, new ByteCache<Column>(CACHE_BYTES));
  const byName = new Map(columns.map((column) => [column.spec.name, column]));
  const views = group.map((chunk) => new StoredChunk(chunk, reader, { byName }));
  const used = usedColumns(db, group, columns);
  const numbered = used.map((column) => ({ column, buffer: joined(views, column, rows) }));
  new ChunkWriter(db, 'none').write({ id, kind: first.kind, evidence, firstRow: first.firstRow, rows }, numbered);
  const retire = db.prepare('UPDATE chunk SET evidence = ? WHERE id = ?');
  for (const chunk of group) retire.run(-evidence, chunk.id);
  return group.map((chunk) => chunk.id);
}

/** Removes chunks that were merged away. */
export function deleteRetired(db: Database.Database, chunks: readonly number[]): void {
  const segments = db.prepare('DELETE FROM segment WHERE chunk = ? AND chunk IN (SELECT id FROM chunk WHERE evidence < 0)');
  const row = db.prepare('DELETE FROM chunk WHERE id = ? AND evidence < 0');
  for (const chunk of chunks) {
    segments.run(chunk);
    row.run(chunk);
  }
}

/** Its chunks behind the last one that has labels, in the order of their records. */
function tailOf(db: Database.Database, evidence: number): ChunkRow[] {
  return db
    .prepare<[number], ChunkRow>(
      `SELECT id, kind, evidence, first_row AS firstRow, rows FROM chunk
       WHERE evidence = ? AND id > coalesce((SELECT max(chunk) FROM assignment), 0) ORDER BY first_row`,
    )
    .all(evidence);
}

/** Chunks of one to FAN_IN - 1 records are of level 0, those with FAN_IN times as many of level 1, and so on. */
function levelOf(chunk: ChunkRow): number {
  return Math.floor(Math.log(chunk.rows) / Math.log(FAN_IN) + 1e-9);
}

/** What is to be one chunk: as soon as there are FAN_IN at the end that are of a level or below it; the oldest of them that fit. */
function groupOf(chunks: readonly ChunkRow[], all: boolean): ChunkRow[] {
  if (all) return fitting(chunks.filter((chunk) => chunk.rows < CHUNK_ROWS));
  const top = levelOf({ ...chunks[0], rows: CHUNK_ROWS });
  for (let level = 0; level < top; level++) {
    const begin = chunks.findLastIndex((chunk) => levelOf(chunk) > level) + 1;
    if (chunks.length - begin >= FAN_IN) return fitting(chunks.slice(begin));
  }
  return [];
}

/** The first of them that follow each other and fit into one chunk; where the first has no room beside it, those behind it. */
function fitting(chunks: readonly ChunkRow[]): ChunkRow[] {
  for (let from = 0; from < chunks.length; from++) {
    let rows = chunks[from].rows;
    let to = from + 1;
    while (to < chunks.length && follows(chunks[to - 1], chunks[to]) && rows + chunks[to].rows <= CHUNK_ROWS) rows += chunks[to++].rows;
    if (to - from > 1) return chunks.slice(from, to);
  }
  return [];
}

/** Record ids of two pieces of evidence may lie between two chunks of one. */
function follows(chunk: ChunkRow, next: ChunkRow): boolean {
  return chunk.firstRow + chunk.rows === next.firstRow;
}

function usedColumns(db: Database.Database, group: readonly ChunkRow[], columns: readonly StoredColumn[]): StoredColumn[] {
  const select = db.prepare<[number], number>('SELECT "column" FROM segment WHERE chunk = ?').pluck();
  const used = new Set(group.flatMap((chunk) => select.all(chunk.id)));
  return columns.filter(({ id }) => used.has(id));
}

function joined(views: readonly StoredChunk[], { spec }: StoredColumn, rows: number): ColumnBuffer {
  let at = 0;
  switch (spec.storage) {
    case 'number': {
      const values = new Float64Array(rows);
      for (const view of views) {
        values.set(view.numbers(spec.name), at);
        at += view.rows;
      }
      return { storage: 'number', values };
    }
    case 'dictionary': {
      const values = new Uint32Array(rows);
      for (const view of views) {
        values.set(view.ids(spec.name), at);
        at += view.rows;
      }
      return { storage: 'dictionary', values };
    }
    case 'text':
      return joinedText(views, spec.name, rows);
  }
}

function joinedText(views: readonly StoredChunk[], name: string, rows: number): TextBuffer {
  const texts = views.map((view) => view.text(name));
  const lengths = texts.map(({ offsets }) => offsets[offsets.length - 1] - offsets[0]);
  const buffer = {
    storage: 'text' as const,
    ends: new Uint32Array(rows),
    absent: new Uint8Array(rows),
    bytes: new Uint8Array(lengths.reduce((sum, length) => sum + length, 0)),
  };
  let at = 0;
  let used = 0;
  for (const [i, { offsets, bytes, absent }] of texts.entries()) {
    const begin = offsets[0];
    buffer.bytes.set(bytes.subarray(begin, begin + lengths[i]), used);
    for (let row = 0; row < offsets.length - 1; row++) buffer.ends[at + row] = offsets[row + 1] - begin + used;
    if (absent !== null) buffer.absent.set(absent, at);
    at += offsets.length - 1;
    used += lengths[i];
  }
  return buffer;
}
