import type { ColumnSource } from 'hyparquet-writer';
import type { KeyValue, SchemaElement } from 'hyparquet';
import type { Mapping } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { isText, type FlatColumn, type FlatTable } from './flat-table.ts';

type Stored = 'time' | 'whole' | 'real' | 'bool' | 'text';

/** What a Parquet file calls these. Where no value is given, it is null. */
const elements: Readonly<Record<Stored, Omit<SchemaElement, 'name'>>> = {
  // microseconds since 1970 UTC
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
  whole: { type: 'INT64' },
  // intervals: seconds
  real: { type: 'DOUBLE' },
  bool: { type: 'BOOLEAN' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
};

/**
 * How a column is kept: times as TIMESTAMP (microseconds, UTC), intervals as DOUBLE seconds, as in a CSV, whole numbers as INT64, others as DOUBLE, truth values
 * as BOOLEAN, addresses and texts as UTF-8, sets and vectors as one text with commas, as the case keeps them.
 */
function storedAs({ type, whole }: FlatColumn): Stored {
  if (type === 'time' || type === 'bool') return type;
  if (type === 'interval' || type === 'double') return 'real';
  if (type === 'addr' || isText(type)) return 'text';
  return whole === false ? 'real' : 'whole';
}

/** Makes values for a row group of the cells of a column. */
export class ParquetColumn {
  readonly element: SchemaElement;
  readonly #name: string;
  readonly #stored: Stored;
  readonly #seconds: boolean;

  constructor(column: FlatColumn) {
    this.#name = column.name;
    this.#stored = storedAs(column);
    this.#seconds = column.type === 'interval';
    this.element = { name: column.name, repetition_type: 'OPTIONAL', ...elements[this.#stored] };
  }

  #value(cell: number | string): unknown {
    if (this.#stored === 'text') return typeof cell === 'string' ? cell : String(cell);
    if (typeof cell !== 'number' || !Number.isFinite(cell)) return null;
    switch (this.#stored) {
      case 'time':
      case 'whole':
        return BigInt(cell);
      case 'bool':
        return cell !== 0;
      case 'real':
        return this.#seconds ? cell / 1e6 : cell;
    }
  }

  /** `cells` is asked when the writer comes to this column, so that no more than one column is there at a time. */
  source(cells: () => readonly Cell[]): ColumnSource {
    const values = (): unknown[] => cells().map((cell) => (cell === null ? null : this.#value(cell)));
    return {
      name: this.#name,
      offsetIndex: false,
      get data() {
        return values();
      },
    };
  }
}

/** Under this key a file says what Flowcase knows of it: the mapping with which it is imported as the same records. */
export const PARQUET_KEY = 'flowcase';

export function kept({ kind, columns }: FlatTable): KeyValue {
  const mapping: Mapping = { kind, columns: columns.map(({ name, type }) => ({ from: name, to: name, type: type })) };
  return { key: PARQUET_KEY, value: JSON.stringify(mapping) };
}
