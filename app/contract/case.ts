import type { Who } from './who.ts';

/** What a case, its evidence and its custody log look like from outside. Times are integer microseconds since 1970 UTC. */

/**
 * Kinds of record. Each kind has its own columns; a record's id is its place within its kind. Two kinds mean something to Flowcase: `connection`
 * and `request`. Every other log is a plain table of a kind named after it: `dns`, `http`, `x509`.
 */
export const mainKinds = ['connection', 'request'] as const;
export type MainKind = (typeof mainKinds)[number];
export type RecordKind = string;

/** What a kind may be called. */
export const recordKindPattern = /^[a-z][a-z0-9_-]{0,62}$/;

export interface CaseInfo {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly number: string;
  readonly examiner: string;
  readonly created: number;
  readonly schema: number;
  /** Opened for reading only: nothing can be changed here, and what is read is not entered in the custody log. */
  readonly readOnly: boolean;
  readonly program: string;
  readonly evidence: number;
  readonly connections: number;
  readonly requests: number;
  /** Every kind that has records, by name: connections and requests first. */
  readonly kinds: readonly { readonly kind: RecordKind; readonly records: number }[];
  readonly hosts: number;
  readonly rejects: number;
  readonly runs: number;
  readonly tags: number;
  /** Findings of the latest run of each method: what findings.list gives unless asked for more. */
  readonly findings: number;
  readonly custody: { readonly entries: number; readonly head: string };
  /** First and last time stamp of all records, or null without records. */
  readonly first: number | null;
  readonly last: number | null;
  /** Counts up with every change of the case; what was read at another revision is stale. */
  readonly revision: number;
}

export interface RecentCase {
  readonly path: string;
  readonly name: string;
  readonly number: string;
  readonly examiner: string;
  /** When it was last opened here. */
  readonly opened: number;
  readonly exists: boolean;
}

/**
 * How an import of one file ended. `complete`: every line accounted for. `incomplete`: the file ends early or is damaged;
 * what came before is kept and marked. `live`: it is still being received; what there is of it can be seen, and is sealed at its end.
 */
export type EvidenceStatus = 'complete' | 'incomplete' | 'live';

export interface Evidence {
  readonly id: number;
  /** The path as it was given. */
  readonly path: string;
  readonly name: string;
  readonly format: string;
  readonly formatTitle: string;
  readonly kind: RecordKind;
  /** Size of the original in bytes, and SHA-256 of these bytes. */
  readonly bytes: number;
  readonly sha256: string;
  /** Size and SHA-256 after decompression; the same as the original's where it is not packed. */
  readonly unpackedBytes: number;
  readonly unpackedSha256: string | null;
  /** The original's time of last change as the file system says it. */
  readonly modified: number | null;
  readonly imported: number;
  readonly importedBy: string;
  readonly program: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rows: number;
  readonly rejected: number;
  /** Header lines, comments and blank lines. rows + rejected + comments = lines. */
  readonly comments: number;
  readonly lines: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly seconds: number;
  readonly status: EvidenceStatus;
  /** What a person should know about this file: cut short, two headers, values rounded. One sentence each. */
  readonly remarks: readonly string[];
  /** Only what came after an earlier evidence of the same file is in this one: from this line (1-based) and byte (0-based, unpacked) on. */
  readonly continues?: Continuation;
}

export interface Continuation {
  readonly evidence: number;
  readonly line: number;
  readonly byte: number;
}

export interface Reject {
  readonly evidence: number;
  readonly line: number;
  readonly offset: number;
  readonly reason: string;
  /** What exactly was wrong: "id.resp_p is 70000". */
  readonly what: string;
  readonly text: string;
}

/** A file that an import did not take, and why. */
export interface Refusal {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** Where it is a file in an archive: the archive's path, and its name in it. */
  readonly archive?: string;
  readonly member?: string;
}

export interface ImportResult {
  readonly evidence: readonly Evidence[];
  /** Files skipped because the same bytes are in the case already. */
  readonly skipped: readonly { readonly path: string; readonly evidence: number; readonly message: string }[];
  readonly refused: readonly Refusal[];
  /** Hidden files and folders within the folders, which were passed over. */
  readonly hidden: number;
}

export interface CustodyEntry {
  readonly seq: number;
  /** Which rule its hash follows: 1 knew the account alone, 2 hashes the examiner too. */
  readonly form: number;
  readonly at: number;
  readonly who: Who;
  /** What was done: "case.created", "evidence.imported", ... */
  readonly act: string;
  /** One sentence for a person. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly previous: string;
  readonly hash: string;
}

export interface VerifyResult {
  readonly ok: boolean;
  readonly at: number;
  readonly evidence: readonly {
    /** The evidence's number. */
    readonly id: number;
    readonly name: string;
    readonly path: string;
    /** The hash in the case. */
    readonly sha256: string;
    /** true: the original is there with these bytes; false: it differs; null: it was not found. */
    readonly match: boolean | null;
    /** The evidence row in the case is as the custody log recorded it. */
    readonly row: boolean;
    /** The records in the case are as the custody log recorded them. */
    readonly records: boolean;
    readonly message: string;
  }[];
  readonly custody: { readonly entries: number; readonly ok: boolean; readonly head: string; readonly message: string };
}
