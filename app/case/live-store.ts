import { isDeepStrictEqual } from 'node:util';
import { FlowcaseError } from '../errors.ts';
import { writeEntries } from '../columns/dictionary-store.ts';
import type { Evidence } from '../contract/case.ts';
import { actingBy } from '../shared/acting.ts';
import { canonicalJson } from './canonical.ts';
import { getEvidence } from './evidence-rows.ts';
import { HostBitmap } from './host-bitmap.ts';
import { insertSource, listAlerts, listSources, listWindows, needSource, readState } from './live-rows.ts';
import { StoredTransaction } from './live-transaction.ts';
import type { LiveStore, LiveTransaction, StoredAlert, StoredSource, StoredWindow } from './live-types.ts';
import { deleteRetired, mergeChunks } from './merge-chunks.ts';
import { needNumber, setMeta } from './meta.ts';
import { needRoom } from './room.ts';
import { evidenceSummary, sealDetails } from './seal.ts';
import { rejectSeal } from './verify-records.ts';
import type { CaseWork } from './work.ts';

/** Whoever looked before two chunks were merged may go on reading them for so long (microseconds). */
const GRACE = 10 * 60 * 1e6;
/** So much room a commit wants to find on the disk, roughly: the records of a few seconds. */
const ROOM = 16 * 2 ** 20;
const ALERTS = 10_000;
/** Where rules stand among the states. */
const RULES = 'rules';

/** The writer's part for live data. */
export class StoredLive implements LiveStore {
  readonly #work: CaseWork;
  readonly #importing: () => boolean;
  /** Chunks that were merged away, and when. */
  #retired: { readonly chunks: readonly number[]; readonly at: number }[] = [];

  constructor(work: CaseWork, importing: () => boolean) {
    this.#work = work;
    this.#importing = importing;
  }

  get busy(): boolean {
    return this.#importing();
  }

  get generation(): number {
    return this.#work.generation;
  }

  sources(): readonly StoredSource[] {
    return listSources(this.#work.db);
  }

  addSource(name: string, spec: unknown): StoredSource {
    return this.#work.change((at) => {
      const id = insertSource(this.#work.db, { name, spec, at, by: this.#work.who });
      const act = { act: 'live.watched', summary: `Began to watch ${name} (source ${id}).`, details: { source: id, name, spec } };
      return { result: needSource(this.#work.db, id), act };
    }).result;
  }

  changeSource(id: number, spec: unknown): void {
    const { name, spec: before } = needSource(this.#work.db, id);
    if (isDeepStrictEqual(before, spec)) return;
    this.#work.change(() => {
      this.#work.db.prepare('UPDATE live_source SET spec = ? WHERE id = ?').run(canonicalJson(spec), id);
      const summary = `Watches ${name} (source ${id}) otherwise from now on.`;
      return { result: null, act: { act: 'live.changed', summary, details: { source: id, name, spec } } };
    });
  }

  setWanted(id: number, wanted: boolean): void {
    const { name, wanted: before } = needSource(this.#work.db, id);
    if (before === wanted) return;
    this.#work.change(() => {
      this.#work.db.prepare('UPDATE live_source SET wanted = ? WHERE id = ?').run(wanted ? 1 : 0, id);
      const summary = wanted ? `Went on watching ${name} (source ${id}).` : `Stopped watching ${name} (source ${id}).`;
      return { result: null, act: { act: wanted ? 'live.resumed' : 'live.stopped', summary, details: { source: id } } };
    });
  }

