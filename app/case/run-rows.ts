import type Database from 'better-sqlite3';
import { elements } from '../columns/bytes.ts';
import { plural } from '../contract/format.ts';
import type { LearningTask } from '../contract/models.ts';
import type { ChunkAssignment, HostAssignment } from '../shared/run-outcome.ts';

/** A row of the table of runs, of any task. */
export interface RunRow {
  readonly id: number;
  readonly created: number;
  readonly by: string;
  readonly program: string;
  readonly task: LearningTask;
  readonly request: string;
  readonly summary: string;
  readonly detail: string | null;
  readonly features: string;
  readonly odd: string;
  readonly curve: string;
  /** Chunks of records that took part and were removed since. */
  readonly lost: number;
}

export const selectRun = `SELECT id, created, by, program, task, request, summary, detail, features, odd, curve,
  (SELECT count(*) FROM assignment WHERE run = run.id AND labels IS NULL) AS lost FROM run`;

/** What every run has beside its summary, and the remark that records of it are gone. */
export function keptOf<S extends { readonly remarks: readonly string[] }>(
  { id, created, by, program, lost }: RunRow,
  summary: S,
): S & Pick<RunRow, 'id' | 'created' | 'by' | 'program'> {
  const gone = `Evidence was removed since: ${plural(lost, 'chunk')} of the records that took part are no longer in the case, so this run cannot be repeated as it was.`;
  const remarks = lost === 0 ? summary.remarks : [...summary.remarks, gone];
  return { ...summary, id, created, by, program, remarks };
}

interface LabelParts {
  readonly labels: Uint8Array;
  readonly distance: Uint8Array;
  readonly z: Uint8Array;
}

function labelsOf({ labels, distance, z }: LabelParts): Omit<ChunkAssignment, 'chunk'> {
  const rows = labels.byteLength / 2;
  return {
    labels: elements(Uint16Array, labels, 0, rows),
    distance: elements(Float32Array, distance, 0, rows),
    z: elements(Float32Array, z, 0, rows),
  };
}

/** null where the chunk took no part, or is gone. */
export function readAssignment(db: Database.Database, run: number, chunk: number): ChunkAssignment | null {
  const row = db
    .prepare<[number, number], { [K in keyof LabelParts]: Uint8Array | null }>(
      'SELECT labels, distance, z FROM assignment WHERE run = ? AND chunk = ?',
    )
    .get(run, chunk);
  if (row === undefined) return null;
  const { labels, distance, z } = row;
  return labels === null || distance === null || z === null ? null : { chunk, ...labelsOf({ labels, distance, z }) };
}

/** null for runs whose rows are records. */
export function readHostAssignment(db: Database.Database, run: number): HostAssignment | null {
  const row = db
    .prepare<[number], LabelParts & { readonly hosts: Uint8Array; readonly windows: Uint8Array | null }>(
      'SELECT hosts, windows, labels, distance, z FROM host_assignment WHERE run = ?',
    )
    .get(run);
  if (row === undefined) return null;
  const rows = row.hosts.byteLength / 4;
  return {
    hosts: elements(Uint32Array, row.hosts, 0, rows),
    windows: row.windows === null ? null : elements(Float64Array, row.windows, 0, rows),
    ...labelsOf(row),
  };
}
