import type { ErrorShape } from '../errors.ts';

/** Long work: an id, progress, cancel, and a result or one clear error. */
export type JobStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface JobState {
  readonly id: string;
  readonly command: string;
  /** For a person: "Importing conn.log.gz". */
  readonly title: string;
  readonly status: JobStatus;
  readonly done: number;
  /** null while it is not known. */
  readonly total: number | null;
  readonly unit: string;
  /** Units per second, smoothed; null at the start. */
  readonly rate: number | null;
  /** Seconds left; null while it cannot be told. */
  readonly remaining: number | null;
  /** What is going on now: "conn.log.gz: 286,134 records, 4 rejected". */
  readonly note: string;
  readonly started: number;
  readonly ended: number | null;
  /** Of a job that is done; of one that failed where a part of it holds: a schedule has what became of each step. */
  readonly result: unknown;
  readonly error: ErrorShape | null;
}

export interface JobHandle {
  readonly job: string;
}
