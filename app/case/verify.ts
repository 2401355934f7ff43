import Database from 'better-sqlite3';
import { basename } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { CustodyEntry, Evidence, VerifyResult } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import type { Progress } from '../shared/progress.ts';
import { checkChain, entryOf, selectCustody, type CustodyRow } from './custody.ts';
import { listEvidence } from './evidence-rows.ts';
import { readInfo } from './info.ts';
import { Originals } from './originals.ts';
import { replay, type Expected } from './replay.ts';
import { caseError } from './sqlite-errors.ts';
import type { CaseReader } from './types.ts';
import { contentDifferences } from './verify-content.ts';
import { DictionaryDigests, recordDifference, rowDifference } from './verify-records.ts';

type EvidenceResult = VerifyResult['evidence'][number];

/**
 * Recomputes everything that can be recomputed: the custody chain; case, runs, cluster names and tags against what the log says;
 * every evidence row and every byte of its records against what was recorded at import; and every original file. Reads only, through
 * a connection of its own. What is wrong is in the result; not finding an original is no difference.
 * @throws FlowcaseError CANCELLED
 */
export async function verifyCase(
  reader: CaseReader,
  options: { readonly originals?: string | undefined },
  progress: Progress,
): Promise<VerifyResult> {
  const db = new Database(reader.path, { readonly: true, fileMustExist: true });
  try {
    return await verify(db, reader.path, options.originals, progress);
  } catch (error) {
    throw caseError(error, reader.path);
  } finally {
    db.close();
  }
}

async function verify(db: Database.Database, path: string, folder: string | undefined, progress: Progress): Promise<VerifyResult> {
  // One view of the case while its own bytes are checked.
  db.exec('BEGIN');
  const evidence = listEvidence(db);
  const stored = Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
  const meter = new Meter(progress, stored + evidence.reduce((sum, { bytes }) => sum + bytes, 0));
  meter.begin(stored, 'custody log');
  const { expected, custody } = checkCase(db, path);
  const inside = await checkEvidence(db, evidence, expected, meter);
  db.exec('COMMIT');

  const originals = new Originals(folder, evidence, (bytes, note) => meter.add(bytes, note));
  const results: EvidenceResult[] = [];
  for (const found of inside) {
    meter.begin(found.evidence?.bytes ?? 0, found.evidence?.name ?? '');
    const original = found.evidence === null ? { match: null, message: '' } : await originals.compare(found.evidence);
    const message = [found.message, original.message].filter((words) => words !== '').join(' ');
    results.push({ ...found.result, match: original.match, message });
  }
  const ok = custody.ok && results.every((result) => result.row && result.records && result.match !== false);
  return { ok, at: Date.now() * 1000, evidence: results, custody };
}

/** The chain, and everything beside evidence that the log tells of. */
function checkCase(db: Database.Database, path: string): { readonly expected: Expected; readonly custody: VerifyResult['custody'] } {
  const info = readInfo(db, path);
  const rows = db.prepare<[], CustodyRow>(selectCustody).all();
  const chain = checkChain(rows, info.custody.entries, info.custody.head);
  const expected = replay(readable(rows));
  if (!chain.ok) return { expected, custody: chain };
  const differences = [...contentDifferences(db, info, expected)];
  if (differences.length === 0) return { expected, custody: chain };
  const more = differences.length > 5 ? ` And ${differences.length - 5} more.` : '';
  return { expected, custody: { ...chain, ok: false, message: `${differences.slice(0, 5).join(' ')}${more}` } };
}

/** Entries whose details cannot be read tell nothing; the chain has said so. */
function readable(rows: readonly CustodyRow[]): CustodyEntry[] {
  return rows.flatMap((row) => {
    try {
      return [entryOf(row)];
    } catch {
      return [];
    }
  });
}

interface Inside {
  readonly evidence: Evidence | null;
  readonly result: Omit<EvidenceResult, 'match' | 'message'>;
  readonly message: string;
}

async function checkEvidence(db: Database.Database, evidence: readonly Evidence[], expected: Expected, meter: Meter): Promise<Inside[]> {
  const dictionaries = new DictionaryDigests(db);
  const checked: Inside[] = [];
  for (const one of evidence) {
    const details = expected.evidence.get(one.id);
    const row = rowDifference(db, one.id, details);
    const work = recordDifference(db, one.id, details, dictionaries);
    let step = work.next();
    while (step.done !== true) {
      meter.add(step.value, `records of ${one.name}`);
      await yieldToOthers();
      step = work.next();
    }
    const records = step.value;
    const message = [row ?? '', records ?? ''].filter((words) => words !== '').join(' ');
    checked.push({
      evidence: one,
      result: { id: one.id, name: one.name, path: one.path, sha256: one.sha256, row: row === null, records: records === null },
      message,
    });
  }
  for (const [id, details] of expected.evidence) {
    if (evidence.some((one) => one.id === id)) continue;
    const path = String(details['path']);
    const result = { id, name: basename(path), path, sha256: String(details['sha256']), row: false, records: false };
    checked.push({ evidence: null, result, message: 'It is in the custody log, but no longer in the case.' });
  }
  return checked;
}

/** Counts bytes, tells, and stops the work where it should stop. */
class Meter {
  readonly #progress: Progress;
  readonly #total: number;
  #done = 0;
  /** Where the part at hand ends. */
  #end = 0;
  #note = '';

  constructor(progress: Progress, total: number) {
    this.#progress = progress;
    this.#total = total;
  }

  /** The parts before are done, whatever was counted of them; the next one has so many bytes. */
  begin(bytes: number, note: string): void {
    this.#done = this.#end;
    this.#end += bytes;
    this.#note = note;
    this.add(0);
  }

  /** More of this part is done, or another file was looked into for it: never more than there is of it. */
  add(bytes: number, note = this.#note): void {
    if (this.#progress.stopped()) throw new FlowcaseError('CANCELLED', 'The verification was stopped; it changes nothing.');
    this.#done = Math.min(this.#done + bytes, this.#end);
    this.#progress.report(this.#done, this.#total, 'bytes', note);
  }
}
