import { FlowcaseError } from '../errors.ts';
import { dropUnusedTag, getTagging, idsOfTagging, insertTagging, tagByName, taggingState } from './tag-rows.ts';
import { taggedCount } from './tag-target.ts';
import { subjectWords, type UndoState } from './tag-writer.ts';
import type { CaseWork } from './work.ts';

interface UndoRow {
  readonly act: 'add' | 'remove';
  readonly used: number;
  readonly state: string;
  readonly ids: Uint8Array | null;
}

/** Takes an act of tagging back: what was added goes, what was removed is there again, with its number, note and time. @throws NOT_FOUND */
export function undoTag(work: CaseWork, undo: number): void {
  const { db } = work;
  work.change(() => {
    const row = db.prepare<[number], UndoRow>('SELECT act, used, state, ids FROM undo WHERE id = ?').get(undo);
    if (row === undefined) throw new FlowcaseError('NOT_FOUND', 'There is nothing to undo.', { undo });
    if (row.used !== 0) throw new FlowcaseError('NOT_FOUND', 'This was undone already.', { undo });
    const state = JSON.parse(row.state) as UndoState;
    const details = row.act === 'add' ? takeAway(work, state) : putBack(work, state, row.ids);
    db.prepare('UPDATE undo SET used = 1 WHERE id = ?').run(undo);
    const subject = subjectWords(db, state.tagging, taggedCount(db, state.tagging, row.act === 'add' ? details.stored : row.ids));
    const words = row.act === 'add' ? 'is off' : 'is back on';
    const summary = `Undone: the tag '${state.tag.name}' ${words} ${subject}.`;
    return {
      result: null,
      act: { act: 'tag.undone', summary, details: { ...details.state, undo, undone: row.act, color: details.color } },
    };
  });
}

interface Undone {
  readonly state: Readonly<Record<string, unknown>>;
  readonly stored: Uint8Array | null;
  readonly color: string;
}

function takeAway(work: CaseWork, { tagging, tag, colorBefore }: UndoState): Undone {
  const { db } = work;
  const row = getTagging(db, tagging.id);
  if (row === undefined) throw new FlowcaseError('NOT_FOUND', `The tag '${tag.name}' was taken off already.`, { tagging: tagging.id });
  const stored = idsOfTagging(db, row.id);
  db.prepare('DELETE FROM tagging WHERE id = ?').run(row.id);
  db.prepare('UPDATE tag SET color = ? WHERE id = ?').run(colorBefore, tag.id);
  dropUnusedTag(db, tag.id);
  return { state: taggingState(row, tag.name, stored), stored, color: colorBefore };
}

function putBack(work: CaseWork, { tagging, tag }: UndoState, ids: Uint8Array | null): Undone {
  const { db } = work;
  let there = tagByName(db, tag.name);
  if (there === undefined) {
    // Its own number again, so that what refers to it still does.
    db.prepare('INSERT INTO tag(id, name, color) VALUES (?, ?, ?)').run(tag.id, tag.name, tag.color);
    there = tag;
  }
  const row = { ...tagging, tag: there.id };
  insertTagging(db, row, ids);
  return { state: taggingState(row, tag.name, ids), stored: ids, color: there.color };
}
