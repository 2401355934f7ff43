import type { CaseReader } from '../case/types.ts';
import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import { recordKindOf } from '../contract/runs.ts';
import type { RunSummary } from '../contract/runs.ts';
import { hostRowIndex } from '../runs/host-row-index.ts';
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
  readonly #windowed: boolean;
  readonly #hosts: HostAssignment;
  readonly #rowOf: (host: number, time: number) => number | undefined;
  readonly #chunks = new Map<number, ChunkView>();

  constructor(table: RecordTable, hosts: HostAssignment, window: number | null) {
    this.#table = table;
    this.#hosts = hosts;
    this.#windowed = hosts.windows !== null;
    this.#rowOf = hostRowIndex(hosts, window);
    for (const chunk of table.chunks) this.#chunks.set(chunk.id, chunk);
  }

  /** What the run says of one record; null where it says nothing. */
  of(chunk: ChunkView, index: number): RecordCluster | null {
    const row = this.#rowsOf(chunk)?.(index);
    const { labels, distance, z } = this.#hosts;
    return row === undefined ? null : { cluster: labels[row], distance: distance[row], z: z[row] };
  }

  /** For the rows of a chunk the row of the assignment; null where they name no host. */
  #rowsOf(chunk: ChunkView): ((index: number) => number | undefined) | null {
    if (this.#table.column('orig_h')?.storage !== 'dictionary') return null;
    const ids = chunk.ids('orig_h');
    const times = this.#windowed ? chunk.numbers('ts') : null;
    return (index) => this.#rowOf(ids[index], times === null ? 0 : times[index]);
  }

  /** null where the records name no host, or the chunk is none of the table. */
  assignment(id: number): ChunkAssignment | null {
    const chunk = this.#chunks.get(id);
    if (chunk === undefined) return null;
    const rowOf = this.#rowsOf(chunk);
    if (rowOf === null) return null;
    const labels = new Uint16Array(chunk.rows);
    const distance = new Float32Array(chunk.rows).fill(Number.NaN);
    const z = new Float32Array(chunk.rows).fill(Number.NaN);
    for (let i = 0; i < chunk.rows; i++) {
      const row = rowOf(i);
      if (row === undefined) continue;
      labels[i] = this.#hosts.labels[row];
      distance[i] = this.#hosts.distance[row];
      z[i] = this.#hosts.z[row];
    }
    return { chunk: id, labels, distance, z };
  }
}

/** What a clustering says of one record. */
export interface RecordCluster {
  readonly cluster: number;
  readonly distance: number;
  readonly z: number;
}

/** Every clustering as one table sees it, whatever its rows are. */
export class ClustersOver {
  readonly #reader: CaseReader;
  readonly #table: RecordTable;
  readonly #hosts = new Map<number, HostClusters | null>();

  constructor(reader: CaseReader, table: RecordTable) {
    this.#reader = reader;
    this.#table = table;
  }

  assignment(run: number, chunk: number): ChunkAssignment | null {
    const hosts = this.#hostsOf(run);
    return hosts === null ? this.#reader.assignment(run, chunk) : hosts.assignment(chunk);
  }

  /** null where the run has no cluster for it. */
  of(run: number, chunk: ChunkView, index: number): RecordCluster | null {
    const hosts = this.#hostsOf(run);
    if (hosts !== null) return hosts.of(chunk, index);
    const found = this.#reader.assignment(run, chunk.id);
    const cluster = found?.labels[index] ?? 0;
    return found === null || cluster === 0 ? null : { cluster, distance: found.distance[index], z: found.z[index] };
  }

  #hostsOf(run: number): HostClusters | null {
    let hosts = this.#hosts.get(run);
    if (hosts === undefined) {
      const assignment = this.#reader.hostAssignment(run);
      hosts = assignment === null ? null : new HostClusters(this.#table, assignment, windowOf(this.#reader, run));
      this.#hosts.set(run, hosts);
    }
    return hosts;
  }
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
