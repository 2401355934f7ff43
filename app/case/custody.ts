import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import type { CustodyEntry } from '../contract/case.ts';
import type { Who } from '../contract/who.ts';
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
  /** Which rule the hash follows. */
  readonly form: number;
  readonly at: number;
  readonly account: string;
  /** null in form 1, which did not know it. */
  readonly examiner: string | null;
  /** The token of the API that asked for the act; null in the forms before 3, which did not know it. */
  readonly token: string | null;
  readonly act: string;
  readonly summary: string;
  /** Canonical JSON. */
  readonly details: string;
  readonly previous: string;
  readonly hash: string;
}

export const selectCustody =
  'SELECT seq, form, at, who AS account, examiner, token, act, summary, details, previous, hash FROM custody ORDER BY seq';

/** The form of new entries: of acts at the machine, and of those that were asked for over the API. */
const FORM_HERE = 2;
const FORM_BY_TOKEN = 3;

type Unsealed = Omit<CustodyRow, 'hash'>;
type WhoField = 'account' | 'examiner' | 'token';

/** What each form knows of who acted, in the order of its hash. What it does not know is null. */
const formWho: ReadonlyMap<number, readonly WhoField[]> = new Map([
  [1, ['account']],
  [FORM_HERE, ['account', 'examiner']],
  [FORM_BY_TOKEN, ['account', 'examiner', 'token']],
]);
const allWho: readonly WhoField[] = ['account', 'examiner', 'token'];

/**
 * The hash of an entry: SHA-256, in lower-case hex, over the UTF-8 bytes of the line `flowcase custody 2`, a line feed, and
 * `[seq,at,account,examiner,act,summary,details,previous]` as JSON without blanks, where `details` is a string: the details as canonical
 * JSON (keys sorted, no blanks). `at` is integer microseconds since 1970 UTC; `previous` is the hash of the entry before, 64 zeros for the
 * first. Entries of form 3, of acts that were asked for over the API, have the line `flowcase custody 3` and the name of the token behind the
 * examiner; those of form 1 (schema 1) have the line `flowcase custody 1` and no examiner.
 * @throws RangeError for a form that this program does not know
 */
export function custodyHash(entry: Unsealed): string {
  const who = formWho.get(entry.form);
  if (who === undefined) throw new RangeError(`there is no form ${entry.form} of custody entries`);
  const fields = [entry.seq, entry.at, ...who.map((field) => entry[field]), entry.act, entry.summary, entry.details, entry.previous];
  return createHash('sha256')
    .update(`flowcase custody ${entry.form}\n${JSON.stringify(fields)}`)
    .digest('hex');
}

/** The examiner of the case as it stands. */
export function examinerOf(db: Database.Database): string {
  return getMeta(db, 'examiner') ?? '';
}

/** An entry as the contract shows it. @throws TypeError for details that are no JSON object */
export function entryOf({ account, examiner, token, ...row }: CustodyRow): CustodyEntry {
  const who = { account, examiner: examiner ?? '', ...(token === null ? {} : { token }) };
  return { ...row, who, details: parseObject(row.details) };
}

export interface Act {
  readonly act: string;
  /** One sentence. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Appends an entry in the caller's transaction. */
export function appendCustody(db: Database.Database, who: Who, at: number, act: Act): CustodyEntry {
  const details = canonicalJson(act.details);
  const previous = getMeta(db, 'custody_head') ?? GENESIS;
  const unsealed = {
    seq: Number(getMeta(db, 'custody_entries') ?? 0) + 1,
    form: who.token === undefined ? FORM_HERE : FORM_BY_TOKEN,
    at,
    account: who.account.toWellFormed(),
    examiner: who.examiner.toWellFormed(),
    token: who.token?.toWellFormed() ?? null,
    act: act.act.toWellFormed(),
    summary: act.summary.toWellFormed(),
    details,
    previous,
  };
  const row: CustodyRow = { ...unsealed, hash: custodyHash(unsealed) };
  // the steps of a migration are written down before there is a place for tokens
  const [column, value] = row.token === null ? ['', ''] : [' token,', ' @token,'];
  db.prepare(
    `INSERT INTO custody(seq, form, at, who, examiner,${column} act, summary, details, previous, hash)
     VALUES (@seq, @form, @at, @account, @examiner,${value} @act, @summary, @details, @previous, @hash)`,
  ).run(row);
  setMeta(db, 'custody_entries', String(row.seq));
  setMeta(db, 'custody_head', row.hash);
  return entryOf(row);
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
    const known = formWho.get(row.form);
    if (known === undefined) return fail(`Entry ${row.seq} of the custody log is of a form that is not known (${row.form}).`);
    if (custodyHash(row) !== row.hash || allWho.some((field) => !known.includes(field) && row[field] !== null))
      return fail(`Entry ${row.seq} of the custody log was changed after it was written.`);
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
