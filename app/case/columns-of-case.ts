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

/** The columns that one import uses: those of the case and new ones, which are written when the import is finished. */
export class SessionColumns {
  readonly #known = new Map<string, StoredColumn>();
  readonly #added: StoredColumn[] = [];
  readonly #db: Database.Database;
  readonly #kind: RecordKind;
  #next: number;

  constructor(db: Database.Database, kind: RecordKind) {
    this.#db = db;
    this.#kind = kind;
    for (const column of listColumns(db, kind)) this.#known.set(column.spec.name, column);
    this.#next = (db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM column_spec').pluck().get() ?? 0) + 1;
  }

  get(name: string): ColumnSpec | undefined {
    return this.#known.get(name)?.spec;
  }

  /** The column of this name, or the first free `name_2`, `name_3`, ... where that name is kept otherwise. */
  register(spec: ColumnSpec): ColumnSpec {
    return registerColumn(
      (name) => this.get(name),
      spec,
      (added) => this.#add(added),
    );
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

  /** Writes the columns that are new since the last call, in the caller's transaction. */
  save(): void {
    const insert = this.#db.prepare('INSERT INTO column_spec(id, kind, name, type, storage, dictionary, title) VALUES (?,?,?,?,?,?,?)');
    for (const { id, spec } of this.#added) {
      insert.run(id, this.#kind, spec.name, spec.type, spec.storage, spec.dictionary, spec.title);
    }
    this.#added.length = 0;
  }

  #add(spec: ColumnSpec): void {
    if (this.#next >= MAX_COLUMNS) throw new RangeError(`a case holds at most ${MAX_COLUMNS} columns`);
    const column = { id: this.#next++, spec };
    this.#known.set(spec.name, column);
    this.#added.push(column);
  }
}
