import { OwnColumns } from '../../columns/own-columns.ts';
import type { ColumnBuffer, ColumnSpec } from '../../columns/types.ts';
import { access } from '../../formats/access.ts';
import { HEAD_BYTES } from '../../formats/registry.ts';
import type { LogFormat, LogReader, RecordSink } from '../../formats/types.ts';
import { zeekConn } from '../../formats/zeek-tsv.ts';
import { generatorOf } from '../../generate/registry.ts';
import type { GeneratedTruth, GeneratorOptions } from '../../generate/types.ts';
import type { RecordBatch } from '../types.ts';
import { packWindow } from './pack-window.ts';
import type { ClosedWindow, WindowOptions } from './types.ts';
import { WindowAggregator } from './window-aggregator.ts';

/** Reads the lines of a log into batches as the live engine does, for tests and benchmarks: one reader, one case's dictionaries, a batch for every flush. */
export class BatchReader extends OwnColumns implements RecordSink {
  readonly #take: (batch: RecordBatch) => void;
  readonly #kind: string;
  readonly #reader: LogReader;
  #row = 0;

  /** `take`: the batch is not kept after the call. */
  constructor(format: LogFormat, head: Uint8Array, take: (batch: RecordBatch) => void) {
    super();
    const log = format.open(head.subarray(0, HEAD_BYTES), {});
    this.#kind = log.kind;
    this.#take = take;
    this.#reader = log.read(this);
  }

  /** Whole lines. */
  read(bytes: Uint8Array): void {
    this.#reader.feed(bytes);
    this.#reader.flush();
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void {
    const byName = new Map(columns.map((column) => [column.spec.name, column]));
    this.#take({ source: 1, kind: this.#kind, firstRow: this.#row, rows, columns: byName, dictionary: (name) => this.pool(name) });
    this.#row += rows;
  }

  reject(): void {
    // a test that cares counts records
  }
}

/** The windows of a log that is read in pieces of so many lines each (the last size for the rest). `between`: what happens to the fold between two. */
export function windowsOf(
  format: LogFormat,
  log: Uint8Array,
  options: WindowOptions,
  sizes: readonly number[],
  between: (aggregator: WindowAggregator) => WindowAggregator = (same) => same,
): ClosedWindow[] {
  const windows: ClosedWindow[] = [];
  let aggregator: WindowAggregator | null = null;
  const reader = new BatchReader(format, log, (batch) => {
    aggregator = aggregator === null ? new WindowAggregator(batch.kind, 1, options) : between(aggregator);
    windows.push(...aggregator.fold(batch));
  });
  for (const piece of pieces(log, sizes)) reader.read(piece);
  const last: WindowAggregator | null = aggregator;
  return last === null ? windows : [...windows, ...(last as WindowAggregator).finish()];
}

/** A log cut at line ends: pieces of so many lines each, the last size for the rest. */
export function* pieces(log: Uint8Array, sizes: readonly number[]): Generator<Uint8Array, void> {
  let start = 0;
  for (let piece = 0; start < log.length; piece++) {
    let end = start;
    for (let line = 0; line < sizes[Math.min(piece, sizes.length - 1)] && end < log.length; line++) {
      const found = log.indexOf(10, end);
      end = found < 0 ? log.length : found + 1;
    }
    yield log.subarray(start, end);
    start = end;
  }
}

/** All that a window says, bit for bit: its sketches and calls among it. */
export function fingerprint(window: ClosedWindow): string {
  return `${Buffer.from(packWindow(window, 1_000_000)).toString('base64')} ${JSON.stringify(window.calls)}`;
}

export const formatOf = (kind: string): LogFormat => (kind === 'access' ? access : zeekConn);

export async function generated(
  kind: 'access' | 'zeek-conn',
  options: GeneratorOptions,
): Promise<{ readonly log: Buffer; readonly truth: GeneratedTruth }> {
  const blocks: Uint8Array[] = [];
  const truth = await generatorOf(kind).generate(options, (block) => void blocks.push(block));
  return { log: Buffer.concat(blocks), truth };
}
