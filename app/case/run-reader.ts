import type Database from 'better-sqlite3';
import type { ByteCache } from '../columns/byte-cache.ts';
import { elements } from '../columns/bytes.ts';
import { countIds, decodeIds, sortedIds } from '../columns/varint.ts';
import { plural } from '../contract/format.ts';
import { severities, type Finding } from '../contract/records.ts';
import type { ClusterRequest, ClusterSummary, FeatureInfo, RunDetail, RunSummary, Scatter } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import type { ChunkAssignment } from '../shared/run-outcome.ts';
import type { Snapshot } from './snapshot.ts';
import type { FindingQuery } from './types.ts';

interface RunRow {
  readonly id: number;
  readonly created: number;
  readonly by: string;
  readonly program: string;
  readonly request: string;
  readonly summary: string;
  readonly features: string;
  readonly odd: string;
  readonly curve: string;
  /** Rows of records that took part and were removed since. */
  readonly lost: number;
}
interface ClusterRow {
  readonly cluster: number;
  readonly name: string;
  readonly auto_name: string;
  readonly suspect: number;
  readonly size: number;
  readonly detail: string;
}
interface AssignmentRow {
  readonly labels: Uint8Array | null;
  readonly distance: Uint8Array | null;
  readonly z: Uint8Array | null;
}
interface FindingRow extends Omit<Finding, 'records' | 'count'> {
  readonly records: string;
  readonly ids: Uint8Array | null;
}

const selectRun = `SELECT id, created, by, program, request, summary, features, odd, curve,
  (SELECT count(*) FROM assignment WHERE run = run.id AND labels IS NULL) AS lost FROM run`;

/** Findings that hold: of the latest run of each method over each kind of thing, and of no run. A damaged run counts as one of its own. */
export const currentFindings = `(run IS NULL OR run IN (
  SELECT max(id) FROM run GROUP BY CASE WHEN json_valid(summary) THEN json_array(summary ->> '$.of', summary ->> '$.method') ELSE id END))`;

/** What runs left in the case. Records that were removed since are left out of what names records. */
export class RunReader {
  readonly #db: Database.Database;
  readonly #isThere: (record: number) => boolean;
  readonly #snapshot: Snapshot;
  readonly #assignments: ByteCache<ChunkAssignment>;
  readonly #runs = new Map<number, RunRow | null>();

  constructor(db: Database.Database, isThere: (record: number) => boolean, snapshot: Snapshot, assignments: ByteCache<ChunkAssignment>) {
    this.#assignments = assignments;
    this.#db = db;
    this.#isThere = isThere;
    this.#snapshot = snapshot;
  }

  /** The latest first. */
  list(): RunSummary[] {
    return this.#db.prepare<[], RunRow>(`${selectRun} ORDER BY id DESC`).all().map(summaryOf);
  }

  detail(id: number): RunDetail {
    const row = this.#need(id);
    const odd = JSON.parse(row.odd) as RunDetail['odd'];
    return {
      run: summaryOf(row),
      features: JSON.parse(row.features) as FeatureInfo[],
      clusters: this.#clusters(id),
      odd,
      curve: JSON.parse(row.curve) as RunDetail['curve'],
    };
  }

