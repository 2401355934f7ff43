import {
  LINE_COLUMN,
  OFFSET_COLUMN,
  type ColumnBuffer,
  type ColumnSpec,
  type DictionaryName,
  type DictionaryWriter,
} from '../columns/types.ts';
import type { Reject } from '../contract/case.ts';
import type { RecordSink } from './types.ts';

/** Where a line stands. */
export interface Place {
  readonly line: number;
  readonly offset: number;
}

type Columns = readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[];

/** Hands everything on, with the places of the lines that its lines were made of. */
export class PlacedSink implements RecordSink {
  /** It is known that this is a log: what its lines were made of says so. */
  readonly isLog = true;
  readonly #sink: RecordSink;
  readonly #place: (line: number) => Place;
  readonly #textOf: (() => string) | null;

  /** `textOf`: the text of a line that is refused, where it is not the one that was read. */
  constructor(sink: RecordSink, place: (line: number) => Place, textOf: (() => string) | null) {
    this.#sink = sink;
    this.#place = place;
    this.#textOf = textOf;
  }

  dictionary(name: DictionaryName): DictionaryWriter {
    return this.#sink.dictionary(name);
  }

  known(name: string): ColumnSpec | undefined {
    return this.#sink.known(name);
  }

  column(spec: ColumnSpec): ColumnSpec {
    return this.#sink.column(spec);
  }

  append(rows: number, columns: Columns): void {
    const numbers = (name: string): Float64Array | null => {
      const buffer = columns.find(({ spec }) => spec.name === name)?.buffer;
      return buffer?.storage === 'number' ? buffer.values : null;
    };
    const [lines, offsets] = [numbers(LINE_COLUMN), numbers(OFFSET_COLUMN)];
    if (lines === null || offsets === null) throw new TypeError('records have no places');
    for (let row = 0; row < rows; row++) {
      const { line, offset } = this.#place(lines[row]);
      lines[row] = line;
      offsets[row] = offset;
    }
    this.#sink.append(rows, columns);
  }

  reject(reject: Omit<Reject, 'evidence'>): void {
    const text = this.#textOf?.() ?? reject.text;
    this.#sink.reject({ ...reject, ...this.#place(reject.line), text });
  }
}
