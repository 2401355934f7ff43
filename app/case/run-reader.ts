import type Database from 'better-sqlite3';
import type { ByteCache } from '../columns/byte-cache.ts';
import { countIds, decodeIds, sortedIds } from '../columns/varint.ts';
import type { RecordKind } from '../contract/case.ts';
import { severities, type Finding } from '../contract/records.ts';
import { recordKindOf } from '../contract/runs.ts';
import type {
  ClusterRequest,
  ClusterSummary,
  FeatureInfo,
  PictureKind,
  RunDetail,
  RunSummary,
  Scatter,
  Subject,
} from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import type { ChunkAssignment, HostAssignment, NewPicture } from '../shared/run-outcome.ts';
import { LearningReader, otherTask, pointsOf } from './learning-reader.ts';
import { readCauses, readClusterDetail, readRequest, readSummary } from './run-defaults.ts';
import { keptOf, readAssignment, readHostAssignment, selectRun, type RunRow } from './run-rows.ts';
import type { Snapshot } from './snapshot.ts';
import type { FindingQuery } from './types.ts';

interface ClusterRow {
  readonly cluster: number;
  readonly name: string;
  readonly auto_name: string;
  readonly suspect: number;
  readonly size: number;
  readonly detail: string;
}
/** What the record ids of a run, or of its findings, are ids of. */
const ofFinding = `coalesce("of", (SELECT CASE WHEN json_valid(summary) THEN CASE
  WHEN summary ->> '$.of' = 'hosts' AND json_valid(detail) AND detail ->> '$.restsOn' = 'requests' THEN 'requests'
  ELSE summary ->> '$.of' END END FROM run WHERE run.id = finding.run), 'connections')`;
interface FindingRow extends Omit<Finding, 'records' | 'count' | 'causes'> {
  readonly records: string;
  readonly causes: string | null;
  readonly ids: Uint8Array | null;
}

/** Findings that hold: of the latest run of each task and method over each kind of thing, and of no run. A damaged run counts as one of its own. */
export const currentFindings = `(run IS NULL OR run IN (
  SELECT max(id) FROM run GROUP BY CASE WHEN json_valid(summary) THEN json_array(task, summary ->> '$.of', summary ->> '$.method') ELSE id END))`;

/** What of the case's records is asked for here. */
export interface RecordsOfCase {
  isThere(kind: RecordKind, record: number): boolean;
  hostText(id: number): string;
}

/** What clusterings left in the case, and labels and findings of runs of any task. Records that were removed since are left out of what names records. */
export class RunReader {
  readonly #db: Database.Database;
  readonly #records: RecordsOfCase;
  readonly #snapshot: Snapshot;
  readonly #assignments: ByteCache<ChunkAssignment>;
  readonly #hostAssignments = new Map<number, HostAssignment | null>();
  readonly #runs = new Map<number, RunRow | null>();

  constructor(db: Database.Database, records: RecordsOfCase, snapshot: Snapshot, assignments: ByteCache<ChunkAssignment>) {
    this.#assignments = assignments;
    this.#db = db;
    this.#records = records;
    this.#snapshot = snapshot;
  }

  /** The latest first. */
  list(): RunSummary[] {
    return this.#db.prepare<[], RunRow>(`${selectRun} WHERE task = 'cluster' ORDER BY id DESC`).all().map(summaryOf);
  }

  detail(id: number): RunDetail {
    const row = this.#clustering(id);
    const odd = JSON.parse(row.odd) as RunDetail['odd'];
    return {
      run: summaryOf(row),
      features: JSON.parse(row.features) as FeatureInfo[],
      clusters: this.#clusters(row),
      odd,
      curve: JSON.parse(row.curve) as RunDetail['curve'],
    };
  }

  request(id: number): ClusterRequest {
    const { request, summary } = this.#clustering(id);
    return readRequest(request, summary);
  }

