import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { FlowcaseError } from '../errors.ts';
import { Scratch } from './bytes.ts';
import { decodeText } from './decode.ts';
import { encodeText } from './encode-text.ts';
import type { Encoding } from './segment.ts';
import type { CasePool, StoredEntries } from './case-pool.ts';
import type { DictionaryName, TextColumn } from './types.ts';

/** Entries of a dictionary lie in blocks of up to this many. */
const BLOCK_ENTRIES = 65_536;

const scratch = new Scratch();

/** What takes entries that are read back. */
interface Growing {
  readonly name: DictionaryName;
  readonly size: number;
  addBlock(bytes: Uint8Array, offsets: Uint32Array): void;
}

interface BlockRow {
  readonly first: number;
  readonly entries: number;
  readonly encoding: Encoding;
  readonly base: number | null;
  readonly data: Uint8Array;
}

/** Writes the entries after `written`, which lie in the case for good, into blocks; returns how many there are then. The transaction is the caller's. */
export function writeEntries(db: Database.Database, pool: CasePool, written: number): number {
  const insert = db.prepare<[string, number, number, string, number | null, string, Uint8Array]>(
    'INSERT INTO dictionary_block(dictionary, first, entries, encoding, base, digest, data) VALUES (?,?,?,?,?,?,?)',
  );
  let previous = dictionaryDigest(db, pool.name);
  pool.release(written);
  for (let first = written + 1, entries = 0; first <= pool.size; first += entries) {
    const { ends, at, bytes, count } = pool.entriesFrom(first);
    entries = Math.min(BLOCK_ENTRIES, count);
    const { encoding, base, data } = encodeText(scratch, ends, at, entries, null, bytes);
    previous = blockDigest(previous, pool.name, { first, entries, encoding, base, data });
    insert.run(pool.name, first, entries, encoding, base, previous, data);
  }
  return pool.size;
}

/** The digest of the last block, which covers all before it; empty where there is none. */
export function dictionaryDigest(db: Database.Database, name: DictionaryName): string {
  const last = db.prepare<[string], string>('SELECT digest FROM dictionary_block WHERE dictionary = ? ORDER BY first DESC LIMIT 1');
  return last.pluck().get(name) ?? '';
}

/** Reads the entries from `pool.size + 1` to `size` into the pool. @throws FlowcaseError CASE_DAMAGED where blocks are missing or damaged */
export function readEntries(db: Database.Database, pool: Growing, size: number): void {
  const blockOf = blocksOf(db, pool.name);
  while (pool.size < size) {
    const { first, offsets, bytes } = blockOf(pool.size + 1);
    if (first !== pool.size + 1 || pool.size + offsets.length - 1 > size) throw damaged(pool.name, pool.size + 1);
    pool.addBlock(bytes, offsets);
  }
}

/** The block in which an entry lies. @throws FlowcaseError CASE_DAMAGED where it is missing or damaged */
export function readBlockOf(db: Database.Database, name: DictionaryName, id: number): StoredEntries {
  return blocksOf(db, name)(id);
}

function blocksOf(db: Database.Database, name: DictionaryName): (id: number) => StoredEntries {
  const select = db.prepare<[string, number], BlockRow>(
    'SELECT first, entries, encoding, base, data FROM dictionary_block WHERE dictionary = ? AND first <= ? ORDER BY first DESC LIMIT 1',
  );
  return (id) => {
    const row = select.get(name, id);
    const text = row === undefined ? null : decodeBlock(row);
    if (row === undefined || text === null || row.first + text.offsets.length - 1 <= id) throw damaged(name, id);
    return { first: row.first, ...text };
  };
}

function damaged(dictionary: DictionaryName, entry: number): FlowcaseError {
  const message = `The case file is damaged: the texts of dictionary '${dictionary}' cannot be read from entry ${entry} on. Verify the case, and restore it from a copy.`;
  return new FlowcaseError('CASE_DAMAGED', message, { dictionary, entry });
}

function decodeBlock(row: BlockRow): TextColumn | null {
  try {
    return decodeText({ ...row, codec: 'none', rows: row.entries, absent: 0, min: null, max: null, step: null });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Recomputes the digests of all blocks, in order: the digest after each, and the number of its first entry. */
export function* recomputedDigests(
  db: Database.Database,
  name: DictionaryName,
): Generator<{ readonly first: number; readonly digest: string }> {
  const select = db.prepare<[string], BlockRow>(
    'SELECT first, entries, encoding, base, data FROM dictionary_block WHERE dictionary = ? ORDER BY first',
  );
  let digest = '';
  for (const row of select.iterate(name)) {
    digest = blockDigest(digest, name, row);
    yield { first: row.first, digest };
  }
}

function blockDigest(previous: string, name: string, { first, entries, encoding, base, data }: BlockRow): string {
  const head = JSON.stringify(['dictionary', previous, name, first, entries, encoding, base, data.length]);
  return createHash('sha256').update(`${head}\n`).update(data).digest('hex');
}
