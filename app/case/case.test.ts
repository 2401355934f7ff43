import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { createCase, openCaseForReading, openCaseForWriting } from './open.ts';
import { appendRecords, caseFields, figures, identity, importRecords, readRecords, scratchFolder, source, testRecords } from './testing.ts';

let folder: ReturnType<typeof scratchFolder>;
let path: string;
beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, 'a.flowcase');
});
afterEach(() => folder.remove());

describe('a case', () => {
  it('gives back what was imported, over several files and openings', () => {
    const writer = createCase(path, caseFields);
    const first = importRecords(writer, testRecords(250), 'one.log', 100);
    writer.close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase']);

    const again = openCaseForWriting(path, identity);
    const second = importRecords(again, testRecords(40, 1000), 'two.log', 100);
    expect([first.id, second.id]).toEqual([1, 2]);
    expect(again.evidenceWith(second.sha256)?.name).toBe('two.log');
    const reader = openCaseForReading(path);
    expect(readRecords(reader)).toEqual([...testRecords(250), ...testRecords(40, 1000)]);
    expect(reader.evidence()).toEqual([first, second]);
    expect(reader.info()).toMatchObject({ evidence: 2, connections: 290, hosts: 12, rejects: 0, name: 'Test', schema: SCHEMA_VERSION });
    expect(reader.info()).toEqual(again.info());
    const table = reader.table('connection');
    expect(table.chunks.map((chunk) => [chunk.firstRow, chunk.rows])).toEqual([
      [0, 100],
      [100, 100],
      [200, 50],
      [250, 40],
    ]);
    expect(table.locate(260)).toMatchObject({ index: 10 });
    expect(table.locate(290)).toBeNull();
    expect(table.locate(-1)).toBeNull();
    reader.close();
    again.close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase']);
  });

  it('shows an import to readers only when it is finished, and other writes meanwhile', () => {
    const writer = createCase(path, caseFields);
    importRecords(writer, testRecords(10));
    const reader = openCaseForReading(path);
    const before = reader.refresh();
    const session = writer.beginEvidence(source('b.log'));
    appendRecords(session, testRecords(300, 50), 100);
    expect(reader.refresh()).toBe(before);
    expect(reader.table('connection').rows).toBe(10);
    writer.addTag({ target: { type: 'host', host: '10.0.0.1' }, name: 'suspect', color: undefined, note: '' });
    expect(reader.refresh()).toBe(before + 1);
    expect(reader.tags().tags).toMatchObject([{ name: 'suspect', color: 'red', hosts: 1, connections: 0 }]);
    expect(reader.table('connection').rows).toBe(10);
    session.finish(figures(300));
    expect(reader.table('connection').rows).toBe(10);
    expect(reader.refresh()).toBe(before + 2);
    expect(reader.table('connection').rows).toBe(310);
    reader.close();
    writer.close();
  });

  it('closed for writing while somebody reads stays readable, and the next writer makes it one file again', () => {
    const writer = createCase(path, caseFields);
    importRecords(writer, testRecords(10));
    const reader = openCaseForReading(path);
    importRecords(writer, testRecords(10, 10), 'b.log');
    writer.close();
    expect(readRecords(reader)).toEqual(testRecords(10));
    reader.refresh();
    expect(readRecords(reader)).toEqual(testRecords(20));
    const other = openCaseForReading(path);
    expect(readRecords(other)).toEqual(testRecords(20));
    other.close();
    reader.close();
    openCaseForWriting(path, identity).close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase']);
  });
});