  request(id: number): ClusterRequest {
    return JSON.parse(this.#need(id).request) as ClusterRequest;
  }

  assignment(run: number, chunk: number): ChunkAssignment | null {
    const key = run * 2 ** 32 + chunk;
    const cached = this.#assignments.get(key);
    if (cached !== undefined) return cached;
    const row = this.#db
      .prepare<[number, number], AssignmentRow>('SELECT labels, distance, z FROM assignment WHERE run = ? AND chunk = ?')
      .get(run, chunk);
    if (row === undefined || row.labels === null || row.distance === null || row.z === null) return null;
    const rows = row.labels.byteLength / 2;
    const read = {
      chunk,
      labels: elements(Uint16Array, row.labels, 0, rows),
      distance: elements(Float32Array, row.distance, 0, rows),
      z: elements(Float32Array, row.z, 0, rows),
    };
    this.#assignments.set(key, read, rows * 10);
    return read;
  }

  scatter(run: number, points: number): Scatter {
    const summary = summaryOf(this.#need(run));
    const row = this.#db
      .prepare<[number], { variance: number; ids: Uint8Array; x: Uint8Array; y: Uint8Array; cluster: Uint8Array }>(
        'SELECT variance, ids, x, y, cluster FROM scatter WHERE run = ?',
      )
      .get(run);
    if (row === undefined)
      throw new FlowcaseError('CASE_DAMAGED', `The picture of run ${run} is missing from the case. Verify the case.`, { run });
    const all = row.ids.byteLength / 8;
    const id = elements(Float64Array, row.ids, 0, all);
    const x = elements(Float32Array, row.x, 0, all);
    const y = elements(Float32Array, row.y, 0, all);
    const cluster = elements(Uint16Array, row.cluster, 0, all);
    const drawn = Math.min(points, all);
    const shared = { run, variance: row.variance, total: summary.rows };
    if (this.#need(run).lost === 0) {
      const cut = { x: x.slice(0, drawn), y: y.slice(0, drawn), cluster: cluster.slice(0, drawn), id: id.slice(0, drawn) };
      return { ...shared, ...cut, drawn };
    }
    const kept = Array.from({ length: all }, (_, i) => i)
      .filter((i) => this.#isThere(id[i]))
      .slice(0, points);
    return {
      ...shared,
      x: Float32Array.from(kept, (i) => x[i]),
      y: Float32Array.from(kept, (i) => y[i]),
      cluster: Uint16Array.from(kept, (i) => cluster[i]),
      id: Float64Array.from(kept, (i) => id[i]),
      drawn: kept.length,
    };
  }

  /** The most severe first, then by score; scores of different detectors cannot be compared. */
  findings({ host, run, all }: FindingQuery): Finding[] {
    const which = run !== undefined ? 'run = @run' : all === true ? 'TRUE' : currentFindings;
    const rows = this.#db
      .prepare<[{ host: string | null; run: number | null }], FindingRow>(
        `SELECT id, kind, title, subject, host, score, severity, why, doubt, records, run, created, ids FROM finding
         WHERE (@host IS NULL OR host = @host) AND ${which} ORDER BY score DESC, id`,
      )
      .all({ host: host ?? null, run: run ?? null });
    return rows
      .map(({ ids, ...row }) => {
        const records = (JSON.parse(row.records) as number[]).filter(this.#isThere);
        return { ...row, records, count: ids === null ? records.length : this.#countThere(ids, row.run) };
      })
      .sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
  }

  /** Every record that a finding rests on and that is still there, ascending. @throws NOT_FOUND */
  findingRecords(id: number): Float64Array {
    const row = this.#db.prepare<[number], Pick<FindingRow, 'ids' | 'records'>>('SELECT ids, records FROM finding WHERE id = ?').get(id);
    if (row === undefined) throw new FlowcaseError('NOT_FOUND', `There is no finding ${id} in this case.`, { finding: id });
    const ids = row.ids === null ? sortedIds(JSON.parse(row.records) as number[]) : decodeIds(row.ids);
    return ids.filter(this.#isThere);
  }

  /** Only where evidence was removed since is there a difference to what was written. */
  #countThere(ids: Uint8Array, run: number | null): number {
    if (run !== null && this.#need(run).lost === 0) return countIds(ids);
    return decodeIds(ids).filter(this.#isThere).length;
  }

  #clusters(run: number): ClusterSummary[] {
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
      .map((row) => {
        const detail = JSON.parse(row.detail) as Omit<ClusterSummary, 'cluster' | 'name' | 'autoName' | 'suspect' | 'size' | 'tags'>;
        const typical = detail.typical !== null && this.#isThere(detail.typical) ? detail.typical : null;
        const { cluster, name, size } = row;
        return {
          ...detail,
          cluster,
          name,
          autoName: row.auto_name,
          suspect: row.suspect !== 0,
          size,
          typical,
          tags: tagsOf.get(cluster) ?? [],
        };
      });
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
  const summary = JSON.parse(row.summary) as Omit<RunSummary, 'id' | 'created' | 'by' | 'program'>;
  const lost = `Evidence was removed since: ${plural(row.lost, 'chunk')} of the records that took part are no longer in the case, so this run cannot be repeated as it was.`;
  const remarks = row.lost === 0 ? summary.remarks : [...summary.remarks, lost];
  return { ...summary, id: row.id, created: row.created, by: row.by, program: row.program, remarks };
}
