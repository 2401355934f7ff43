import type Database from 'better-sqlite3';
import type { StoredColumn } from '../columns/column-reader.ts';
import { MAX_COLUMNS } from '../columns/column-reader.ts';
import { registerColumn } from '../columns/register.ts';
import type { ColumnSpec, DictionaryName, Storage } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { ColumnType } from '../contract/records.ts';

interface SpecRow {
  readonly id: number;
  readonly name: string;
  readonly type: ColumnType;
  readonly storage: Storage;
  readonly dictionary: DictionaryName | null;
  readonly title: string;
}

/** The columns of a kind, in the order in which they came into the case. */
export function listColumns(db: Database.Database, kind: RecordKind): StoredColumn[] {
  return db
    .prepare<[string], SpecRow>('SELECT id, name, type, storage, dictionary, title FROM column_spec WHERE kind = ? ORDER BY id')
    .all(kind)
    .map(({ id, ...spec }) => ({ id, spec }));
}

/** Columns that sessions of this process added, by kind and name, written or not: several evidences that are received at once share them. */
const added = new WeakMap<Database.Database, Map<string, StoredColumn>>();

/** The columns that one import uses: those of the case and new ones, which are written when the import is finished. */
export class SessionColumns {
  readonly #known = new Map<string, StoredColumn>();
  /** Not all of them may be in the case: what wrote them may have been rolled back. */
  readonly #added: StoredColumn[] = [];
  readonly #shared: Map<string, StoredColumn>;
  readonly #db: Database.Database;
  readonly #kind: RecordKind;

  constructor(db: Database.Database, kind: RecordKind) {
    this.#db = db;
    this.#kind = kind;
    for (const column of listColumns(db, kind)) this.#known.set(column.spec.name, column);
    this.#shared = added.get(db) ?? new Map<string, StoredColumn>();
    added.set(db, this.#shared);
  }

  get(name: string): ColumnSpec | undefined {
    return this.#known.get(name)?.spec;
  }

  /** The column of this name, or the first free `name_2`, `name_3`, ... where that name is kept otherwise. */
  register(spec: ColumnSpec): ColumnSpec {
    const found = registerColumn(
      (name) => this.get(name) ?? this.#shared.get(this.#key(name))?.spec,
      spec,
      (column) => this.#add(column),
    );
    if (!this.#known.has(found.name)) this.#take(this.#shared.get(this.#key(found.name)));
    return found;
  }

  all(): ColumnSpec[] {
    return [...this.#known.values()].map(({ spec }) => spec);
  }

  /** @throws TypeError for a column that was never registered */
  of(spec: ColumnSpec): StoredColumn {
    const column = this.#known.get(spec.name);
    if (column === undefined) throw new TypeError(`column '${spec.name}' was not registered with this import`);
    return column;
  }

  /** Writes the columns that are new, in the caller's transaction, unless another session wrote them. */
  save(): void {
    const insert = this.#db.prepare(
      'INSERT INTO column_spec(id, kind, name, type, storage, dictionary, title) VALUES (?,?,?,?,?,?,?) ON CONFLICT (kind, name) DO NOTHING',
    );
    for (const { id, spec } of this.#added) insert.run(id, this.#kind, spec.name, spec.type, spec.storage, spec.dictionary, spec.title);
  }

  #add(spec: ColumnSpec): void {
    const stored = this.#db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM column_spec').pluck().get() ?? 0;
    const id = Math.max(stored, ...[...this.#shared.values()].map((column) => column.id)) + 1;
    if (id >= MAX_COLUMNS) throw new RangeError(`a case holds at most ${MAX_COLUMNS} columns`);
    const column = { id, spec };
    this.#shared.set(this.#key(spec.name), column);
    this.#take(column);
  }

  #take(column: StoredColumn | undefined): void {
    if (column === undefined) return;
    this.#known.set(column.spec.name, column);
    this.#added.push(column);
  }

  #key(name: string): string {
    return `${this.#kind} ${name}`;
  }
}
