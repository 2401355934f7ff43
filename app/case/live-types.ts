import type { ColumnContent, ColumnSpec, DictionaryName } from '../columns/types.ts';
import type { CasePool } from '../columns/case-pool.ts';
import type { Evidence, Reject } from '../contract/case.ts';
import type { Finding } from '../contract/records.ts';
import type { EvidenceFigures, EvidenceSource } from './types.ts';

/** What is watched, as the case keeps it. `spec`, `position` and `reader` are whatever their owners say, as JSON. */
export interface StoredSource {
  readonly id: number;
  readonly created: number;
  readonly by: string;
  readonly name: string;
  readonly spec: unknown;
  /** It is to run: after a crash it is begun again where it was. */
  readonly wanted: boolean;
  /** Both null until something of it was committed. */
  readonly position: unknown;
  readonly reader: unknown;
  /** The stretch under way. */
  readonly evidence: number | null;
}

/** A closed window as a row; `figures` are packed by whoever made them. */
export interface StoredWindow {
  readonly source: number;
  readonly kind: string;
  /** Microseconds. */
  readonly width: number;
  readonly start: number;
  readonly records: number;
  readonly figures: Uint8Array;
}

export interface StoredAlert {
  readonly id: number;
  readonly finding: number;
  /** Which alerts are the same one going on. */
  readonly key: string;
  readonly open: boolean;
  readonly raised: number;
  readonly updated: number;
  readonly data: unknown;
}

/** Which alerts are asked for: `after` and `before` are numbers of alerts, which are not among them. */
export interface AlertQuery {
  readonly open: boolean;
  readonly limit: number;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

/** What an alert writes once and never changes: a finding that no run found. */
export type LiveFinding = Pick<Finding, 'kind' | 'title' | 'subject' | 'host' | 'score' | 'severity' | 'why' | 'doubt' | 'of'>;

/**
 * Evidence that comes in piece by piece and can be seen at once. Usable within `LiveStore.commit` only; its figures grow until it is sealed.
 */
export interface LiveEvidence {
  readonly evidence: number;
  dictionary(name: DictionaryName): CasePool;
  known(name: string): ColumnSpec | undefined;
  column(spec: ColumnSpec): ColumnSpec;
  /** Returns the id of the first of these records. */
  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnContent }[]): number;
  reject(reject: Omit<Reject, 'evidence'>): void;
  figures(figures: LiveFigures): void;
}

/** Of all that was committed of a piece of evidence until now. */
export type LiveFigures = Omit<EvidenceFigures, 'status' | 'unpackedSha256'> & { readonly bytes: number };

/** What one commit may do beside records: all of it holds, or none. */
export interface LiveTransaction {
  /** Begins evidence, seen from this commit on. */
  begin(source: EvidenceSource): LiveEvidence;
  position(source: number, place: { readonly position: unknown; readonly reader: unknown; readonly evidence: number | null }): void;
  state(key: string, value: Uint8Array | null): void;
  window(window: StoredWindow): void;
  dropWindows(kind: string, width: number, before: number): void;
  /** A new alert with its finding, in the custody log. */
  raise(key: string, finding: LiveFinding, records: Float64Array, data: unknown): StoredAlert;
  updateAlert(id: number, change: { readonly open: boolean; readonly data: unknown }): void;
}

/** The part of a case's writer that live data needs. */
export interface LiveStore {
  /** An import is under way: nothing can be committed until it ends. */
  readonly busy: boolean;
  /** Counts up whenever what readers of logs hold (ids of texts, columns) has become wrong: they have to be made anew. */
  readonly generation: number;
  sources(): readonly StoredSource[];
  addSource(name: string, spec: unknown): StoredSource;
  /** Something else is said of it from now on; nothing happens where that is as it was. */
  changeSource(id: number, spec: unknown): void;
  setWanted(id: number, wanted: boolean): void;
  /** @throws NOT_FOUND */
  removeSource(id: number): void;
  /** Under `rules`: what `setRules` wrote, as JSON. */
  state(key: string): Uint8Array | null;
  /** Drops those whose keys are from `from` up to, not with, `to`. */
  dropStates(from: string, to: string): void;
  /** What a person sets, with an entry in the custody log. */
  setRules(rules: unknown, summary: string): void;
  windows(kind: string, width: number, from: number, to: number): readonly StoredWindow[];
  alerts(open: boolean): readonly StoredAlert[];
  /** @throws WRITE_FAILED where a commit would not find the room that it wants */
  needRoom(): void;
  /** @throws BUSY where an import is under way; WRITE_FAILED; what `work` throws. Nothing is kept then. */
  commit<T>(work: (transaction: LiveTransaction) => T): T;
  /**
   * No more comes: small chunks become large ones, and the custody log gets its digests. Within a commit or outside of one.
   * What is sealed already stays as it is; null where it was removed.
   */
  seal(evidence: number, remarks: readonly string[]): Evidence | null;
  oldestWindow(kind: string): Pick<StoredWindow, 'width' | 'start'> | null;
  newestWindow(kind: string): Pick<StoredWindow, 'width' | 'start'> | null;
  /** Of the case file, without pages that are empty. */
  usedBytes(): number;
  /** Merges what can be; cheap where there is nothing to do. */
  tidy(): void;
}