  removeSource(id: number): void {
    const { name } = needSource(this.#work.db, id);
    this.#work.change(() => {
      this.#work.db.prepare('DELETE FROM live_source WHERE id = ?').run(id);
      this.#work.db.prepare('DELETE FROM live_state WHERE key GLOB ? OR key GLOB ?').run(`head:${id}:*`, `windows:${id}:*`);
      const summary = `Took ${name} (source ${id}) off the list of what is watched; what was received stays.`;
      return { result: null, act: { act: 'live.removed', summary, details: { source: id } } };
    });
  }

  state(key: string): Uint8Array | null {
    return readState(this.#work.db, key);
  }

  dropStates(from: string, to: string): void {
    this.#work.transaction(() => this.#work.db.prepare('DELETE FROM live_state WHERE key >= ? AND key < ?').run(from, to));
  }

  windows(kind: string, width: number, from: number, to: number): readonly StoredWindow[] {
    return listWindows(this.#work.db, kind, width, from, to);
  }

  setRules(rules: unknown, summary: string): void {
    this.#work.change(() => {
      new StoredTransaction(this.#work).state(RULES, Buffer.from(JSON.stringify(rules)));
      return { result: null, act: { act: 'live.ruled', summary, details: { rules } } };
    });
  }

  alerts(open: boolean): readonly StoredAlert[] {
    return listAlerts(this.#work.db, { open, limit: ALERTS });
  }

  needRoom(): void {
    needRoom(this.#work.db, this.#work.path, ROOM);
  }

  commit<T>(work: (transaction: LiveTransaction) => T): T {
    if (this.busy) throw new FlowcaseError('BUSY', 'A file is being imported into this case; what is watched goes on when that is done.');
    this.needRoom();
    const { db } = this.#work;
    try {
      return this.#work.transaction(() => {
        const result = work(new StoredTransaction(this.#work));
        this.#saveEntries();
        setMeta(db, 'revision', String(needNumber(db, 'revision') + 1));
        return result;
      });
    } catch (error) {
      // texts got ids that nobody else knows
      this.#work.forgetPools();
      throw error;
    }
  }

  seal(id: number, remarks: readonly string[]): Evidence | null {
    const evidence = getEvidence(this.#work.db, id);
    if (evidence?.status !== 'live') return evidence;
    this.#saveEntries();
    while (this.#merge(id, true));
    return sealEvidence(this.#work, id, remarks);
  }

  oldestWindow(kind: string): Pick<StoredWindow, 'width' | 'start'> | null {
    return this.#window(kind, 'ASC');
  }

  newestWindow(kind: string): Pick<StoredWindow, 'width' | 'start'> | null {
    return this.#window(kind, 'DESC');
  }

  usedBytes(): number {
    const read = (name: string): number => Number(this.#work.db.pragma(name, { simple: true }));
    return (read('page_count') - read('freelist_count')) * read('page_size');
  }

  tidy(): void {
    for (const evidence of liveIds(this.#work)) this.#merge(evidence, false);
    const [old, ...young] = this.#retired;
    if (old !== undefined && old.at + GRACE < this.#work.now()) {
      this.#retired = young;
      this.#work.transaction(() => deleteRetired(this.#work.db, old.chunks));
    }
  }

  #window(kind: string, order: 'ASC' | 'DESC'): Pick<StoredWindow, 'width' | 'start'> | null {
    const select = `SELECT width, start FROM live_window WHERE kind = ? ORDER BY start ${order} LIMIT 1`;
    return this.#work.db.prepare<[string], Pick<StoredWindow, 'width' | 'start'>>(select).get(kind) ?? null;
  }

  /** True where something was merged. What readers see is the same, but in another place: they look again. */
  #merge(evidence: number, all: boolean): boolean {
    if (this.busy) return false;
    const { db } = this.#work;
    const chunks = this.#work.transaction(() => {
      const merged = mergeChunks(db, evidence, all);
      if (merged.length > 0) setMeta(db, 'revision', String(needNumber(db, 'revision') + 1));
      return merged;
    });
    if (chunks.length > 0) this.#retired.push({ chunks, at: this.#work.now() });
    return chunks.length > 0;
  }

  /** Texts that came while a file is imported are that import's to write. */
  #saveEntries(): void {
    if (this.busy) return;
    const { db } = this.#work;
    for (const name of ['host', 'term'] as const) {
      const pool = this.#work.heldPool(name);
      const written = needNumber(db, `dictionary_${name}`);
      if (pool === null || pool.size === written) continue;
      writeEntries(db, pool, written);
      setMeta(db, `dictionary_${name}`, String(pool.size));
    }
  }
}

/** Evidence that is not received any more, from its rows alone: also that of a Flowcase that died. */
export function sealEvidence(work: CaseWork, id: number, remarks: readonly string[]): Evidence {
  // nobody asks for it, although somebody's request may be what it follows from
  return actingBy(null, () => sealed(work, id, remarks));
}

function sealed(work: CaseWork, id: number, remarks: readonly string[]): Evidence {
  const { db } = work;
  return work.change(() => {
    const found = getEvidence(db, id);
    if (found === null) throw new FlowcaseError('NOT_FOUND', `There is no evidence ${id} in this case.`, { evidence: id });
    const whole: Evidence = { ...found, status: 'complete', remarks: [...found.remarks, ...remarks] };
    db.prepare('UPDATE evidence SET status = ?, remarks = ? WHERE id = ?').run(whole.status, JSON.stringify(whole.remarks), id);
    db.prepare('UPDATE live_source SET evidence = NULL WHERE evidence = ?').run(id);
    const hosts = new HostBitmap();
    hosts.merge(db.prepare<[number], Uint8Array>('SELECT hosts FROM evidence WHERE id = ?').pluck().get(id) ?? new Uint8Array(0));
    const digests = db.prepare<[number], string>('SELECT digest FROM chunk WHERE evidence = ? ORDER BY id').pluck().all(id);
    const details = { ...whole, ...sealDetails(db, { digests, rejects: rejectSeal(db, id), hosts }), resume: null };
    return { result: whole, act: { act: 'evidence.imported', summary: evidenceSummary('Received', whole), details } };
  }).result;
}

/** What a Flowcase that died left unsealed: whole commits, all of them. */
export function sealLeftovers(work: CaseWork): void {
  for (const id of liveIds(work))
    sealEvidence(work, id, ['Flowcase ended while it was received: it was sealed when the case was opened again.']);
}

function liveIds(work: CaseWork): number[] {
  return work.db.prepare<[], number>("SELECT id FROM evidence WHERE status = 'live' ORDER BY id").pluck().all();
}
