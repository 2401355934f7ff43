import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import type { CustodyEntry } from '../contract/case.ts';
import { canonicalJson, parseObject } from './canonical.ts';
import { getMeta, setMeta } from './meta.ts';

/** What stands before the first entry. */
export const GENESIS = '0'.repeat(64);

/** Acts that leave the case's content as it was. The report leaves them out at the end of the log, so that the same case gives the same bytes. */
const accessActs: ReadonlySet<string> = new Set(['case.opened', 'report.exported', 'table.exported', 'case.verified']);

export function isAccessAct(act: string): boolean {
  return accessActs.has(act);
}

export interface CustodyRow {
  readonly seq: number;
  readonly at: number;
  readonly who: string;
  readonly act: string;
  readonly summary: string;
  /** Canonical JSON. */
  readonly details: string;
  readonly previous: string;
  readonly hash: string;
}

export const selectCustody = 'SELECT seq, at, who, act, summary, details, previous, hash FROM custody ORDER BY seq';

/**
 * The hash of an entry: SHA-256, in lower-case hex, over the UTF-8 bytes of the line `flowcase custody 1`, a line feed, and
 * `[seq,at,who,act,summary,details,previous]` as JSON without blanks, where `details` is a string: the details as canonical JSON
 * (keys sorted, no blanks). `at` is integer microseconds since 1970 UTC; `previous` is the hash of the entry before, 64 zeros for the first.
 */
export function custodyHash(entry: Omit<CustodyRow, 'hash'>): string {
  const fields = [entry.seq, entry.at, entry.who, entry.act, entry.summary, entry.details, entry.previous];
  return createHash('sha256')
    .update(`flowcase custody 1\n${JSON.stringify(fields)}`)
    .digest('hex');
}

export interface Act {
  readonly act: string;
  /** One sentence. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Appends an entry in the caller's transaction. */
export function appendCustody(db: Database.Database, who: string, at: number, act: Act): CustodyEntry {
  const details = canonicalJson(act.details);
  const previous = getMeta(db, 'custody_head') ?? GENESIS;
  const unsealed = {
    seq: Number(getMeta(db, 'custody_entries') ?? 0) + 1,
    at,
    who: who.toWellFormed(),
    act: act.act.toWellFormed(),
    summary: act.summary.toWellFormed(),
    details,
    previous,
  };
  const row: CustodyRow = { ...unsealed, hash: custodyHash(unsealed) };
  db.prepare('INSERT INTO custody(seq, at, who, act, summary, details, previous, hash) VALUES (?,?,?,?,?,?,?,?)').run(
    row.seq,
    row.at,
    row.who,
    row.act,
    row.summary,
    row.details,
    row.previous,
    row.hash,
  );
  setMeta(db, 'custody_entries', String(row.seq));
  setMeta(db, 'custody_head', row.hash);
  return { ...row, details: parseObject(details) };
}

export interface ChainCheck {
  readonly entries: number;
  readonly ok: boolean;
  readonly head: string;
  readonly message: string;
}

/** Recomputes the chain. `head` and `count` are what meta says they are: a log whose tail was cut does not reach them. */
export function checkChain(rows: Iterable<CustodyRow>, count: number, head: string): ChainCheck {
  let previous = GENESIS;
  let entries = 0;
  const fail = (message: string): ChainCheck => ({ entries, ok: false, head: previous, message });
  for (const row of rows) {
    entries++;
    if (row.seq !== entries) return fail(`Entry ${entries} of the custody log is missing.`);
    if (row.previous !== previous) return fail(`Entry ${row.seq} of the custody log does not follow from the entry before it.`);
    if (custodyHash(row) !== row.hash) return fail(`Entry ${row.seq} of the custody log was changed after it was written.`);
    if (!isCanonical(row.details)) return fail(`The details of entry ${row.seq} of the custody log cannot be read.`);
    previous = row.hash;
  }
  if (entries === 0) return fail('The custody log is empty.');
  if (entries !== count || previous !== head) return fail(`The custody log was cut: it has ${entries} entries, the case counted ${count}.`);
  return { entries, ok: true, head: previous, message: `All ${entries} entries are as they were written.` };
}

function isCanonical(details: string): boolean {
  try {
    return canonicalJson(parseObject(details)) === details;
  } catch {
    return false;
  }
}
