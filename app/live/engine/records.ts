import type { LiveEvidence } from '../../case/live-types.ts';
import {
  LINE_COLUMN,
  OFFSET_COLUMN,
  type ColumnBuffer,
  type ColumnSpec,
  type DictionaryName,
  type DictionaryReader,
} from '../../columns/types.ts';
import type { RecordKind, Reject } from '../../contract/case.ts';
import type { RecordSink } from '../../formats/types.ts';
import type { RecordBatch } from '../types.ts';

/** Where in its original what is read begins. */
export interface Origin {
  readonly lines: number;
  readonly bytes: number;
}

/** Sees the records of a micro-batch before they are encoded. */
export type Observe = (batch: RecordBatch) => void;

/** Where a reader of live lines puts what it reads: into the case at once, and before the eyes of windows. */
export class LiveSink implements RecordSink {
  /** It was recognised, or somebody said what it is: one line stops nothing. */
  readonly isLog = true;
  readonly #evidence: LiveEvidence;
  readonly #origin: Origin;
  readonly #source: number;
  readonly #kind: RecordKind;
  readonly #observe: Observe;

  constructor(options: { evidence: LiveEvidence; origin: Origin; source: number; kind: RecordKind; observe: Observe }) {
    this.#evidence = options.evidence;
    this.#origin = options.origin;
    this.#source = options.source;
    this.#kind = options.kind;
    this.#observe = options.observe;
  }

  dictionary(name: DictionaryName): ReturnType<RecordSink['dictionary']> & DictionaryReader {
    return this.#evidence.dictionary(name);
  }

  known(name: string): ColumnSpec | undefined {
    return this.#evidence.known(name);
  }

  column(spec: ColumnSpec): ColumnSpec {
    return this.#evidence.column(spec);
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void {
    for (const { spec, buffer } of columns) {
      if (buffer.storage !== 'number') continue;
      if (spec.name === LINE_COLUMN) shift(buffer.values, rows, this.#origin.lines);
      else if (spec.name === OFFSET_COLUMN) shift(buffer.values, rows, this.#origin.bytes);
    }
    const firstRow = this.#evidence.append(rows, columns);
    this.#observe({
      source: this.#source,
      kind: this.#kind,
      firstRow,
      rows,
      columns: new Map(columns.map((column) => [column.spec.name, column])),
      dictionary: (name) => this.dictionary(name),
    });
  }

  reject(reject: Omit<Reject, 'evidence'>): void {
    this.#evidence.reject({ ...reject, line: reject.line + this.#origin.lines, offset: reject.offset + this.#origin.bytes });
  }
}

function shift(values: Float64Array, rows: number, by: number): void {
  if (by === 0) return;
  for (let i = 0; i < rows; i++) values[i] += by;
}

/** For reading a log's header, of which nothing is kept: columns are called as they are in the case. */
export function headerSink(evidence: LiveEvidence): RecordSink {
  return {
    dictionary: (name) => ({ name, intern: () => 1, internText: () => 1, readText: () => '' }),
    known: (name) => evidence.known(name),
    column: (spec) => evidence.column(spec),
    append: () => undefined,
    reject: () => undefined,
  };
}
