import type Database from 'better-sqlite3';
import { encodeIds, sortedIds } from '../columns/varint.ts';
import type { Tagging } from '../contract/acts.ts';
import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { canonicalJson } from './canonical.ts';
import { hostsOfCase } from './host-bitmap.ts';
import { idRanges, idsWithin } from './ids-in-case.ts';
import {
  dropUnusedTag,
  getTagging,
  idsOfTagging,
  insertTagging,
  nextColor,
  tagById,
  tagByName,
  taggingState,
  type TaggingRow,
  type TagRow,
} from './tag-rows.ts';
import { clusterNoun, taggedCount, taggingOf } from './tag-target.ts';
import type { NewTagging } from './types.ts';
import type { CaseWork } from './work.ts';

/** What the undo journal keeps: enough to put tag and tagging back as they were. */
export interface UndoState {
  readonly tagging: TaggingRow;
  readonly tag: TagRow;
  /** The tag's colour before the act. */
  readonly colorBefore: TagRow['color'];
}

/** @throws FlowcaseError NOT_FOUND where the target is not in the case, or no record was given */
export function addTag(work: CaseWork, wanted: NewTagging): { readonly tagging: Tagging; readonly tagged: number; readonly undo: number } {
  const { db } = work;
  const { result } = work.change((at) => {
    const name = wanted.name.toWellFormed();
    const target = checkedTarget(work, wanted.target);
    const { tag, colorBefore } = tagFor(work, name, wanted.color);
    const draft = { tag: tag.id, note: wanted.note.toWellFormed(), who: work.who.toWellFormed(), at, ...target.row };
    const id = insertTagging(db, { id: null, ...draft }, target.ids);
    const row: TaggingRow = { id, ...draft };
    const tagged = taggedCount(db, row, target.ids);
    const undo = writeUndo(work, 'add', { tagging: row, tag, colorBefore }, null);
    const summary = `Tagged ${target.words(tagged)} as '${name}'.`;
    const details = { ...taggingState(row, name, target.ids), color: tag.color, tagged, undo };
    return { result: { tagging: taggingOf(db, row, tag, target.ids), tagged, undo }, act: { act: 'tag.added', summary, details } };
  });
  return result;
}

/** @throws FlowcaseError NOT_FOUND */
export function removeTag(work: CaseWork, id: number): { readonly tagged: number; readonly undo: number } {
  const { db } = work;
  const { result } = work.change(() => {
    const row = needTagging(work, id);
    const tag = tagById(db, row.tag);
    const ids = idsOfTagging(db, id);
    const tagged = taggedCount(db, row, ids);
    db.prepare('DELETE FROM tagging WHERE id = ?').run(id);
    dropUnusedTag(db, tag.id);
    const undo = writeUndo(work, 'remove', { tagging: row, tag, colorBefore: tag.color }, ids);
    const summary = `Took the tag '${tag.name}' off ${subjectWords(work.db, row, tagged)}.`;
    const details = { ...taggingState(row, tag.name, ids), color: tag.color, tagged, undo };
    return { result: { tagged, undo }, act: { act: 'tag.removed', summary, details } };
  });
  return result;
}

/** @throws FlowcaseError NOT_FOUND */
export function noteTag(work: CaseWork, id: number, text: string): void {
  const note = text.toWellFormed();
  work.change(() => {
    const row = needTagging(work, id);
    const { name } = tagById(work.db, row.tag);
    work.db.prepare('UPDATE tagging SET note = ? WHERE id = ?').run(note, id);
    const summary = `Changed the note on the tag '${name}' of ${subjectWords(work.db, row, taggedCount(work.db, row, idsOfTagging(work.db, id)))}.`;
    return { result: null, act: { act: 'tag.noted', summary, details: { tagging: id, name, note } } };
  });
}

function needTagging(work: CaseWork, id: number): TaggingRow {
  const row = getTagging(work.db, id);
  if (row === undefined)
    throw new FlowcaseError('NOT_FOUND', `There is no act of tagging ${id} in this case; it may have been undone.`, { tagging: id });
  return row;
}

