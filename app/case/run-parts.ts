import type Database from 'better-sqlite3';
import { bytesOf } from '../columns/bytes.ts';
import { encodeIds } from '../columns/varint.ts';
import { FlowcaseError } from '../errors.ts';
import type { ChunkAssignment, HostAssignment, NewFinding } from '../shared/run-outcome.ts';
import { canonicalJson } from './canonical.ts';
import { assignmentDigest } from './run-digest.ts';

/** What runs of every task leave in the case: labels of records or hosts, and findings. */
export interface RunParts {
  readonly assignments: readonly ChunkAssignment[];
  readonly hostAssignment: HostAssignment | null;
  readonly findings: readonly NewFinding[];
}

/** @throws FlowcaseError NOT_FOUND where records that took part were removed while the run was computed */
export function checkChunks(db: Database.Database, { assignments }: RunParts): void {
  const rowsOf = db
    .prepare<[number], number>('SELECT chunk.rows FROM chunk JOIN evidence ON evidence.id = chunk.evidence WHERE chunk.id = ?')
    .pluck();
  for (const { chunk, labels } of assignments) {
    if (rowsOf.get(chunk) !== labels.length) {
      throw new FlowcaseError('NOT_FOUND', 'Evidence was removed while the machine learned from it. Run it again on what is there now.', {
        chunk,
      });
    }
  }
}

export function insertParts(db: Database.Database, run: number, at: number, parts: RunParts): void {
  insertAssignments(db, run, parts.assignments);
  if (parts.hostAssignment !== null) insertHosts(db, run, parts.hostAssignment);
  insertFindings(db, run, at, parts.findings);
}

function insertAssignments(db: Database.Database, run: number, assignments: readonly ChunkAssignment[]): void {
  const insert = db.prepare('INSERT INTO assignment(run, chunk, digest, labels, distance, z) VALUES (?,?,?,?,?,?)');
  for (const { chunk, labels, distance, z } of assignments) {
    const parts = { labels: bytesOf(labels), distance: bytesOf(distance), z: bytesOf(z) };
    insert.run(run, chunk, assignmentDigest(chunk, parts), parts.labels, parts.distance, parts.z);
  }
}

function insertHosts(db: Database.Database, run: number, { hosts, windows, labels, distance, z }: HostAssignment): void {
  db.prepare('INSERT INTO host_assignment(run, hosts, windows, labels, distance, z) VALUES (?,?,?,?,?,?)').run(
    run,
    bytesOf(hosts),
    windows === null ? null : bytesOf(windows),
    bytesOf(labels),
    bytesOf(distance),
    bytesOf(z),
  );
}

function insertFindings(db: Database.Database, run: number, at: number, findings: readonly NewFinding[]): void {
  const insert = db.prepare(
    'INSERT INTO finding(run, kind, title, subject, host, score, severity, why, doubt, records, created, ids, causes) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)',
  );
  for (const f of findings) {
    const words = [f.kind, f.title, f.subject, f.host].map((text) => text.toWellFormed());
    insert.run(
      run,
      ...words,
      f.score,
      f.severity,
      f.why.toWellFormed(),
      f.doubt.toWellFormed(),
      canonicalJson(f.records),
      at,
      encodeIds(f.ids),
      f.causes === null ? null : canonicalJson(f.causes),
    );
  }
}
