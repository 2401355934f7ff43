import { formatBytes, formatCount, plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';

/** What a clustering will work on, before its memory is asked for. */
export interface Workload {
  readonly rows: number;
  /** Columns of the matrix at most. */
  readonly columns: number;
  readonly method: 'kmeans' | 'gmm';
  readonly k: number;
  readonly threads: number;
}

/** Beside the matrix: ends, groups, times, bytes, a column as it is computed, labels, distances; of every row. */
const BYTES_BESIDE = 96;
/** A mixture keeps of every row its score, and whitened columns of what is under way. */
const BYTES_OF_MIXTURE = 16;
/** The program itself, and what a run hands over. */
const BYTES_OF_PROGRAM = 96 * 2 ** 20;

/** Bytes that a clustering needs at its largest; an upper estimate. */
export function memoryNeeded({ rows, columns, method, k, threads }: Workload): number {
  const matrix = 4 * rows * columns;
  const beside = rows * (BYTES_BESIDE + (method === 'gmm' ? BYTES_OF_MIXTURE : 0));
  // sums of every thread: k centres, or k triangles of scatter
  const sums = 8 * threads * k * (method === 'gmm' ? columns * columns : columns);
  return matrix + beside + sums + BYTES_OF_PROGRAM;
}

/** Refuses what cannot fit, before it begins. @throws FlowcaseError OUT_OF_MEMORY */
export function checkMemory(work: Workload, available: number, noun: string): void {
  const needed = memoryNeeded(work);
  if (needed <= available) return;
  throw new FlowcaseError(
    'OUT_OF_MEMORY',
    `Grouping ${plural(work.rows, noun)} by ${formatCount(work.columns)} features needs about ${formatBytes(needed)} of memory, and ${formatBytes(available)} are free. Narrow the filter, choose fewer features, or close other programs.`,
    { needed, available, rows: work.rows, columns: work.columns },
  );
}
