import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { goingOnFrom, leftAloneWords } from '../contract/goes-on.ts';
import { deleteRecords, getEvidence, listEvidence } from './evidence-rows.ts';
import type { CaseWork } from './work.ts';

/**
 * Removes a file and its records. What hangs on the records goes as follows:
 * - labels and distances that runs gave them: the values go, their digests stay, so that the runs can still be verified;
 * - tags on them, and findings that name them, stay as they were written; readers leave out records that are no longer there
 *   (a record number is never used again);
 * - columns that no record uses any more disappear; dictionary entries stay, for ids are for ever.
 * @throws FlowcaseError NOT_FOUND
 */
export function removeEvidence(work: CaseWork, id: number): void {
  const { db } = work;
  work.change(() => {
    const evidence = getEvidence(db, id);
    if (evidence === null) throw new FlowcaseError('NOT_FOUND', `There is no evidence ${id} in this case.`, { evidence: id });
    const ranges = db
      .prepare<[number], { first: number; rows: number }>(
        'SELECT first_row AS first, rows FROM chunk WHERE evidence = ? ORDER BY first_row',
      )
      .all(id);
    db.prepare(
      'UPDATE assignment SET labels = NULL, distance = NULL, z = NULL WHERE chunk IN (SELECT id FROM chunk WHERE evidence = ?)',
    ).run(id);
    deleteRecords(db, '= ?', id);
    db.prepare('DELETE FROM evidence WHERE id = ?').run(id);
    // its number may be given again
    db.prepare('DELETE FROM live_state WHERE key = ?').run(`place:${id}`);
    db.prepare('DELETE FROM column_spec WHERE id NOT IN (SELECT "column" FROM segment)').run();
    const { name, sha256, kind, rows } = evidence;
    const dependents = goingOnFrom(id, listEvidence(db));
    const range =
      ranges.length === 0 ? null : { first: ranges[0].first, last: ranges[ranges.length - 1].first + ranges[ranges.length - 1].rows - 1 };
    return {
      result: null,
      act: {
        act: 'evidence.removed',
        summary: `Removed ${name} and its ${plural(rows, 'record')} from the case; the original file was not touched.${dependents.length === 0 ? '' : ` ${leftAloneWords(dependents)}`}`,
        details: { evidence: id, name, sha256, kind, rows, range },
      },
    };
  });
}
