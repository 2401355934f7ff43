import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
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
 * which a person may change), the digests of its assignments, its scatter and its findings.
 */
export function runDigest(db: Database.Database, run: number): string {
  const hash = createHash('sha256');
  const rows = (sql: string): void => {
    for (const row of db.prepare<[number], unknown[]>(sql).raw().iterate(run)) {
      hash.update(`${JSON.stringify(row.map((value) => (value instanceof Uint8Array ? sha256(value) : value)))}\n`);
    }
  };
  rows('SELECT id, created, by, program, request, summary, features, odd, curve, centres FROM run WHERE id = ?');
  rows('SELECT cluster, auto_name, size, detail FROM cluster WHERE run = ? ORDER BY cluster');
  const digests = db.prepare<[number], string>('SELECT digest FROM assignment WHERE run = ? ORDER BY chunk').pluck().all(run);
  hash.update(`${digestOfDigests(digests)}\n`);
  rows('SELECT variance, ids, x, y, cluster FROM scatter WHERE run = ?');
  rows('SELECT id, kind, title, subject, host, score, severity, why, doubt, records, created FROM finding WHERE run = ? ORDER BY id');
  // findings from before schema 3 have none
  rows('SELECT id, ids FROM finding WHERE run = ? AND ids IS NOT NULL ORDER BY id');
  return hash.digest('hex');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
