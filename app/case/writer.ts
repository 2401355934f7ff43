import type { Codec } from '../columns/segment.ts';
import type { Tagging } from '../contract/acts.ts';
import type { CaseInfo, CustodyEntry, Evidence } from '../contract/case.ts';
import type { Crosscheck } from '../contract/models.ts';
import type { ClusterRequest, PictureKind, RunSummary } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import type { LearnedSummaries, LearnedTask, LearningOutcome, NewCrosscheck, NewPicture, RunOutcome } from '../shared/run-outcome.ts';
import { findEvidence, listEvidence, resumePoints } from './evidence-rows.ts';
import { readInfo } from './info.ts';
import { saveCrosscheck, saveLearning, savePicture } from './learning-writer.ts';
import { StoredLive } from './live-store.ts';
import type { LiveStore } from './live-types.ts';
import type { CaseLock } from './lock.ts';
import { setMeta } from './meta.ts';
import { removeEvidence } from './remove-evidence.ts';
import { nameCluster, saveRun } from './run-writer.ts';
import { StoredSchedules, type ScheduleStore } from './schedules.ts';
import { StoredSession } from './session.ts';
import { onCase } from './sqlite-errors.ts';
import { addTag, noteTag, removeTag } from './tag-writer.ts';
import { undoTag } from './tag-undo.ts';
import type { CaseWriter, EvidenceSession, EvidenceSource, NewTagging, ResumePoint } from './types.ts';
import type { CaseWork } from './work.ts';

/** Bytes of empty pages below which a case file is left as it is. */
const LEAST_GIVEN_BACK = 8 * 2 ** 20;

/** The one connection that writes. Every method is one act: one transaction and one custody entry. */
export class CaseFileWriter implements CaseWriter {
  readonly path: string;
  readonly program: string;
  readonly #work: CaseWork;
  readonly #lock: CaseLock;
  #session: StoredSession | null = null;
  readonly live: LiveStore;
  readonly schedules: ScheduleStore;

  constructor(work: CaseWork, lock: CaseLock) {
    this.path = work.path;
    this.program = work.program;
    this.#work = work;
    this.schedules = new StoredSchedules(work);
    this.live = new StoredLive(work, () => this.#session !== null);
    this.#lock = lock;
  }

  info(): CaseInfo {
    return onCase(this.path, () => readInfo(this.#work.db, this.path));
  }

  update(fields: { readonly name: string; readonly number: string; readonly examiner: string }): void {
    this.#work.change(() => {
      const { name, number, examiner } = fields;
      setMeta(this.#work.db, 'name', name);
      setMeta(this.#work.db, 'number', number);
      setMeta(this.#work.db, 'examiner', examiner);
      const summary = `Changed the case's particulars to '${name}', number '${number}', examiner '${examiner}'.`;
      return { result: null, act: { act: 'case.updated', summary, details: { name, number, examiner } } };
    });
  }

  evidence(): readonly Evidence[] {
    return onCase(this.path, () => listEvidence(this.#work.db));
  }

  evidenceWith(sha256: string): Evidence | null {
    return onCase(this.path, () => findEvidence(this.#work.db, sha256));
  }

  resumePoints(): ReadonlyMap<number, ResumePoint> {
    return onCase(this.path, () => resumePoints(this.#work.db));
  }

  beginEvidence(source: EvidenceSource, codec: Codec = 'none'): EvidenceSession {
    this.#mustNotImport();
    this.#session = onCase(this.path, () => new StoredSession(this.#work, source, codec, () => this.#importEnded()));
    return this.#session;
  }

  removeEvidence(id: number): void {
    this.#mustNotImport();
    removeEvidence(this.#work, id);
    this.#work.columnsChanged();
  }

  saveRun(request: ClusterRequest, outcome: RunOutcome): RunSummary {
    return saveRun(this.#work, request, outcome);
  }

  saveLearning<T extends LearnedTask>(request: unknown, outcome: LearningOutcome<T>): LearnedSummaries[T] {
    return saveLearning(this.#work, request, outcome);
  }

  saveCrosscheck(crosscheck: NewCrosscheck): Crosscheck {
    return saveCrosscheck(this.#work, crosscheck);
  }

  savePicture(run: number, kind: PictureKind, picture: NewPicture): void {
    savePicture(this.#work, run, kind, picture);
  }

  nameCluster(run: number, cluster: number, change: { readonly name?: string | undefined; readonly suspect?: boolean | undefined }): void {
    nameCluster(this.#work, run, cluster, change);
  }

  addTag(tag: NewTagging): { readonly tagging: Tagging; readonly tagged: number; readonly undo: number } {
    return addTag(this.#work, tag);
  }

  removeTag(tagging: number): { readonly tagged: number; readonly undo: number } {
    return removeTag(this.#work, tagging);
  }

  noteTag(tagging: number, note: string): void {
    noteTag(this.#work, tagging, note);
  }

  undo(undo: number): void {
    undoTag(this.#work, undo);
  }

  record(act: string, summary: string, details: Readonly<Record<string, unknown>>): CustodyEntry {
    return this.#work.change(() => ({ result: null, act: { act, summary, details } })).entry;
  }

  close(): void {
    if (!this.#work.db.open) return;
    try {
      this.#session?.abort();
    } catch {
      // On a full disk not even removing works; the next opening does it.
    }
    try {
      onCase(this.path, () => this.#leaveWal());
    } finally {
      this.#work.db.close();
      this.#lock.release();
    }
  }

  /**
   * Folds the write-ahead log into the file. While a reader has the case open the file stays in WAL mode, complete all the same;
   * the next writer to close it leaves WAL mode.
   */
  #leaveWal(): void {
    const { db } = this.#work;
    db.pragma('busy_timeout = 200');
    db.pragma('wal_checkpoint(TRUNCATE)');
    try {
      db.pragma('journal_mode = DELETE');
      this.#giveBack();
    } catch {
      // A reader is there: see above.
    }
  }

  /** An import that was cancelled or died, and evidence that was removed, leave pages without content: where they are many, the file gets rid of them. */
  #giveBack(): void {
    const { db } = this.#work;
    const read = (name: string): number => Number(db.pragma(name, { simple: true }));
    const free = read('freelist_count');
    if (free * read('page_size') > LEAST_GIVEN_BACK && free > read('page_count') / 4) db.exec('VACUUM');
  }

  #importEnded(): void {
    this.#session = null;
    this.#work.columnsChanged();
  }

  #mustNotImport(): void {
    if (this.#session === null) return;
    throw new FlowcaseError('BUSY', 'A file is being imported into this case. Wait until it is done, or cancel it.', {
      evidence: this.#session.evidence,
    });
  }
}
