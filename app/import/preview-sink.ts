import { registerColumn } from '../columns/register.ts';
import { StringPool } from '../columns/string-pool.ts';
import type { ColumnBuffer, ColumnSpec, DictionaryName, DictionaryWriter } from '../columns/types.ts';
import type { RecordKind, Reject } from '../contract/case.ts';
import type { Preview } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { presentedColumns } from '../formats/presented-columns.ts';
import type { RecordSink } from '../formats/types.ts';

/** Keeps the first records and rejects of a log as plain values. */
export class PreviewSink implements RecordSink {
  readonly #kind: RecordKind;
  readonly #most: number;
  readonly #mostRejects: number;
  readonly #specs = new Map<string, ColumnSpec>();
  readonly #pools = { host: new StringPool('host'), term: new StringPool('term') };
  readonly #records: Map<string, Cell>[] = [];
  readonly #rejects: Preview['rejects'][number][] = [];

  constructor(kind: RecordKind, records: number, rejects: number) {
    this.#kind = kind;
    this.#most = records;
    this.#mostRejects = rejects;
  }

  dictionary(name: DictionaryName): DictionaryWriter {
    return this.#pools[name];
  }

  known(name: string): ColumnSpec | undefined {
    return this.#specs.get(name);
  }

  column(spec: ColumnSpec): ColumnSpec {
    return registerColumn(
      (name) => this.known(name),
      spec,
      (added) => this.#specs.set(added.name, added),
    );
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void {
    const more = Math.min(rows, this.#most - this.#records.length);
    for (let row = 0; row < more; row++) {
      this.#records.push(new Map(columns.map(({ spec, buffer }) => [spec.name, this.#cell(spec, buffer, row)])));
    }
  }

  reject({ line, reason, what, text }: Omit<Reject, 'evidence'>): void {
    if (this.#rejects.length < this.#mostRejects) this.#rejects.push({ line, reason, what, text });
  }

  /** `names`: what the log calls columns. */
  table(names: ReadonlyMap<string, string>): Pick<Preview, 'columns' | 'records' | 'rejects'> {
    const columns = presentedColumns([...this.#specs.values()], this.#kind).map((info) => ({
      ...info,
      from: names.get(info.name) ?? null,
    }));
    const records = this.#records.map((record) => columns.map(({ name }) => record.get(name) ?? null));
    return { columns, records, rejects: this.#rejects };
  }

  #cell(spec: ColumnSpec, buffer: ColumnBuffer, row: number): Cell {
    if (buffer.storage === 'number') return Number.isNaN(buffer.values[row]) ? null : buffer.values[row];
    if (buffer.storage === 'dictionary') {
      return buffer.values[row] === 0 ? null : this.#pools[spec.dictionary ?? 'term'].textOf(buffer.values[row]);
    }
    if (buffer.absent[row] !== 0) return null;
    return Buffer.from(buffer.bytes.subarray(row === 0 ? 0 : buffer.ends[row - 1], buffer.ends[row])).toString();
  }
}
