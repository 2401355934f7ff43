import Database from 'better-sqlite3';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlowcaseError } from '../errors.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { createCase, openCaseForReading, openCaseForWriting } from './open.ts';
import { caseFields, folderState, identity, importRecords, readRecords, scratchFolder, testRecords } from './testing.ts';

let folder: ReturnType<typeof scratchFolder>;
let path: string;
beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, 'a.flowcase');
});
afterEach(() => {
  chmodSync(folder.path, 0o755);
  folder.remove();
});

function refusal(work: () => unknown): { readonly code: string; readonly message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof FlowcaseError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

/** Both ways of opening refuse it alike and leave the folder as it was. */
function refused(
  file: string,
  code: string,
  words: RegExp,
  ways = [(): unknown => openCaseForWriting(file, identity), (): unknown => openCaseForReading(file)],
): void {
  const before = folderState(folder.path);
  for (const open of ways) {
    const { code: found, message } = refusal(open);
    expect(found).toBe(code);
    expect(message).toMatch(words);
    expect(message).toContain(file);
  }
  expect(folderState(folder.path)).toEqual(before);
}

function makeCase(rows = 500): void {
  const writer = createCase(path, caseFields);
  importRecords(writer, testRecords(rows), 'a.log', 100);
  writer.close();
}

function patch(offset: number, bytes: readonly number[]): void {
  const content = readFileSync(path);
  content.set(bytes, offset);
  writeFileSync(path, content);
}

describe('opening refuses, in words, without touching a byte,', () => {
  it('what is not there', () => refused(path, 'CASE_NOT_FOUND', /There is no file/));

  it('a folder', () => {
    mkdirSync(path);
    refused(path, 'NOT_A_CASE', /it is a folder/);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /it is empty/],
    ['text', Buffer.from('hello'), /it is a text file/],
    ['a Zeek log', Buffer.from('#separator \\x09\n#fields\tts\n'), /Zeek log; import it/],
    ['gzip', gzipSync('x'), /gzip/],
    ['a PDF', Buffer.from('%PDF-1.7\n'), /PDF/],
    ['zero bytes', Buffer.alloc(5000), /nothing but zero bytes/],
    ['an unknown binary', Buffer.from([1, 0, 2, 0]), /unknown kind/],
  ])('%s', (_, content, words) => {
    writeFileSync(path, content);
    refused(path, 'NOT_A_CASE', words);
  });

  it('an SQLite database of another program, in either journal mode', () => {
    for (const mode of ['DELETE', 'WAL']) {
      const other = new Database(path);
      other.pragma(`journal_mode = ${mode}`);
      other.exec('CREATE TABLE IF NOT EXISTS x (y)');
      other.close();
      refused(path, 'NOT_A_CASE', /another program/);
    }
  });

  it('a newer schema, naming both', () => {
    makeCase();
    patch(60, [0, 0, 0, 99]);
    refused(path, 'CASE_NEWER', new RegExp(`schema 99; this one knows ${SCHEMA_VERSION}`));
  });

  it('a file cut anywhere', () => {
    makeCase();
    const whole = readFileSync(path);
    for (const size of [50, 99, 512, 4096, 32_768, whole.length - 1, Math.floor(whole.length / 2)]) {
      writeFileSync(path, whole.subarray(0, size));
      refused(path, 'CASE_DAMAGED', /damaged/);
    }
  });

  it('a file whose tail or middle was never written', () => {
    makeCase();
    const whole = readFileSync(path);
    for (const [from, to] of [
      [whole.length / 2, whole.length],
      [32_768, 32_768 * 3],
    ]) {
      writeFileSync(path, Buffer.from(whole).fill(0, from, to));
      refused(path, 'CASE_DAMAGED', /damaged/);
    }
  });

  it('a case whose schema was never set', () => {
    makeCase();
    patch(60, [0, 0, 0, 0]);
    refused(path, 'CASE_DAMAGED', /not written to its end/);
  });

  it('a case copied without its write-ahead log, cut', () => {
    makeCase();
    patch(18, [2, 2]);
    truncateSync(path, statSync(path).size - 32_768);
    refused(path, 'CASE_DAMAGED', /missing/);
  });
});

