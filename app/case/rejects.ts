import type Database from 'better-sqlite3';
import { createHash, type Hash } from 'node:crypto';
import type { Reject } from '../contract/case.ts';

/** Of the offending text this many bytes are kept. */
const MAX_TEXT = 4096;
/** Rejects wait in memory until there are so many. */
const BATCH = 256;

export interface RejectRow {
  readonly line: number;
  readonly offset: number;
  readonly reason: string;
  readonly what: string;
  readonly text: string;
}

/** Keeps the rejects of one import and hashes them in passing. The transaction is the caller's. */
export class RejectWriter {
  readonly #insert: Database.Statement<[number, number, number, string, string, string]>;
  readonly #evidence: number;
  readonly #digest = new RejectDigest();
  #waiting: RejectRow[] = [];
  count = 0;

  constructor(db: Database.Database, evidence: number) {
    this.#evidence = evidence;
    this.#insert = db.prepare('INSERT INTO reject(evidence, line, offset, reason, what, text) VALUES (?,?,?,?,?,?)');
  }

  /** True where it is time to flush. */
  add(reject: Omit<Reject, 'evidence'>): boolean {
    const row = { ...reject, reason: reject.reason.toWellFormed(), what: shortened(reject.what), text: shortened(reject.text) };
    this.#digest.add(row);
    this.#waiting.push(row);
    this.count++;
    return this.#waiting.length >= BATCH;
  }

  /** Of those that wait, in memory. */
  get bytes(): number {
    return this.#waiting.reduce((sum, { what, text }) => sum + what.length + text.length + 64, 0);
  }

  flush(): void {
    for (const row of this.#waiting) this.#insert.run(this.#evidence, row.line, row.offset, row.reason, row.what, row.text);
    this.#waiting = [];
  }

  digest(): string {
    return this.#digest.hex();
  }
}

/** SHA-256 over rejects in the order they came, each as JSON in a line. */
export class RejectDigest {
  readonly #hash: Hash = createHash('sha256');

  add(row: RejectRow): void {
    this.#hash.update(`${JSON.stringify([row.line, row.offset, row.reason, row.what, row.text])}\n`);
  }

  hex(): string {
    return this.#hash.copy().digest('hex');
  }
}

/** At most MAX_TEXT bytes of UTF-8, cut between characters and marked where cut. */
function shortened(text: string): string {
  const whole = text.toWellFormed();
  if (whole.length * 3 <= MAX_TEXT || Buffer.byteLength(whole) <= MAX_TEXT) return whole;
  const bytes = Buffer.from(whole);
  let end = MAX_TEXT - 3;
  while ((bytes[end] & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}…`;
}
