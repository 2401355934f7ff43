import { StringPool } from '../columns/string-pool.ts';
import type { ColumnBuffer, ColumnSpec, DictionaryName, DictionaryWriter } from '../columns/types.ts';
import type { Cell } from '../contract/records.ts';
import type { Reject } from '../contract/case.ts';
import type { LogFormat, ReaderFigures, RecordSink } from './types.ts';

/** A sink that keeps everything as plain values, for tests. */
export class MemorySink implements RecordSink {
  readonly specs = new Map<string, ColumnSpec>();
  readonly rejects: Omit<Reject, 'evidence'>[] = [];
  readonly records: Map<string, Cell>[] = [];
  /** Rows of each append. */
  readonly chunks: number[] = [];
  readonly #pools = { host: new StringPool('host'), term: new StringPool('term') };

  dictionary(name: DictionaryName): DictionaryWriter {
    return this.#pools[name];
  }

  known(name: string): ColumnSpec | undefined {
    return this.specs.get(name);
  }

  column(spec: ColumnSpec): ColumnSpec {
    const there = this.specs.get(spec.name);
    if (there === undefined) this.specs.set(spec.name, spec);
    else if (there.storage !== spec.storage) return this.column({ ...spec, name: `${spec.name}_2` });
    return there ?? spec;
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void {
    if (new Set(columns.map(({ spec }) => spec.name)).size !== columns.length) throw new Error('a column came twice');
    this.chunks.push(rows);
    for (let row = 0; row < rows; row++) {
      this.records.push(new Map(columns.map(({ spec, buffer }) => [spec.name, this.#cell(spec, buffer, row)])));
    }
  }

  reject(reject: Omit<Reject, 'evidence'>): void {
    this.rejects.push(reject);
  }

  #cell(spec: ColumnSpec, buffer: ColumnBuffer, row: number): Cell {
    if (buffer.storage === 'number') return Number.isNaN(buffer.values[row]) ? null : buffer.values[row];
    if (buffer.storage === 'dictionary')
      return buffer.values[row] === 0 ? null : this.dictionary(spec.dictionary ?? 'term').textOf(buffer.values[row]);
    if (buffer.absent[row] !== 0) return null;
    return Buffer.from(buffer.bytes.subarray(row === 0 ? 0 : buffer.ends[row - 1], buffer.ends[row])).toString();
  }
}

export interface ReadBack {
  readonly sink: MemorySink;
  readonly figures: ReaderFigures;
}

/** Reads a log in blocks of `block` bytes. */
export function readLog(format: LogFormat, log: Uint8Array | string, block = 65_536, cut = false): ReadBack {
  const bytes = typeof log === 'string' ? Buffer.from(log) : log;
  const sink = new MemorySink();
  const reader = format.read(sink);
  for (let at = 0; at < bytes.length; at += block) reader.feed(Uint8Array.from(bytes.subarray(at, at + block)));
  reader.end(cut);
  return { sink, figures: reader.figures };
}

/** What came of a log, for comparing: rows without absent cells, rejects, ledger. */
export function outcome({ sink, figures }: ReadBack): unknown {
  const rows = sink.records.map((record) => [...record].filter(([, cell]) => cell !== null).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { rows, rejects: sink.rejects, figures };
}