export function subjectWords(db: Database.Database, row: TaggingRow, tagged: number): string {
  if (row.type === 'host') return `host ${row.host ?? ''}`;
  if (row.type === 'cluster')
    return `cluster ${row.cluster ?? 0} of run ${row.run ?? 0} (${plural(tagged, clusterNoun(db, row.run ?? 0))})`;
  return plural(tagged, row.kind ?? 'record');
}

function writeUndo(work: CaseWork, act: 'add' | 'remove', state: UndoState, ids: Uint8Array | null): number {
  const insert = work.db.prepare('INSERT INTO undo(act, used, state, ids) VALUES (?, 0, ?, ?)');
  return Number(insert.run(act, canonicalJson(state), ids).lastInsertRowid);
}

/** The tag of this name, made where it is new. A colour that is given holds for the tag everywhere. */
function tagFor(
  work: CaseWork,
  name: string,
  color: TagRow['color'] | undefined,
): { readonly tag: TagRow; readonly colorBefore: TagRow['color'] } {
  const { db } = work;
  const there = tagByName(db, name);
  if (there === undefined) {
    const chosen = color ?? nextColor(db, name);
    const id = Number(db.prepare('INSERT INTO tag(name, color) VALUES (?, ?)').run(name, chosen).lastInsertRowid);
    return { tag: { id, name, color: chosen }, colorBefore: chosen };
  }
  if (color === undefined || color === there.color) return { tag: there, colorBefore: there.color };
  db.prepare('UPDATE tag SET color = ? WHERE id = ?').run(color, there.id);
  return { tag: { ...there, color }, colorBefore: there.color };
}

interface CheckedTarget {
  readonly row: Pick<TaggingRow, 'type' | 'kind' | 'host' | 'run' | 'cluster' | 'filter'>;
  readonly ids: Uint8Array | null;
  readonly words: (tagged: number) => string;
}

function checkedTarget(work: CaseWork, target: NewTagging['target']): CheckedTarget {
  const { db } = work;
  const none = { kind: null, host: null, run: null, cluster: null, filter: null };
  switch (target.type) {
    case 'host': {
      const id = work.pool('host').idOf(target.host);
      if (!hostsOfCase(db).has(id))
        throw new FlowcaseError('NOT_FOUND', `No record of this case names the host ${target.host}.`, { host: target.host });
      return { row: { ...none, type: 'host', host: target.host }, ids: null, words: () => `host ${target.host}` };
    }
    case 'cluster': {
      const { run, cluster } = target;
      const there = db.prepare('SELECT 1 FROM cluster WHERE run = ? AND cluster = ?').get(run, cluster);
      if (there === undefined)
        throw new FlowcaseError('NOT_FOUND', `There is no cluster ${cluster} in run ${run} of this case.`, { run, cluster });
      const words = (tagged: number): string => `cluster ${cluster} of run ${run} (${plural(tagged, clusterNoun(db, run))})`;
      return { row: { ...none, type: 'cluster', run, cluster }, ids: null, words };
    }
    case 'records': {
      const { kind, filter, run = null } = target;
      const ids = sortedIds(target.ids);
      if (ids.length === 0) throw new FlowcaseError('NOT_FOUND', 'There is nothing to tag: no record matches.', { filter });
      const there = idsWithin(ids, idRanges(db, kind)).length;
      if (there < ids.length) {
        const missing = plural(ids.length - there, kind);
        throw new FlowcaseError('NOT_FOUND', `${missing} to tag ${ids.length - there === 1 ? 'is' : 'are'} not in this case.`, { kind });
      }
      const words = (tagged: number): string =>
        `${plural(tagged, kind)}${filter === null ? '' : ` through the filter ${filter}${run === null ? '' : ` (clusters of run ${run})`}`}`;
      return { row: { ...none, type: 'records', kind, run, filter: filter?.toWellFormed() ?? null }, ids: encodeIds(ids), words };
    }
  }
}
