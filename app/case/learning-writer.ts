import { createHash } from 'node:crypto';
import { plural } from '../contract/format.ts';
import type { Crosscheck } from '../contract/models.ts';
import type { PictureKind } from '../contract/runs.ts';
import { bytesOf } from '../columns/bytes.ts';
import { FlowcaseError } from '../errors.ts';
import type { LearnedSummaries, LearnedTask, LearningOutcome, NewCrosscheck, NewPicture } from '../shared/run-outcome.ts';
import { canonicalJson } from './canonical.ts';
import { crosscheckDigest, pictureDigest, runDigest } from './run-digest.ts';
import { checkChunks, insertParts } from './run-parts.ts';
import type { CaseWork } from './work.ts';

/**
 * Keeps what a run of another task than clustering gave, complete, in one transaction. `request`: all that it takes to repeat it, as JSON.
 * @throws FlowcaseError NOT_FOUND where records that took part were removed while it ran
 */
export function saveLearning<T extends LearnedTask>(work: CaseWork, request: unknown, outcome: LearningOutcome<T>): LearnedSummaries[T] {
  const { db } = work;
  const { summary, model } = outcome;
  const { result } = work.change((at) => {
    checkChunks(db, outcome);
    const inserted = db
      .prepare(
        `INSERT INTO run(created, by, program, task, request, summary, detail, features, odd, curve, centres) VALUES (?,?,?,?,?,?,?,?,'null','[]',x'')`,
      )
      .run(
        at,
        work.who.toWellFormed(),
        work.program,
        summary.task,
        canonicalJson(request),
        canonicalJson(summary),
        canonicalJson(outcome.detail),
        canonicalJson(outcome.features),
      );
    const id = Number(inserted.lastInsertRowid);
    const sha256 = model === null ? null : createHash('sha256').update(model.file).digest('hex');
    if (model !== null) {
      db.prepare('INSERT INTO model(run, name, sha256, file) VALUES (?,?,?,?)').run(id, model.name.toWellFormed(), sha256, model.file);
    }
    insertParts(db, id, at, outcome);
    const kept = { ...summary, id, created: at, by: work.who, program: work.program } as unknown as LearnedSummaries[T];
    const { task, rows, fingerprint, input } = summary;
    const details = { run: id, task, request, rows, fingerprint, input, model: sha256, digest: runDigest(db, id) };
    const told = `${outcome.words} (run ${id}, recipe ${summary.recipe}, seed ${summary.seed}); ${plural(outcome.findings.length, 'finding')}.`;
    return { result: kept, act: { act: 'run.saved', summary: told, details } };
  });
  return result;
}

/** Keeps a second opinion on a run. @throws FlowcaseError NOT_FOUND */
export function saveCrosscheck(work: CaseWork, crosscheck: NewCrosscheck): Crosscheck {
  const { db } = work;
  const { run, ...result } = crosscheck;
  return work.change((at) => {
    needRun(work, run);
    const inserted = db
      .prepare('INSERT INTO crosscheck(run, created, by, program, result) VALUES (?,?,?,?,?)')
      .run(run, at, work.who.toWellFormed(), work.program, canonicalJson(result));
    const id = Number(inserted.lastInsertRowid);
    const details = { crosscheck: id, run, tool: result.tool, rows: result.rows, agrees: result.agrees, digest: crosscheckDigest(db, id) };
    const summary = `Checked run ${run} with ${result.tool}: ${result.words}`;
    return {
      result: { ...crosscheck, id, created: at, by: work.who, program: work.program },
      act: { act: 'run.crosschecked', summary, details },
    };
  }).result;
}

/** Keeps a picture of a run; one that is there already stays. @throws FlowcaseError NOT_FOUND */
export function savePicture(work: CaseWork, run: number, kind: PictureKind, picture: NewPicture): void {
  const { db } = work;
  const there = db.prepare<[number, string], number>('SELECT 1 FROM picture WHERE run = ? AND kind = ?').pluck();
  if (there.get(run, kind) !== undefined) return;
  work.change((at) => {
    needRun(work, run);
    db.prepare('INSERT INTO picture(run, kind, created, by, program, ids, x, y, cluster) VALUES (?,?,?,?,?,?,?,?,?)').run(
      run,
      kind,
      at,
      work.who.toWellFormed(),
      work.program,
      bytesOf(picture.id),
      bytesOf(picture.x),
      bytesOf(picture.y),
      bytesOf(picture.cluster),
    );
    const summary = `Made a picture of run ${run} with ${kind.toUpperCase()} (${plural(picture.id.length, 'point')}).`;
    return { result: null, act: { act: 'run.pictured', summary, details: { run, picture: kind, digest: pictureDigest(db, run, kind) } } };
  });
}

function needRun({ db }: CaseWork, run: number): void {
  if (db.prepare<[number], number>('SELECT 1 FROM run WHERE id = ?').pluck().get(run) !== undefined) return;
  throw new FlowcaseError('NOT_FOUND', `There is no run ${run} in this case.`, { run });
}
