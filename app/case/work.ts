import type Database from 'better-sqlite3';
import { CasePool } from '../columns/case-pool.ts';
import { readBlockOf, readEntries } from '../columns/dictionary-store.ts';
import type { DictionaryName } from '../columns/types.ts';
import type { CustodyEntry } from '../contract/case.ts';
import { actingToken } from '../shared/acting.ts';
import { appendCustody, examinerOf, type Act } from './custody.ts';
import { needNumber, setMeta } from './meta.ts';
import { onCase } from './sqlite-errors.ts';

export interface Identity {
  /** Who acts: the account of the operating system. Custody entries carry it beside the case's examiner. */
  readonly who: string;
  /** "Flowcase 0.1.0". */
  readonly program: string;
  /** Microseconds since 1970 UTC; tests pass their own. */
  readonly now?: (() => number) | undefined;
}

/** The writing connection and what every act on a case has in common. */
export class CaseWork {
  readonly db: Database.Database;
  readonly path: string;
  readonly who: string;
  readonly program: string;
  readonly now: () => number;
  readonly #pools = new Map<DictionaryName, CasePool>();
  #generation = 0;

  constructor(db: Database.Database, path: string, identity: Identity) {
    this.db = db;
    this.path = path;
    this.who = identity.who;
    this.program = identity.program;
    this.now = identity.now ?? (() => Date.now() * 1000);
  }

  /** One change of the case: what `work` does, a higher revision and the custody entry, all or nothing. */
  change<T>(work: (at: number) => { readonly result: T; readonly act: Act }): { readonly result: T; readonly entry: CustodyEntry } {
    return this.transaction(() => {
      const at = this.now();
      // As the act begins: who hands the case over acts, not who takes it.
      const examiner = examinerOf(this.db);
      const { result, act } = work(at);
      setMeta(this.db, 'revision', String(needNumber(this.db, 'revision') + 1));
      const token = actingToken();
      const who = { account: this.who, examiner, ...(token === null ? {} : { token }) };
      return { result, entry: appendCustody(this.db, who, at, act) };
    });
  }

  transaction<T>(work: () => T): T {
    return onCase(this.path, () => this.db.transaction(work).immediate());
  }

  /** The dictionary with the entries of all finished imports; kept between imports. */
  pool(name: DictionaryName): CasePool {
    return onCase(this.path, () => {
      const pool = this.#pools.get(name) ?? new CasePool(name, (id) => onCase(this.path, () => readBlockOf(this.db, name, id)));
      readEntries(this.db, pool, needNumber(this.db, `dictionary_${name}`));
      this.#pools.set(name, pool);
      return pool;
    });
  }

  /** The dictionary as somebody has it in hand, or null. */
  heldPool(name: DictionaryName): CasePool | null {
    return this.#pools.get(name) ?? null;
  }

  /** After an import that did not end: what it added must not come back. */
  forgetPools(): void {
    this.#pools.clear();
    this.#generation++;
  }

  /** Counts up whenever ids of texts, or columns, that somebody may hold have become wrong. */
  get generation(): number {
    return this.#generation;
  }

  /** Columns came or went. */
  columnsChanged(): void {
    this.#generation++;
  }
}
