import type { Cell } from '../contract/records.ts';
import { registerColumn } from './register.ts';
import { StringPool } from './string-pool.ts';
import type { ColumnBuffer, ColumnSpec, DictionaryName, DictionaryWriter } from './types.ts';

/** Columns and dictionaries that belong to no case: of whoever reads a log without keeping it there. */
export class OwnColumns {
  readonly specs = new Map<string, ColumnSpec>();
  readonly #pools = { host: new StringPool('host'), term: new StringPool('term') };

  dictionary(name: DictionaryName): DictionaryWriter {
    return this.#pools[name];
  }

  known(name: string): ColumnSpec | undefined {
    return this.specs.get(name);
  }

  column(spec: ColumnSpec): ColumnSpec {
    return registerColumn(
      (name) => this.known(name),
      spec,
      (added) => this.specs.set(added.name, added),
    );
  }

  protected pool(name: DictionaryName): StringPool {
    return this.#pools[name];
  }

  /** The value of a row, as a person sees it; null: there is none. */
  protected cell(spec: ColumnSpec, buffer: ColumnBuffer, row: number): Cell {
    if (buffer.storage === 'number') return Number.isNaN(buffer.values[row]) ? null : buffer.values[row];
    if (buffer.storage === 'dictionary')
      return buffer.values[row] === 0 ? null : this.#pools[spec.dictionary ?? 'term'].textOf(buffer.values[row]);
    if (buffer.absent[row] !== 0) return null;
    return Buffer.from(buffer.bytes.subarray(row === 0 ? 0 : buffer.ends[row - 1], buffer.ends[row])).toString();
  }
}
