import { encodeIds } from '../columns/varint.ts';
import { canonicalJson } from './canonical.ts';
import { appendCustody, examinerOf } from './custody.ts';
import { findingDigest } from './run-digest.ts';
import { StoredLiveEvidence } from './live-evidence.ts';
import type { LiveEvidence, LiveFinding, LiveTransaction, StoredAlert, StoredWindow } from './live-types.ts';
import { prepared } from './prepared.ts';
import type { EvidenceSource } from './types.ts';
import type { CaseWork } from './work.ts';

/** Of the records of a finding so many are named one by one. */
const SAMPLE = 100;

/** What a commit of live data writes, in the transaction that is open. */
export class StoredTransaction implements LiveTransaction {
  readonly #work: CaseWork;

  constructor(work: CaseWork) {
    this.#work = work;
  }

  begin(source: EvidenceSource): LiveEvidence {
    const evidence = new StoredLiveEvidence(this.#work, source);
    this.#log('evidence.began', `Began to receive ${source.name} (${source.formatTitle}).`, { evidence: evidence.evidence, ...source });
    return evidence;
  }

  position(source: number, place: { readonly position: unknown; readonly reader: unknown; readonly evidence: number | null }): void {
    prepared(this.#work.db, 'UPDATE live_source SET position = ?, reader = ?, evidence = ? WHERE id = ?').run(
      canonicalJson(place.position),
      canonicalJson(place.reader),
      place.evidence,
      source,
    );
  }

  state(key: string, value: Uint8Array | null): void {
    const { db } = this.#work;
    if (value === null) prepared(db, 'DELETE FROM live_state WHERE key = ?').run(key);
    else prepared(db, 'INSERT OR REPLACE INTO live_state(key, value) VALUES (?, ?)').run(key, value);
  }

  window({ source, kind, width, start, records, figures }: StoredWindow): void {
    prepared(this.#work.db, 'INSERT OR REPLACE INTO live_window(source, kind, width, start, records, figures) VALUES (?,?,?,?,?,?)').run(
      source,
      kind,
      width,
      start,
      records,
      figures,
    );
  }

  dropWindows(kind: string, width: number, before: number): void {
    prepared(this.#work.db, 'DELETE FROM live_window WHERE kind = ? AND width = ? AND start < ?').run(kind, width, before);
  }

  raise(key: string, finding: LiveFinding, records: Float64Array, data: unknown): StoredAlert {
    const { db } = this.#work;
    const at = this.#work.now();
    const id = this.#insertFinding(finding, records, at);
    const insert = prepared(db, 'INSERT INTO alert(finding, key, open, raised, updated, data) VALUES (?,?,1,?,?,?)');
    const alert = Number(insert.run(id, key.toWellFormed(), at, at, canonicalJson(data)).lastInsertRowid);
    const details = { alert, finding: id, kind: finding.kind, subject: finding.subject, digest: findingDigest(db, id) };
    this.#log('alert.raised', `Raised an alert: ${finding.title} (${finding.subject}).`, details);
    return { id: alert, finding: id, key, open: true, raised: at, updated: at, data };
  }

  updateAlert(id: number, change: { readonly open: boolean; readonly data: unknown }): void {
    prepared(this.#work.db, 'UPDATE alert SET open = ?, data = ?, updated = ? WHERE id = ?').run(
      change.open ? 1 : 0,
      canonicalJson(change.data),
      this.#work.now(),
      id,
    );
  }

  #insertFinding(f: LiveFinding, records: Float64Array, at: number): number {
    const words = [f.kind, f.title, f.subject, f.host].map((text) => text.toWellFormed());
    const sample = canonicalJson([...records.subarray(0, SAMPLE)]);
    const insert = prepared(
      this.#work.db,
      'INSERT INTO finding(run, kind, title, subject, host, score, severity, why, doubt, records, created, ids, "of") VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?)',
    );
    const texts = [f.severity, f.why.toWellFormed(), f.doubt.toWellFormed()];
    return Number(insert.run(...words, f.score, ...texts, sample, at, encodeIds(records), f.of).lastInsertRowid);
  }

  #log(act: string, summary: string, details: Readonly<Record<string, unknown>>): void {
    const { db, who, now } = this.#work;
    appendCustody(db, { account: who, examiner: examinerOf(db) }, now(), { act, summary, details });
  }
}
