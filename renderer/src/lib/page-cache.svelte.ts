import { toErrorShape, type ErrorShape } from '../../../app/errors.ts';
import type { Page } from '../components/table.ts';

export const pageRows = 200;
const keep = 60;
const atOnce = 2;

const pageOf = (row: number): number => Math.floor(row / pageRows);

function findIn<Row>(pages: ReadonlyMap<number, readonly Row[]>, is: (row: Row) => boolean): number | null {
  for (const [page, rows] of pages) {
    const at = rows.findIndex(is);
    if (at >= 0) return page * pageRows + at;
  }
  return null;
}

/**
 * Pages of a long table, fetched as they come into sight. Only what is still in sight when its turn comes is fetched; answers to a
 * question that has changed are dropped; old rows stay until newer ones of the same question replace them.
 */
export class PageCache<Row> {
  #pages = new Map<number, { rows: readonly Row[]; epoch: number }>();
  #flying = new Map<number, Promise<void>>();
  #question = 0;
  #epoch = 0;
  #sight: readonly [number, number] = [0, 0];
  #fetch: (offset: number, limit: number) => Promise<Page<Row>>;
  /** Counts up when rows arrive: depend on it to draw. */
  version = $state(0);
  total = $state(0);
  /** True from the first answer on. */
  known = $state(false);
  error = $state.raw<ErrorShape | null>(null);

  constructor(fetch: (offset: number, limit: number) => Promise<Page<Row>>) {
    this.#fetch = fetch;
  }

  /** Another question: nothing that is known answers it. */
  reset(fetch: (offset: number, limit: number) => Promise<Page<Row>>): void {
    this.#fetch = fetch;
    this.#question++;
    this.#pages.clear();
    this.#flying.clear();
    this.known = false;
    this.error = null;
    this.version++;
  }

  /**
   * The same question, but the case has changed: what is in sight stays there until all of it has been read again, and is replaced at once. `keep` is a row
   * that is looked for: where others came before it, the place that it has now is looked at too. @returns its place, or null where it was not found
   */
  async reread(
    fetch: (offset: number, limit: number) => Promise<Page<Row>>,
    keep: { readonly row: number; readonly is: (row: Row) => boolean } | null,
  ): Promise<number | null> {
    this.#fetch = fetch;
    this.#flying.clear();
    const question = ++this.#question;
    const fresh = new Map<number, readonly Row[]>();
    const sight = this.#sight;
    try {
      let total = this.total;
      const load = async (page: number): Promise<void> => {
        if (page < 0 || fresh.has(page) || (page > 0 && page * pageRows >= total && fresh.size > 0)) return;
        const answer = await fetch(page * pageRows, pageRows);
        fresh.set(page, answer.rows);
        total = answer.total;
      };
      const before = this.total;
      await load(keep === null ? sight[0] : pageOf(keep.row));
      let now = keep === null ? null : findIn(fresh, keep.is);
      if (keep !== null && now === null && total !== before) {
        await load(pageOf(keep.row + total - before));
        now = findIn(fresh, keep.is);
      }
      const by = keep === null || now === null ? 0 : pageOf(now) - pageOf(keep.row);
      for (let page = sight[0] + by; page <= sight[1] + by; page++) await load(page);
      if (question !== this.#question) return null;
      this.#epoch++;
      // What is not in sight is read again when it comes into sight; where rows moved, it is something else.
      if (keep !== null && now !== keep.row) this.#pages.clear();
      for (const [page, rows] of fresh) this.#pages.set(page, { rows, epoch: this.#epoch });
      this.total = total;
      this.known = true;
      this.error = null;
      this.version++;
      return now;
    } catch (error) {
      if (question === this.#question) this.error = toErrorShape(error);
      return null;
    }
  }

  row(index: number): Row | undefined {
    void this.version;
    return this.#pages.get(Math.floor(index / pageRows))?.rows[index % pageRows];
  }

  /** Says which rows are in sight; fetches what is missing of them. */
  look(first: number, end: number): void {
    this.#sight = [Math.floor(first / pageRows), Math.floor(Math.max(first, end - 1) / pageRows)];
    this.#next();
  }

  #next(): void {
    if (this.error !== null) return;
    for (let page = this.#sight[0]; page <= this.#sight[1] && this.#flying.size < atOnce; page++) {
      const there = this.#pages.get(page);
      if (this.#flying.has(page) || there?.epoch === this.#epoch) continue;
      if (this.known && page * pageRows >= this.total && page > 0) continue;
      this.#flying.set(page, this.#load(page));
    }
  }

  async #load(page: number): Promise<void> {
    const question = this.#question;
    try {
      const answer = await this.#fetch(page * pageRows, pageRows);
      if (question !== this.#question) return;
      this.#pages.delete(page);
      this.#pages.set(page, { rows: answer.rows, epoch: this.#epoch });
      this.total = answer.total;
      this.known = true;
      for (const old of this.#pages.keys()) {
        if (this.#pages.size <= keep) break;
        if (old < this.#sight[0] || old > this.#sight[1]) this.#pages.delete(old);
      }
      this.version++;
    } catch (error) {
      if (question !== this.#question) return;
      this.error = toErrorShape(error);
    } finally {
      if (question === this.#question) {
        this.#flying.delete(page);
        this.#next();
      }
    }
  }

  /** The given rows (ascending), fetched where they are not known. */
  async rows(indexes: readonly number[]): Promise<readonly Row[]> {
    const question = this.#question;
    const found: Row[] = [];
    let page = -1;
    let rows: readonly Row[] = [];
    for (const index of indexes) {
      const wanted = Math.floor(index / pageRows);
      if (wanted !== page) {
        page = wanted;
        rows = this.#pages.get(page)?.rows ?? (await this.#fetch(page * pageRows, pageRows)).rows;
        if (question !== this.#question) return [];
      }
      const row = rows[index % pageRows];
      if (row !== undefined) found.push(row);
    }
    return found;
  }
}
