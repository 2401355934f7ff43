import type Database from 'better-sqlite3';
import { bytesOf } from '../columns/bytes.ts';
import { formatCount, plural } from '../contract/format.ts';
import { rowsWords } from '../contract/row-words.ts';
import type { ClusterRequest, RunSummary, Subject } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import { canonicalJson } from './canonical.ts';
import { runDigest } from './run-digest.ts';
import { checkChunks, insertParts } from './run-parts.ts';
import type { CaseWork } from './work.ts';

/**
 * Keeps what a run gave, complete, in one transaction.
 * @throws FlowcaseError NOT_FOUND where records that took part were removed while it ran
 */
export function saveRun(work: CaseWork, request: ClusterRequest, outcome: RunOutcome): RunSummary {
  const { db } = work;
  const { result } = work.change((at) => {
    checkChunks(db, outcome);
    const inserted = db
      .prepare('INSERT INTO run(created, by, program, request, summary, features, odd, curve, centres) VALUES (?,?,?,?,?,?,?,?,?)')
      .run(
        at,
        work.who.toWellFormed(),
        work.program,
        canonicalJson(request),
        canonicalJson(outcome.summary),
        canonicalJson(outcome.features),
        canonicalJson(outcome.odd),
        canonicalJson(outcome.curve),
        bytesOf(outcome.centres),
      );
    const id = Number(inserted.lastInsertRowid);
    insertClusters(db, id, outcome);
    insertScatter(db, id, outcome);
    insertParts(db, id, at, outcome);
    const run: RunSummary = { id, created: at, by: work.who, program: work.program, ...outcome.summary };
    const summary = `Grouped ${rowsWords(run, run.rows)} into ${plural(run.k, 'cluster')} (run ${id}, ${run.method}, recipe ${run.recipe}, seed ${run.seed}); ${plural(outcome.findings.length, 'finding')}.`;
    const details = {
      run: id,
      request,
      k: run.k,
      rows: run.rows,
      fingerprint: run.fingerprint,
      input: run.input,
      digest: runDigest(db, id),
    };
    return { result: run, act: { act: 'run.saved', summary, details } };
  });
  return result;
}

const nouns: Readonly<Record<Subject, string>> = { connections: 'connection', requests: 'request', hosts: 'host' };

export function nounOf(subject: Subject): string {
  return nouns[subject];
}

/** Names a cluster, or marks it suspect. @throws FlowcaseError NOT_FOUND */
export function nameCluster(
  work: CaseWork,
  run: number,
  cluster: number,
  change: { readonly name?: string | undefined; readonly suspect?: boolean | undefined },
): void {
  const { db } = work;
  work.change(() => {
    const before = db
      .prepare<[number, number], { name: string; suspect: number }>('SELECT name, suspect FROM cluster WHERE run = ? AND cluster = ?')
      .get(run, cluster);
    if (before === undefined) {
      throw new FlowcaseError('NOT_FOUND', `There is no cluster ${formatCount(cluster)} in run ${formatCount(run)} of this case.`, {
        run,
        cluster,
      });
    }
    const name = change.name?.toWellFormed() ?? before.name;
    const suspect = change.suspect ?? before.suspect !== 0;
    db.prepare('UPDATE cluster SET name = ?, suspect = ? WHERE run = ? AND cluster = ?').run(name, suspect ? 1 : 0, run, cluster);
    const said = [
      ...(change.name === undefined ? [] : [name === '' ? 'took its name away' : `named it '${name}'`]),
      ...(change.suspect === undefined ? [] : [suspect ? 'marked it suspect' : 'marked it not suspect']),
    ];
    const summary = `Cluster ${cluster} of run ${run}: ${said.length === 0 ? 'left as it was' : said.join(' and ')}.`;
    return { result: null, act: { act: 'cluster.named', summary, details: { run, cluster, name, suspect } } };
  });
}

function insertClusters(db: Database.Database, run: number, outcome: RunOutcome): void {
  const insert = db.prepare('INSERT INTO cluster(run, cluster, name, auto_name, suspect, size, detail) VALUES (?,?,?,?,?,?,?)');
  for (const { cluster, autoName, size, ...detail } of outcome.clusters) {
    insert.run(run, cluster, '', autoName.toWellFormed(), 0, size, canonicalJson(detail));
  }
}

function insertScatter(db: Database.Database, run: number, { scatter }: RunOutcome): void {
  db.prepare('INSERT INTO scatter(run, variance, ids, x, y, cluster) VALUES (?,?,?,?,?,?)').run(
    run,
    // A sample of one point has no variance.
    Number.isFinite(scatter.variance) ? scatter.variance : 0,
    bytesOf(scatter.id),
    bytesOf(scatter.x),
    bytesOf(scatter.y),
    bytesOf(scatter.cluster),
  );
}
