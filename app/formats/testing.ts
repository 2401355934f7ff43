import { ColumnRoom, numberMemory } from '../columns/kernels/number-memory.ts';
import { OwnColumns } from '../columns/own-columns.ts';
import type { ColumnBuffer, ColumnSpec, DictionaryName } from '../columns/types.ts';
import type { Cell } from '../contract/records.ts';
import type { Reject } from '../contract/case.ts';
import { HEAD_BYTES } from './registry.ts';
import type { FormatOptions, LogFormat, ReaderFigures, RecordSink } from './types.ts';

/** A sink that keeps everything as plain values, for tests. */
export class MemorySink extends OwnColumns implements RecordSink {
  readonly rejects: Omit<Reject, 'evidence'>[] = [];
  readonly records: Map<string, Cell>[] = [];
  /** Rows of each append. */
  readonly chunks: number[] = [];
  readonly room: ColumnRoom | null;

  constructor(room: ColumnRoom | null = null) {
    super();
    this.room = room;
  }

  /** All texts of a dictionary, in the order of their ids. */
  texts(name: DictionaryName): readonly string[] {
    const pool = this.pool(name);
    return Array.from({ length: pool.size }, (_, i) => pool.textOf(i + 1));
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void {
    if (new Set(columns.map(({ spec }) => spec.name)).size !== columns.length) throw new Error('a column came twice');
    this.chunks.push(rows);
    for (let row = 0; row < rows; row++) {
      this.records.push(new Map(columns.map(({ spec, buffer }) => [spec.name, this.cell(spec, buffer, row)])));
    }
  }

  reject(reject: Omit<Reject, 'evidence'>): void {
    this.rejects.push(reject);
  }

  /** Records and rejects from there on were counted from nothing: gives them their place in the whole. */
  shift(from: { readonly records: number; readonly rejects: number; readonly lines: number; readonly bytes: number }): void {
    for (const record of this.records.slice(from.records)) {
      record.set('_line', Number(record.get('_line')) + from.lines).set('_offset', Number(record.get('_offset')) + from.bytes);
    }
    for (const [i, reject] of this.rejects.entries()) {
      if (i >= from.rejects) this.rejects[i] = { ...reject, line: reject.line + from.lines, offset: reject.offset + from.bytes };
    }
  }
}

/** Room of its own for who reads a log to its end before another does. */
function sharedRoom(): ColumnRoom | null {
  const memory = numberMemory();
  return memory === null ? null : new ColumnRoom(memory.buffer);
}

/** The same log, cut at line ends after every `every` lines, each piece read by a reader of its own that goes on where the one before it stopped. */
export function readPieces(format: LogFormat, log: string, every: number, options: FormatOptions = {}): ReadBack {
  const opened = format.open(Buffer.from(log).subarray(0, HEAD_BYTES), options);
  const sink = new MemorySink(sharedRoom());
  let state: string | null = null;
  let figures: ReaderFigures | null = null;
  let bytes = 0;
  const pieces = piecesOf(log, every);
  for (const [i, piece] of pieces.entries()) {
    const from = { records: sink.records.length, rejects: sink.rejects.length, lines: figures?.lines ?? 0, bytes };
    sink.room?.free();
    const reader = opened.read(sink);
    if (state !== null) reader.resume(state);
    reader.feed(Buffer.from(piece));
    if (i === pieces.length - 1) reader.end(false);
    else reader.flush();
    state = reader.state();
    sink.shift(from);
    bytes += Buffer.byteLength(piece);
    figures = figures === null ? reader.figures : sum(figures, reader.figures);
  }
  return { sink, figures: figures ?? opened.read(sink).figures };
}

function piecesOf(log: string, every: number): string[] {
  const lines = log.split(/(?<=\n)/);
  const pieces: string[] = [];
  for (let at = 0; at < lines.length; at += every) pieces.push(lines.slice(at, at + every).join(''));
  return pieces;
}

function sum(a: ReaderFigures, b: ReaderFigures): ReaderFigures {
  const tallies = new Map(a.tallies);
  for (const [key, count] of b.tallies) tallies.set(key, (tallies.get(key) ?? 0) + count);
  return {
    rows: a.rows + b.rows,
    rejected: a.rejected + b.rejected,
    comments: a.comments + b.comments,
    lines: a.lines + b.lines,
    first: a.first === null ? b.first : Math.min(a.first, b.first ?? a.first),
    last: a.last === null ? b.last : Math.max(a.last, b.last ?? a.last),
    recognised: b.recognised,
    cut: a.cut || b.cut,
    tallies,
  };
}

export interface ReadBack {
  readonly sink: MemorySink;
  readonly figures: ReaderFigures;
}

/** Reads a log in blocks of `block` bytes. */
export function readLog(
  format: LogFormat,
  log: Uint8Array | string,
  block = 65_536,
  cut = false,
  options: FormatOptions = {},
  sink = new MemorySink(sharedRoom()),
): ReadBack {
  const bytes = typeof log === 'string' ? Buffer.from(log) : log;
  const reader = format.open(bytes.subarray(0, HEAD_BYTES), options).read(sink);
  for (let at = 0; at < bytes.length; at += block) reader.feed(Uint8Array.from(bytes.subarray(at, at + block)));
  reader.end(cut);
  return { sink, figures: reader.figures };
}

/** What came of a log, for comparing: rows without absent cells, rejects, ledger. */
export function outcome({ sink, figures }: ReadBack): unknown {
  const rows = sink.records.map((record) => [...record].filter(([, cell]) => cell !== null).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { rows, rejects: sink.rejects, figures: { ...figures, tallies: [...figures.tallies].sort() } };
}
