import type { Worker } from 'node:worker_threads';
import type { RowFilter } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';
import type { Subject } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { recipeNamed } from '../features/recipes.ts';
import { selectRows } from '../features/selection.ts';
import type { Recipe, Selection } from '../features/types.ts';
import type { Pace } from '../learn/pace.ts';
import { ThreadPool } from '../learn/thread-pool.ts';

/** Records of one kind that a run is over, or (for hosts) that its hosts are looked at in. */
export interface LearningSource {
  readonly table: RecordTable;
  readonly filter: RowFilter;
}

/** What any run of the machine works on and with. */
export interface LearningInput<Request> {
  readonly sources: readonly LearningSource[];
  readonly request: Request;
  /** How many threads `createThread` may be asked for; the result does not depend on it. */
  readonly threads: number;
  /** Starts a thread on app/learn/kernels/learn-thread.ts; null: everything happens here. */
  readonly createThread: (() => Worker) | null;
  /** Bytes of memory that may be used: the system's own figure where none is given. */
  readonly availableMemory?: number;
}

/** Does work with threads that end with it. */
export async function withPool<T>(
  { threads, createThread }: Pick<LearningInput<unknown>, 'threads' | 'createThread'>,
  work: (pool: ThreadPool | null) => Promise<T>,
): Promise<T> {
  const pool = createThread !== null ? new ThreadPool(createThread, threads) : null;
  try {
    return await work(pool);
  } finally {
    await pool?.close();
  }
}

const nouns: Readonly<Record<Subject, string>> = { connections: 'connection', requests: 'request', hosts: 'host' };

/** "connection", "request", "host". */
export function nounOf(of: Subject): string {
  return nouns[of];
}

/** The records that take part. @throws FlowcaseError NOTHING_TO_CLUSTER, CANCELLED */
export async function selectSources(
  sources: readonly LearningSource[],
  { of, where }: { readonly of: Subject; readonly where: string },
  pace: Pace,
): Promise<readonly Selection[]> {
  const selections: Selection[] = [];
  for (const { table, filter } of sources) selections.push(await selectRows(table, filter, pace));
  if (selections.some(({ rows }) => rows > 0)) return selections;
  const records = of === 'requests' ? 'requests' : 'connections';
  const text = sources.every(({ table }) => table.rows === 0)
    ? `The case holds no ${records}. Import a log of ${records} first.`
    : `No ${nouns[of]} passes the filter “${where}”. Widen it and run again.`;
  throw new FlowcaseError('NOTHING_TO_CLUSTER', text, { where });
}

/** Rows of all of them. */
export function rowsOf(selections: readonly Selection[]): number {
  return selections.reduce((sum, { rows }) => sum + rows, 0);
}

/** The recipe of this name; without one, that made for such rows, and for Tstat's logs that of all its columns. @throws FlowcaseError PARAMETER */
export function recipeFor(name: string, of: Subject, sources: readonly Pick<LearningSource, 'table'>[]): Recipe {
  return recipeNamed(name === '' ? defaultRecipe(of, sources) : name);
}

/** A column that Tstat alone has. */
const TSTAT = 'c_bytes_uniq';

function defaultRecipe(of: Subject, sources: readonly Pick<LearningSource, 'table'>[]): string {
  if (of === 'hosts') return 'host-v1';
  if (of === 'requests') return 'request-v1';
  return sources.some(({ table }) => table.column(TSTAT) !== undefined) ? 'tstat-v1' : 'conn-v2';
}