describe('a case that must not be written', () => {
  it.each([
    ['file', (): void => chmodSync(path, 0o444)],
    ['folder', (): void => chmodSync(folder.path, 0o555)],
  ])('is refused to the writer and opens for the reader: read-only %s', (_, protect) => {
    makeCase(20);
    protect();
    const before = folderState(folder.path);
    expect(refusal(() => openCaseForWriting(path, identity))).toMatchObject({ code: 'CASE_READ_ONLY' });
    const reader = openCaseForReading(path);
    expect(readRecords(reader)).toEqual(testRecords(20));
    reader.close();
    expect(folderState(folder.path)).toEqual(before);
  });

  it('is left alone by a reader, byte for byte', () => {
    makeCase(20);
    const before = folderState(folder.path);
    const reader = openCaseForReading(path);
    reader.refresh();
    readRecords(reader);
    expect(folderState(folder.path)).toEqual(before);
    reader.close();
    expect(folderState(folder.path)).toEqual(before);
  });
});

describe('making a case refuses', () => {
  it('an existing file, whatever it is', () => {
    writeFileSync(path, '');
    const before = folderState(folder.path);
    expect(refusal(() => createCase(path, caseFields)).code).toBe('CASE_EXISTS');
    expect(folderState(folder.path)).toEqual(before);
  });

  it('a missing folder and a read-only one', () => {
    expect(refusal(() => createCase(join(folder.path, 'no', 'a.flowcase'), caseFields))).toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringContaining(join(folder.path, 'no')) as string,
    });
    chmodSync(folder.path, 0o555);
    expect(refusal(() => createCase(path, caseFields)).code).toBe('CASE_READ_ONLY');
    expect(folderState(folder.path)).toEqual([]);
  });
});

it('a case whose program died is repaired by the next writer, with or without its -shm', () => {
  const writer = createCase(path, caseFields);
  importRecords(writer, testRecords(300), 'a.log', 100);
  const copy = join(folder.path, 'copy.flowcase');
  copyFileSync(path, copy);
  copyFileSync(`${path}-wal`, `${copy}-wal`);
  writer.close();
  const reader = openCaseForReading(copy);
  expect(readRecords(reader)).toEqual(testRecords(300));
  reader.close();
  const again = openCaseForWriting(copy, identity);
  expect(again.info().connections).toBe(300);
  again.close();
  expect(folderState(folder.path).map((line) => line.split(' ')[0])).toEqual(['a.flowcase', 'copy.flowcase']);
});

it('a case whose program died in the middle of a change of the file itself: the reader says what to do, the writer does it', () => {
  makeCase();
  const copy = join(folder.path, 'copy.flowcase');
  const db = new Database(path);
  db.pragma('cache_size = 1');
  db.exec('BEGIN; UPDATE segment SET data = zeroblob(length(data) + 40000)');
  copyFileSync(path, copy);
  copyFileSync(`${path}-journal`, `${copy}-journal`);
  db.close();
  const before = folderState(folder.path);
  expect(refusal(() => openCaseForReading(copy))).toMatchObject({
    code: 'CASE_DAMAGED',
    message: expect.stringMatching(/Open it for writing once/) as string,
  });
  expect(folderState(folder.path)).toEqual(before);
  openCaseForWriting(copy, identity).close();
  const reader = openCaseForReading(copy);
  expect(readRecords(reader)).toEqual(testRecords(500));
  reader.close();
});

it('a damaged case that was left in WAL mode gets no neighbours', () => {
  makeCase();
  const whole = readFileSync(path);
  whole.set([2, 2], 18);
  writeFileSync(path, whole.fill(0, 32_768, 32_768 * 3));
  refused(path, 'CASE_DAMAGED', /damaged/);
});

it('a case with words that cannot be read is damaged; a custody entry that cannot be read is shown as it is', () => {
  makeCase(20);
  const db = new Database(path);
  db.exec("DROP TRIGGER custody_is_never_changed; UPDATE custody SET details = '{cut' WHERE seq = 1");
  const reader = openCaseForReading(path);
  expect(reader.custody()[0].details).toEqual({ unreadable: '{cut' });
  reader.close();
  db.exec("UPDATE evidence SET remarks = '[cut'");
  db.close();
  refused(path, 'CASE_DAMAGED', /cannot be read/, [() => openCaseForReading(path)]);
});