  assignment(run: number, chunk: number): ChunkAssignment | null {
    const key = run * 2 ** 32 + chunk;
    const cached = this.#assignments.get(key);
    if (cached !== undefined) return cached;
    const read = readAssignment(this.#db, run, chunk);
    if (read === null) return null;
    this.#assignments.set(key, read, read.labels.length * 10);
    return read;
  }

  /** null where the rows of the run are records. */
  hostAssignment(run: number): HostAssignment | null {
    let found = this.#hostAssignments.get(run);
    if (found === undefined) this.#hostAssignments.set(run, (found = readHostAssignment(this.#db, run)));
    return found;
  }

  scatter(run: number, points: number): Scatter {
    const { of, rows } = summaryOf(this.#clustering(run));
    const row = this.#db
      .prepare<[number], { variance: number; ids: Uint8Array; x: Uint8Array; y: Uint8Array; cluster: Uint8Array }>(
        'SELECT variance, ids, x, y, cluster FROM scatter WHERE run = ?',
      )
      .get(run);
    if (row === undefined)
      throw new FlowcaseError('CASE_DAMAGED', `The picture of run ${run} is missing from the case. Verify the case.`, { run });
    return { run, picture: 'pca', variance: row.variance, total: rows, ...this.#points(run, of, pointsOf(row), points) };
  }

  /** UMAP. @throws NOT_FOUND where it was not made yet */
  picture(run: number, kind: PictureKind, points: number): Scatter {
    if (kind === 'pca') return this.scatter(run, points);
    const { of, rows } = summaryOf(this.#clustering(run));
    const made = new LearningReader(this.#db).picture(run, kind);
    if (made === null) {
      throw new FlowcaseError('NOT_FOUND', `Run ${run} has no picture by ${kind.toUpperCase()} yet. Have it made first.`, {
        run,
        picture: kind,
      });
    }
    return { run, picture: kind, variance: null, total: rows, ...this.#points(run, of, made, points) };
  }

  /** The first of the points whose records are still there; hosts stay. */
  #points(run: number, of: Subject, all: NewPicture, points: number): Pick<Scatter, 'x' | 'y' | 'cluster' | 'id' | 'hosts' | 'drawn'> {
    const cut = (drawn: number): NewPicture => ({
      x: all.x.slice(0, drawn),
      y: all.y.slice(0, drawn),
      cluster: all.cluster.slice(0, drawn),
      id: all.id.slice(0, drawn),
    });
    if (of === 'hosts' || this.#need(run).lost === 0) {
      const shown = cut(points);
      const hosts = of === 'hosts' ? Array.from(shown.id, (id) => this.#records.hostText(id)) : null;
      return { ...shown, hosts, drawn: shown.id.length };
    }
    const kept = Array.from({ length: all.id.length }, (_, i) => i)
      .filter((i) => this.#records.isThere(recordKindOf(of), all.id[i]))
      .slice(0, points);
    return {
      x: Float32Array.from(kept, (i) => all.x[i]),
      y: Float32Array.from(kept, (i) => all.y[i]),
      cluster: Uint16Array.from(kept, (i) => all.cluster[i]),
      id: Float64Array.from(kept, (i) => all.id[i]),
      hosts: null,
      drawn: kept.length,
    };
  }

  /** The most severe first, then by score; scores of different detectors cannot be compared. */
  findings({ host, run, all }: FindingQuery): Finding[] {
    const which = run !== undefined ? 'run = @run' : all === true ? 'TRUE' : currentFindings;
    const rows = this.#db
      .prepare<[{ host: string | null; run: number | null }], FindingRow>(
        `SELECT id, kind, title, subject, host, score, severity, why, doubt, records, run, created, ids, causes, ${ofFinding} AS of FROM finding
         WHERE (@host IS NULL OR host = @host) AND ${which} ORDER BY score DESC, id`,
      )
      .all({ host: host ?? null, run: run ?? null });
    return rows
      .map(({ ids, causes, ...row }) => {
        const records = (JSON.parse(row.records) as number[]).filter(this.#isThere(row.of));
        return { ...row, causes: readCauses(causes), records, count: ids === null ? records.length : this.#countThere(ids, row) };
      })
      .sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
  }

  /** Every record that a finding rests on and that is still there, ascending. @throws NOT_FOUND */
  findingRecords(id: number): Float64Array {
    const row = this.#db
      .prepare<[number], Pick<FindingRow, 'ids' | 'records' | 'of'>>(`SELECT ids, records, ${ofFinding} AS of FROM finding WHERE id = ?`)
      .get(id);
    if (row === undefined) throw new FlowcaseError('NOT_FOUND', `There is no finding ${id} in this case.`, { finding: id });
    const ids = row.ids === null ? sortedIds(JSON.parse(row.records) as number[]) : decodeIds(row.ids);
    return ids.filter(this.#isThere(row.of));
  }

  /** Only where evidence was removed since is there a difference to what was written. */
  #countThere(ids: Uint8Array, { run, of }: Pick<FindingRow, 'run' | 'of'>): number {
    if (run !== null && this.#need(run).lost === 0) return countIds(ids);
    return decodeIds(ids).filter(this.#isThere(of)).length;
  }

  #isThere(of: Subject): (record: number) => boolean {
    const kind = recordKindOf(of);
    return (record) => this.#records.isThere(kind, record);
  }

  #clusters(row: RunRow): ClusterSummary[] {
    const run = row.id;
    const isThere = this.#isThere(summaryOf(row).of);
    const tagsOf = new Map<number, number[]>();
    for (const tagging of this.#snapshot.taggings) {
      if (tagging.type !== 'cluster' || tagging.run !== run || tagging.cluster === null) continue;
      const tags = tagsOf.get(tagging.cluster) ?? [];
      if (!tags.includes(tagging.tag)) tags.push(tagging.tag);
      tagsOf.set(tagging.cluster, tags);
    }
    return this.#db
      .prepare<[number], ClusterRow>('SELECT cluster, name, auto_name, suspect, size, detail FROM cluster WHERE run = ? ORDER BY cluster')
      .all(run)
      .map(({ cluster, name, size, auto_name: autoName, suspect, detail }) => {
        const told = readClusterDetail(detail);
        const typical = told.typical !== null && isThere(told.typical) ? told.typical : null;
        return { ...told, cluster, name, autoName, suspect: suspect !== 0, size, typical, tags: tagsOf.get(cluster) ?? [] };
      });
  }

  #clustering(id: number): RunRow {
    const row = this.#need(id);
    if (row.task !== 'cluster') throw otherTask(row, 'cluster');
    return row;
  }

  #need(id: number): RunRow {
    let row = this.#runs.get(id);
    if (row === undefined) {
      row = this.#db.prepare<[number], RunRow>(`${selectRun} WHERE id = ?`).get(id) ?? null;
      this.#runs.set(id, row);
    }
    if (row === null) throw new FlowcaseError('NOT_FOUND', `There is no run ${id} in this case.`, { run: id });
    return row;
  }
}

function summaryOf(row: RunRow): RunSummary {
  return keptOf(row, readSummary(row.summary));
}
