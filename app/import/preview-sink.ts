import { OwnColumns } from '../columns/own-columns.ts';
import type { ColumnBuffer, ColumnSpec } from '../columns/types.ts';
import type { RecordKind, Reject } from '../contract/case.ts';
import type { Preview } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { presentedColumns } from '../formats/presented-columns.ts';
import type { RecordSink } from '../formats/types.ts';

/** Keeps the first records and rejects of a log as plain values. */
export class PreviewSink extends OwnColumns implements RecordSink {
  readonly #kind: RecordKind;
  readonly #most: number;
  readonly #mostRejects: number;
  readonly #records: Map<string, Cell>[] = [];
  readonly #rejects: Preview['rejects'][number][] = [];

  constructor(kind: RecordKind, records: number, rejects: number) {
    super();
    this.#kind = kind;
    this.#most = records;
    this.#mostRejects = rejects;
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void {
    const more = Math.min(rows, this.#most - this.#records.length);
    for (let row = 0; row < more; row++) {
      this.#records.push(new Map(columns.map(({ spec, buffer }) => [spec.name, this.cell(spec, buffer, row)])));
    }
  }

  reject({ line, reason, what, text }: Omit<Reject, 'evidence'>): void {
    if (this.#rejects.length < this.#mostRejects) this.#rejects.push({ line, reason, what, text });
  }

  /** `names`: what the log calls columns. */
  table(names: ReadonlyMap<string, string>): Pick<Preview, 'columns' | 'records' | 'rejects'> {
    const columns = presentedColumns([...this.specs.values()], this.#kind).map((info) => ({
      ...info,
      from: names.get(info.name) ?? null,
    }));
    const records = this.#records.map((record) => columns.map(({ name }) => record.get(name) ?? null));
    return { columns, records, rejects: this.#rejects };
  }
}
