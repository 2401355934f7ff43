import type Database from 'better-sqlite3';
import { canonicalJson, parseObject } from './canonical.ts';
import { needNumber } from './meta.ts';
import type { Continuation, Evidence, EvidenceStatus, RecordKind } from '../contract/case.ts';
import { hasItsBeginning } from '../contract/goes-on.ts';
import type { ResumePoint } from './types.ts';

interface EvidenceRow {
  id: number;
  path: string;
  name: string;
  format: string;
  format_title: string;
  kind: RecordKind;
  bytes: number;
  sha256: string;
  unpacked_bytes: number;
  unpacked_sha256: string | null;
  modified: number | null;
  imported: number;
  imported_by: string;
  program: string;
  options: string;
  rows: number;
  rejected: number;
  comments: number;
  lines: number;
  first: number | null;
  last: number | null;
  seconds: number;
  status: EvidenceStatus;
  remarks: string;
  continues: string | null;
}

const fields =
  'id, path, name, format, format_title, kind, bytes, sha256, unpacked_bytes, unpacked_sha256, modified, imported, imported_by, program, options, rows, rejected, comments, lines, first, last, seconds, status, remarks, continues';

/** `resume`: JSON of a ResumePoint. */
export function insertEvidence(db: Database.Database, evidence: Evidence, hosts: Uint8Array, resume: string | null): void {
  db.prepare(`INSERT INTO evidence(${fields}, hosts, resume) VALUES (${'?,'.repeat(26)} ?)`).run(
    evidence.id,
    evidence.path,
    evidence.name,
    evidence.format,
    evidence.formatTitle,
    evidence.kind,
    evidence.bytes,
    evidence.sha256,
    evidence.unpackedBytes,
    evidence.unpackedSha256,
    evidence.modified,
    evidence.imported,
    evidence.importedBy,
    evidence.program,
    canonicalJson(evidence.options),
    evidence.rows,
    evidence.rejected,
    evidence.comments,
    evidence.lines,
    evidence.first,
    evidence.last,
    evidence.seconds,
    evidence.status,
    canonicalJson(evidence.remarks),
    evidence.continues === undefined ? null : canonicalJson(evidence.continues),
    hosts,
    resume,
  );
}

export function listEvidence(db: Database.Database): Evidence[] {
  return db.prepare<[], EvidenceRow>(`SELECT ${fields} FROM evidence ORDER BY id`).all().map(fromRow);
}

export function getEvidence(db: Database.Database, id: number): Evidence | null {
  const row = db.prepare<[number], EvidenceRow>(`SELECT ${fields} FROM evidence WHERE id = ?`).get(id);
  return row === undefined ? null : fromRow(row);
}

/** The evidence of a file with these bytes, packed or unpacked, all of which is in the case. */
export function findEvidence(db: Database.Database, sha256: string): Evidence | null {
  const rows = db
    .prepare<[string, string], EvidenceRow>(`SELECT ${fields} FROM evidence WHERE sha256 = ? OR unpacked_sha256 = ? ORDER BY id`)
    .all(sha256, sha256);
  return rows.map(fromRow).find((one) => isWhole(db, one)) ?? null;
}

function isWhole(db: Database.Database, evidence: Evidence): boolean {
  return hasItsBeginning(evidence, (id) => getEvidence(db, id));
}

/** Where reading can go on behind a piece of evidence, by its number; those left out of which something is missing. */
export function resumePoints(db: Database.Database): ReadonlyMap<number, ResumePoint> {
  const rows = db.prepare<[], { id: number; resume: string }>('SELECT id, resume FROM evidence WHERE resume IS NOT NULL ORDER BY id').all();
  const points = new Map<number, ResumePoint>();
  for (const { id, resume } of rows) {
    const evidence = getEvidence(db, id);
    if (evidence !== null && isWhole(db, evidence)) points.set(id, JSON.parse(resume) as ResumePoint);
  }
  return points;
}

/** What the case keeps of where reading goes on, as it lies there. */
export function resumeText(db: Database.Database, id: number): string | null {
  return db.prepare<[number], string | null>('SELECT resume FROM evidence WHERE id = ?').pluck().get(id) ?? null;
}

function fromRow(row: EvidenceRow): Evidence {
  const { format_title, unpacked_bytes, unpacked_sha256, imported_by, options, remarks, continues, ...same } = row;
  return {
    ...same,
    formatTitle: format_title,
    unpackedBytes: unpacked_bytes,
    unpackedSha256: unpacked_sha256,
    importedBy: imported_by,
    options: parseObject(options),
    remarks: JSON.parse(remarks) as string[],
    ...(continues === null ? {} : { continues: JSON.parse(continues) as Continuation }),
  };
}

/** Removes the records and rejects of the evidence that `which` selects (a condition on the evidence number). */
export function deleteRecords(db: Database.Database, which: string, ...values: number[]): void {
  db.prepare(`DELETE FROM segment WHERE chunk IN (SELECT id FROM chunk WHERE evidence ${which})`).run(...values);
  db.prepare(`DELETE FROM chunk WHERE evidence ${which}`).run(...values);
  db.prepare(`DELETE FROM reject WHERE evidence ${which}`).run(...values);
}

/** Removes what an import left that neither finished nor was aborted: the process died. */
export function deleteLeftovers(db: Database.Database): void {
  deleteRecords(db, 'NOT IN (SELECT id FROM evidence)');
  for (const name of ['host', 'term'] as const) {
    db.prepare('DELETE FROM dictionary_block WHERE dictionary = ? AND first > ?').run(name, needNumber(db, `dictionary_${name}`));
  }
}
