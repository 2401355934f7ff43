import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from './open.ts';
import { caseFields, importRecords, outcome, request, scratchFolder, testRecords } from './testing.ts';
import type { CaseReader, CaseWriter, NewTagging } from './types.ts';
import { verifyCase } from './verify.ts';

let folder: ReturnType<typeof scratchFolder>;
let writer: CaseWriter;
let reader: CaseReader;
beforeEach(() => {
  folder = scratchFolder();
  const path = join(folder.path, 'a.flowcase');
  writer = createCase(path, caseFields);
  importRecords(writer, testRecords(250), 'a.log', 100);
  reader = openCaseForReading(path);
  writer.saveRun(request, outcome(reader));
  reader.refresh();
});
/** Whatever a test did to the tags, the custody log tells all of it. */
afterEach(async () => {
  const result = await verifyCase(reader, {}, { report: () => undefined, stopped: () => false });
  expect(result.custody).toMatchObject({ ok: true });
  reader.close();
  writer.close();
  folder.remove();
});

const tag = (target: NewTagging['target'], name: string, color?: NewTagging['color']): ReturnType<CaseWriter['addTag']> => {
  const result = writer.addTag({ target, name, color, note: `about ${name}` });
  reader.refresh();
  return result;
};
const records = (...ids: number[]): NewTagging['target'] => ({
  type: 'records',
  kind: 'connection',
  ids: Float64Array.from(ids),
  filter: null,
});
const carrying = (name: string): number[] => {
  const index = reader.tagIndex();
  const id = index.idOf(name) ?? -1;
  return reader.table('connection').chunks.flatMap((chunk) => {
    const mask = index.mask(id, 'connection', chunk);
    for (let i = 0; i < chunk.rows; i++) expect(index.ofRecord('connection', chunk, i).includes(id)).toBe(mask?.[i] === 1);
    return mask === null ? [] : [...mask.keys()].filter((i) => mask[i] === 1).map((i) => chunk.firstRow + i);
  });
};

