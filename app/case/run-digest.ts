import type Database from 'better-sqlite3';
import { createHash, type Hash } from 'node:crypto';
import { digestOfDigests } from '../columns/digest.ts';

export interface AssignmentParts {
  readonly labels: Uint8Array;
  readonly distance: Uint8Array;
  readonly z: Uint8Array;
}

/** SHA-256 over what a run said of one chunk. */
export function assignmentDigest(chunk: number, { labels, distance, z }: AssignmentParts): string {
  const head = `assignment ${chunk} ${labels.length} ${distance.length} ${z.length}\n`;
  return createHash('sha256').update(head).update(labels).update(distance).update(z).digest('hex');
}

/**
 * SHA-256 over everything a run left in the case, as it stands in the tables: the run's own row, its clusters (without name and mark,
 * which a person may change), the digests of its assignments, its hosts, its model, its scatter and its findings.
 */
export function runDigest(db: Database.Database, run: number): string {
  const hash = createHash('sha256');
  const rows = (sql: string): void => addRows(hash, db, sql, run);
  rows('SELECT id, created, by, program, request, summary, features, odd, curve, centres FROM run WHERE id = ?');
  rows('SELECT cluster, auto_name, size, detail FROM cluster WHERE run = ? ORDER BY cluster');
  const digests = db.prepare<[number], string>('SELECT digest FROM assignment WHERE run = ? ORDER BY chunk').pluck().all(run);
  hash.update(`${digestOfDigests(digests)}\n`);
  rows('SELECT variance, ids, x, y, cluster FROM scatter WHERE run = ?');
  rows('SELECT id, kind, title, subject, host, score, severity, why, doubt, records, created FROM finding WHERE run = ? ORDER BY id');
  // findings from before schema 3 have none
  rows('SELECT id, ids FROM finding WHERE run = ? AND ids IS NOT NULL ORDER BY id');
  // those from before schema 7 have no causes, and detectors that measure none
  rows('SELECT id, causes FROM finding WHERE run = ? AND causes IS NOT NULL ORDER BY id');
  // what only runs since schema 5 can have: those from before keep their digests
  rows(`SELECT id, task, detail FROM run WHERE id = ? AND (task <> 'cluster' OR detail IS NOT NULL)`);
  rows('SELECT hosts, windows, labels, distance, z FROM host_assignment WHERE run = ?');
  rows('SELECT name, sha256, file FROM model WHERE run = ?');
  return hash.digest('hex');
}

/** SHA-256 over a second opinion as it stands in its table. */
export function crosscheckDigest(db: Database.Database, id: number): string {
  const hash = createHash('sha256');
  addRows(hash, db, 'SELECT id, run, created, by, program, result FROM crosscheck WHERE id = ?', id);
  return hash.digest('hex');
}

/** SHA-256 over a picture as it stands in its table. */
export function pictureDigest(db: Database.Database, run: number, kind: string): string {
  const hash = createHash('sha256');
  addRows(hash, db, 'SELECT run, kind, created, by, program, ids, x, y, cluster FROM picture WHERE run = ? AND kind = ?', run, kind);
  return hash.digest('hex');
}

/** SHA-256 over a finding of no run as it stands in its table. */
export function findingDigest(db: Database.Database, id: number): string {
  const hash = createHash('sha256');
  const columns = 'id, run, kind, title, subject, host, score, severity, why, doubt, records, created, ids, "of"';
  addRows(hash, db, `SELECT ${columns} FROM finding WHERE id = ?`, id);
  addRows(hash, db, 'SELECT id, causes FROM finding WHERE id = ? AND causes IS NOT NULL', id);
  return hash.digest('hex');
}

/** A line of JSON per row, BLOBs as their hashes. */
function addRows(hash: Hash, db: Database.Database, sql: string, ...values: (number | string)[]): void {
  for (const row of db
    .prepare<(number | string)[], unknown[]>(sql)
    .raw()
    .iterate(...values)) {
    hash.update(`${JSON.stringify(row.map((value) => (value instanceof Uint8Array ? sha256(value) : value)))}\n`);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
