import type { CaseReader } from '../case/types.ts';
import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import { recordKindOf } from '../contract/runs.ts';
import type { RunSummary } from '../contract/runs.ts';
import type { ChunkAssignment, HostAssignment } from '../shared/run-outcome.ts';

/** Clusterings that say something of records of this kind: those over them, and those over hosts; the latest first. */
export function runsOver(runs: readonly RunSummary[], kind: RecordKind): readonly RunSummary[] {
  if (kind !== 'connection' && kind !== 'request') return [];
  return runs.filter(({ of }) => of === 'hosts' || recordKindOf(of) === kind);
}

/**
 * What a run over hosts says of records: each has the cluster of the host that began it, in the window in which it began where the run has
 * windows. Kept by chunk, as the filter asks chunk by chunk.
 */
export class HostClusters {
  readonly #table: RecordTable;
  readonly #window: number | null;
  readonly #hosts: HostAssignment;
  /** Host → window (0 without windows) → row of the assignment. */
  readonly #rows = new Map<number, Map<number, number>>();
  readonly #chunks = new Map<number, ChunkView>();

  constructor(table: RecordTable, hosts: HostAssignment, window: number | null) {
    this.#table = table;
    this.#hosts = hosts;
    this.#window = hosts.windows === null ? null : window;
    hosts.hosts.forEach((host, row) => {
      const own = this.#rows.get(host) ?? new Map<number, number>();
      this.#rows.set(host, own.set(hosts.windows === null ? 0 : hosts.windows[row], row));
    });
    for (const chunk of table.chunks) this.#chunks.set(chunk.id, chunk);
  }

  /** null where the records name no host, or the chunk is none of the table. */
  assignment(id: number): ChunkAssignment | null {
    const chunk = this.#chunks.get(id);
    const column = this.#table.column('orig_h');
    if (chunk === undefined || column?.storage !== 'dictionary') return null;
    const ids = chunk.ids('orig_h');
    const times = this.#window === null ? null : chunk.numbers('ts');
    const labels = new Uint16Array(chunk.rows);
    const distance = new Float32Array(chunk.rows).fill(Number.NaN);
    const z = new Float32Array(chunk.rows).fill(Number.NaN);
    for (let i = 0; i < chunk.rows; i++) {
      const row = this.#rows
        .get(ids[i])
        ?.get(times === null || this.#window === null ? 0 : Math.floor(times[i] / this.#window) * this.#window);
      if (row === undefined) continue;
      labels[i] = this.#hosts.labels[row];
      distance[i] = this.#hosts.distance[row];
      z[i] = this.#hosts.z[row];
    }
    return { chunk: id, labels, distance, z };
  }
}

/** Labels of any clustering for chunks of one table, whatever its rows are. */
export function assignmentsOver(reader: CaseReader, table: RecordTable): (run: number, chunk: number) => ChunkAssignment | null {
  const byRun = new Map<number, HostClusters | null>();
  return (run, chunk) => {
    let hosts = byRun.get(run);
    if (hosts === undefined) {
      const assignment = reader.hostAssignment(run);
      hosts = assignment === null ? null : new HostClusters(table, assignment, windowOf(reader, run));
      byRun.set(run, hosts);
    }
    return hosts === null ? reader.assignment(run, chunk) : hosts.assignment(chunk);
  };
}

function windowOf(reader: CaseReader, run: number): number | null {
  return reader.runs().find(({ id }) => id === run)?.window ?? null;
}

/** The hosts of a cluster, where the filter is nothing but one of a run over hosts ("cluster = 3", "cluster = 2:3"); else null. */
export function hostsOfCluster(reader: CaseReader, filter: string, run: number | undefined): ReadonlySet<number> | null {
  const parts = /^\s*cluster\s*=\s*(?:(\d{1,9}):)?(\d{1,9})\s*$/i.exec(filter);
  if (parts === null) return null;
  const named = parts[1] as string | undefined;
  const wanted = named === undefined ? (run ?? reader.runs().at(0)?.id) : Number(named);
  const found = wanted === undefined ? null : reader.hostAssignment(wanted);
  if (found === null) return null;
  const cluster = Number(parts[2]);
  return new Set(found.hosts.filter((_, row) => found.labels[row] === cluster));
}