describe('a tag', () => {
  it('on records is on them alone, in every chunk, whatever order they came in', () => {
    const { tagging, tagged } = tag(records(249, 3, 99, 100, 3), 'seen');
    expect(tagged).toBe(4);
    expect(tagging).toMatchObject({
      name: 'seen',
      note: 'about seen',
      who: 'Ada',
      target: { type: 'records', count: 4, filter: null, sample: [3, 99, 100, 249] },
    });
    expect(carrying('seen')).toEqual([3, 99, 100, 249]);
    expect(reader.tags().tags).toMatchObject([{ name: 'seen', connections: 4, hosts: 0, clusters: 0 }]);
    expect(reader.tags().taggings).toEqual([tagging]);
  });

  it('on a host is on what it sends and what it gets, and counts as a host', () => {
    tag({ type: 'host', host: '10.0.0.2' }, 'suspect');
    tag({ type: 'host', host: '192.0.2.3' }, 'suspect');
    const expected = testRecords(250).flatMap((record, id) => (record.orig_h === '10.0.0.2' || record.resp_h === '192.0.2.3' ? [id] : []));
    expect(carrying('suspect')).toEqual(expected);
    const index = reader.tagIndex();
    expect(index.ofHost('10.0.0.2')).toEqual([index.idOf('suspect')]);
    expect(index.ofHost('10.0.0.1')).toEqual([]);
    expect(index.ofHost('__proto__')).toEqual([]);
    expect(reader.tags().tags).toMatchObject([{ color: 'red', connections: 0, hosts: 2, clusters: 0 }]);
  });

  it('on a cluster is on its members; records that carry it twice count once', () => {
    const { tagged, tagging } = tag({ type: 'cluster', run: 1, cluster: 2 }, 'odd');
    expect(tagged).toBe(125);
    expect(tagging.target).toEqual({ type: 'cluster', run: 1, cluster: 2, name: 'group 2', count: 125 });
    tag(records(0, 1, 2), 'odd');
    expect(carrying('odd')).toHaveLength(127);
    expect(reader.tags().tags).toMatchObject([{ connections: 127, hosts: 0, clusters: 1 }]);
    expect(reader.run(1).clusters.map((cluster) => cluster.tags)).toEqual([[], [reader.tagIndex().idOf('odd')]]);
  });

  it('keeps its colour under the same name; a new colour holds everywhere and is undone with the act', () => {
    const first = tag(records(1), 'a');
    const second = tag(records(2), 'a');
    expect(second.tagging).toMatchObject({ tag: first.tagging.tag, color: first.tagging.color });
    const third = tag(records(3), 'a', 'purple');
    expect(reader.tags().taggings.map((tagging) => tagging.color)).toEqual(['purple', 'purple', 'purple']);
    writer.undo(third.undo);
    reader.refresh();
    expect(reader.tags().tags).toMatchObject([{ color: first.tagging.color }]);
    expect(tag(records(4), 'b').tagging.color).not.toBe(first.tagging.color);
  });

  it('is refused where its target is not in the case, and nothing is written', () => {
    const { revision } = writer.info();
    const refuse = (target: NewTagging['target']): void => {
      expect(() => tag(target, 'x')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    };
    refuse(records());
    refuse(records(1, 250));
    refuse({ type: 'host', host: '10.9.9.9' });
    refuse({ type: 'cluster', run: 1, cluster: 3 });
    refuse({ type: 'cluster', run: 2, cluster: 1 });
    expect(() => writer.removeTag(9)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    expect(() => writer.noteTag(9, '')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    expect(() => writer.undo(9)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    expect(writer.info().revision).toBe(revision);
    expect(reader.tags()).toEqual({ tags: [], taggings: [] });
  });

  it('takes any name', () => {
    for (const name of ['__proto__', 'a\0b', '<script>', "'; DROP TABLE tag; --", 'é'.normalize('NFD')]) {
      tag(records(1), name);
      expect(carrying(name)).toEqual([1]);
    }
  });
});

describe('undo', () => {
  it('of adding takes the tag away, of removing brings back the same act; neither twice', () => {
    const added = tag(records(1, 2), 'a');
    const before = reader.tags();
    const removed = writer.removeTag(added.tagging.id);
    expect(removed.tagged).toBe(2);
    reader.refresh();
    expect(reader.tags()).toEqual({ tags: [], taggings: [] });
    expect(() => writer.undo(added.undo)).toThrow(/taken off already/);
    writer.undo(removed.undo);
    reader.refresh();
    expect(reader.tags()).toEqual(before);
    expect(() => writer.undo(removed.undo)).toThrow(/undone already/);
    writer.undo(added.undo);
    reader.refresh();
    expect(reader.tags()).toEqual({ tags: [], taggings: [] });
    expect(writer.info().tags).toBe(0);
  });

  it('of removing keeps a note that was changed before', () => {
    const { tagging } = tag({ type: 'host', host: '10.0.0.1' }, 'a');
    writer.noteTag(tagging.id, 'changed \ud800');
    writer.undo(writer.removeTag(tagging.id).undo);
    reader.refresh();
    expect(reader.tags().taggings).toMatchObject([{ id: tagging.id, note: 'changed \ufffd', at: tagging.at }]);
  });

  it('joins a tag of the same name that was made meanwhile', () => {
    const first = tag(records(1), 'a', 'green');
    const removed = writer.removeTag(first.tagging.id);
    tag(records(2), 'a', 'blue');
    writer.undo(removed.undo);
    reader.refresh();
    expect(reader.tags().tags).toMatchObject([{ name: 'a', color: 'blue', connections: 2 }]);
  });
});

it('every act is one custody entry with the words for it', () => {
  const { tagging } = tag(records(1, 2), 'a');
  writer.noteTag(tagging.id, 'n');
  const { undo } = writer.removeTag(tagging.id);
  writer.undo(undo);
  reader.refresh();
  expect(
    reader
      .custody()
      .slice(-4)
      .map((entry) => [entry.act, entry.summary]),
  ).toEqual([
    ['tag.added', "Tagged 2 connections as 'a'."],
    ['tag.noted', "Changed the note on the tag 'a' of 2 connections."],
    ['tag.removed', "Took the tag 'a' off 2 connections."],
    ['tag.undone', "Undone: the tag 'a' is back on 2 connections."],
  ]);
});
