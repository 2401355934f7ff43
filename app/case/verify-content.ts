import type Database from 'better-sqlite3';
import type { CaseInfo } from '../contract/case.ts';
import { canonicalJson } from './canonical.ts';
import type { Expected } from './replay.ts';
import { assignmentDigest, crosscheckDigest, findingDigest, pictureDigest, runDigest } from './run-digest.ts';
import { idsOfTagging, listTaggings, listTags, taggingState } from './tag-rows.ts';

/** What differs between the case and its custody log, beside evidence: one sentence each. */
export function* contentDifferences(db: Database.Database, info: CaseInfo, expected: Expected): Generator<string> {
  for (const [key, value] of Object.entries(expected.fields)) {
    const found = (info as unknown as Readonly<Record<string, unknown>>)[key];
    if (found !== value) yield `The case's ${key} is '${String(found)}'; the custody log says '${String(value)}'.`;
  }
  yield* runDifferences(db, expected);
  yield* additionDifferences(db, expected);
  yield* clusterDifferences(db, expected);
  yield* tagDifferences(db, expected);
}

function* runDifferences(db: Database.Database, expected: Expected): Generator<string> {
  const runs = new Set(db.prepare<[], number>('SELECT id FROM run').pluck().all());
  for (const run of runs) if (!expected.runs.has(run)) yield `Run ${run} is not in the custody log.`;
  for (const [run, digest] of expected.runs) {
    if (!runs.has(run)) yield `Run ${run} is in the custody log, but no longer in the case.`;
    else if (runDigest(db, run) !== digest) yield `The results of run ${run} were changed after they were saved.`;
    else yield* assignmentDifferences(db, run);
  }
  yield* alertDifferences(db, expected);
  for (const table of ['cluster', 'assignment', 'host_assignment', 'scatter', 'finding', 'model', 'picture', 'crosscheck']) {
    // findings of no run are those that alerts wrote: they are compared above
    const runless = table === 'finding' ? 'run IS NOT NULL AND' : 'run IS NULL OR';
    const strays = db.prepare<[], number>(`SELECT count(*) FROM ${table} WHERE ${runless} run NOT IN (SELECT id FROM run)`).pluck().get();
    if (strays !== 0) yield `The table of ${table.replace('_', ' ')}s has rows that belong to no run.`;
  }
}

/** Findings of no run are those that alerts wrote. */
function* alertDifferences(db: Database.Database, expected: Expected): Generator<string> {
  const found = new Set(db.prepare<[], number>('SELECT id FROM finding WHERE run IS NULL').pluck().all());
  for (const id of new Set([...found, ...expected.alerts.keys()])) {
    if (!found.has(id)) yield `The finding ${id} of an alert is in the custody log, but no longer in the case.`;
    else if (expected.alerts.get(id) !== findingDigest(db, id)) yield `The finding ${id} is not what the custody log says.`;
  }
}

interface AssignmentRow {
  readonly chunk: number;
  readonly digest: string;
  readonly labels: Uint8Array | null;
  readonly distance: Uint8Array | null;
  readonly z: Uint8Array | null;
  readonly there: number;
}

function* assignmentDifferences(db: Database.Database, run: number): Generator<string> {
  const rows = db.prepare<[number], AssignmentRow>(
    'SELECT chunk, digest, labels, distance, z, EXISTS (SELECT 1 FROM chunk WHERE chunk.id = assignment.chunk) AS there FROM assignment WHERE run = ?',
  );
  for (const { chunk, digest, labels, distance, z, there } of rows.iterate(run)) {
    // Labels go with the evidence; the digest stays.
    if (labels === null && distance === null && z === null && there === 0) continue;
    const whole = labels !== null && distance !== null && z !== null;
    if (!whole || assignmentDigest(chunk, { labels, distance, z }) !== digest) {
      yield `The labels that run ${run} gave were changed after they were saved.`;
      return;
    }
  }
}

/** What was added to runs after they were saved: second opinions and pictures. */
function* additionDifferences(db: Database.Database, expected: Expected): Generator<string> {
  const crosschecks = new Set(db.prepare<[], number>('SELECT id FROM crosscheck').pluck().all());
  for (const id of new Set([...crosschecks, ...expected.crosschecks.keys()])) {
    if (!crosschecks.has(id)) yield `The second opinion ${id} is in the custody log, but no longer in the case.`;
    else if (expected.crosschecks.get(id) !== crosscheckDigest(db, id)) yield `The second opinion ${id} is not what the custody log says.`;
  }
  const pictures = db.prepare<[], { run: number; kind: string }>('SELECT run, kind FROM picture').all();
  const there = new Map(pictures.map(({ run, kind }) => [`${run}:${kind}`, pictureDigest(db, run, kind)]));
  for (const place of new Set([...there.keys(), ...expected.pictures.keys()])) {
    if (there.get(place) !== expected.pictures.get(place)) yield `The picture ${place} of a run is not what the custody log says.`;
  }
}

function* clusterDifferences(db: Database.Database, expected: Expected): Generator<string> {
  const rows = db.prepare<[], { run: number; cluster: number; name: string; suspect: number }>(
    'SELECT run, cluster, name, suspect FROM cluster',
  );
  for (const { run, cluster, name, suspect } of rows.iterate()) {
    const wanted = expected.clusters.get(`${run}:${cluster}`) ?? canonicalJson({ name: '', suspect: false });
    if (canonicalJson({ name, suspect: suspect !== 0 }) !== wanted)
      yield `Name or mark of cluster ${cluster} of run ${run} is not what the custody log says.`;
  }
}

function* tagDifferences(db: Database.Database, expected: Expected): Generator<string> {
  const tags = new Map(listTags(db).map((tag) => [tag.id, tag]));
  const seen = new Set<number>();
  const used = new Set<number>();
  for (const row of listTaggings(db)) {
    seen.add(row.id);
    used.add(row.tag);
    const wanted = expected.taggings.get(row.id);
    const name = tags.get(row.tag)?.name ?? '';
    if (wanted === undefined) yield `The act of tagging ${row.id} ('${name}') is not in the custody log.`;
    else if (canonicalJson(taggingState(row, name, idsOfTagging(db, row.id))) !== wanted) {
      yield `The act of tagging ${row.id} ('${name}') was changed after it was recorded.`;
    }
  }
  for (const id of expected.taggings.keys())
    if (!seen.has(id)) yield `The act of tagging ${id} is in the custody log, but no longer in the case.`;
  for (const { id, name, color } of tags.values()) {
    if (!used.has(id) || expected.colors.get(name) !== color) yield `The tag '${name}' is not what the custody log says.`;
  }
}
