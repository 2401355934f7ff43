import { createHash, type Hash } from 'node:crypto';
import type { LiveEvidence, LiveStore, LiveTransaction } from '../../case/live-types.ts';
import type { Continuation, RecordKind } from '../../contract/case.ts';
import { plural } from '../../contract/format.ts';
import type { LiveWatch } from '../../contract/live.ts';
import { FlowcaseError } from '../../errors.ts';
import type { LogReader } from '../../formats/types.ts';
import type { BatchFigures, SourceBatch, Stretch } from '../types.ts';
import { isHeaderAlone, isOfLines, isTooLittle, notRecognised, recognise, stateBehind, type Recognised } from './recognise.ts';
import { headerSink, LiveSink, type Observe, type Origin } from './records.ts';
import { heldStretch, knownAgain, type HeldStretch, type SavedStretch } from './saved-reader.ts';

/** The evidence under way. */
interface Piece {
  readonly evidence: LiveEvidence;
  readonly reader: LogReader;
  readonly hash: Hash;
  readonly begun: number;
  readonly origin: Origin;
  bytes: number;
  /** Lines that lack their end. */
  cut: number;
}

export interface StretchOptions {
  readonly live: LiveStore;
  readonly source: number;
  readonly watch: LiveWatch;
  readonly observe: Observe;
}

/** Evidence of so many records, or so old (milliseconds), is sealed, and the next goes on behind it: what rules of retention take away is whole pieces. */
const PIECE_ROWS = 1_000_000;
const PIECE_MS = 60 * 60 * 1000;

const NOTHING: Uint8Array = new Uint8Array(0);

export interface Asked {
  /** When the first of the bytes came; -Infinity: nobody waits for more. */
  readonly since: number;
  /** The format of what came before it, or beside it. */
  readonly before: string | null;
  /** No more of it comes behind these bytes. */
  readonly final: boolean;
  /** Whether too little can be kept until more comes. */
  readonly holds: boolean;
}

export type Readiness = 'read' | 'wait' | 'hold' | 'nothing';

/** The lines of one stretch of a source on their way into the case. */
export class StretchReader {
  readonly stretch: Stretch;
  readonly #options: StretchOptions;
  #known: Recognised | null = null;
  #piece: Piece | null = null;
  /** As of the last commit. */
  #saved: SavedStretch | null;
  /** What came while it was too little to recognise anything by; and as of the last commit. */
  #held: Uint8Array;
  #heldSafe: Uint8Array;
  /** What evidence there may be was not begun here, or what it knows has become wrong. */
  #stale = false;
  #ended = false;
  #generation: number;
  /** Time stamp of its latest record here. */
  last: number | null = null;

  constructor(options: StretchOptions, stretch: Stretch, saved: SavedStretch | null, held: Uint8Array = NOTHING) {
    this.#options = options;
    this.stretch = stretch;
    this.#saved = saved;
    this.#held = held;
    this.#heldSafe = held;
    this.#generation = options.live.generation;
    if (saved === null) return;
    const head = options.live.state(this.#headKey);
    if (head === null)
      throw new FlowcaseError(
        'CASE_DAMAGED',
        `The first lines of ${saved.path} are not in the case any more. Take its source off the list and watch it anew.`,
      );
    this.#known = knownAgain(saved, head);
  }

  get #headKey(): string {
    return `head:${this.#options.source}:${this.stretch.id ?? ''}`;
  }

  get kind(): RecordKind | null {
    return this.#known?.log.kind ?? null;
  }
  get format(): string | null {
    return this.#known?.format ?? null;
  }
  get title(): string {
    return this.#known?.log.title ?? '';
  }
  get evidence(): number | null {
    return this.#piece?.evidence.evidence ?? null;
  }
  get saved(): SavedStretch | null {
    return this.#saved;
  }
  /** Its last line was taken. */
  get ended(): boolean {
    return this.#ended;
  }
  /** It waits for more to be recognised by. */
  get holds(): HeldStretch | null {
    return this.#known === null && this.#held.length > 0 ? heldStretch(this.stretch, this.#held) : null;
  }

  /**
   * What is to be done with these bytes, which come next: they can be read, are to wait, or to be kept until more comes, or there is nothing in them.
   * @throws FlowcaseError where they are none that can be read
   */
  ready(next: Uint8Array, ask: Asked): Readiness {
    if (this.#known !== null || (ask.final && next.length === 0 && this.#held.length === 0)) return 'read';
    const bytes = this.#bytesWith(next);
    const { name, format } = this.stretch;
    const { watch } = this.#options;
    try {
      this.#known = recognise(bytes, { ...watch, format: watch.format ?? format }, { name, since: ask.since, before: ask.before });
    } catch (error) {
      if (!isOfLines(error)) throw error;
      if (ask.final && isHeaderAlone(bytes)) return 'nothing';
      if (!ask.final && ask.holds && isTooLittle(bytes)) return 'hold';
      throw error;
    }
    return this.#known === null ? 'wait' : 'read';
  }

  /** It cannot be read, for this reason: its lines are rejected from the first one on. */
  giveUp(next: Uint8Array, reason: FlowcaseError): void {
    this.#known = notRecognised(this.#bytesWith(next), reason);
  }

  /** Keeps lines until it can be said what they are. */
  hold(bytes: Uint8Array): void {
    this.#held = Buffer.concat([this.#held, bytes]);
  }

  /** It ended before it had anything to keep. */
  pass(transaction: LiveTransaction): void {
    this.#held = NOTHING;
    this.#end(transaction);
  }

  /** Takes lines into the case and says what they were; within a commit. `more`: others of this stretch come at once. @throws what the reader, or the case, throws */
  take(transaction: LiveTransaction, batch: SourceBatch, more: boolean): BatchFigures {
    // its last line was read in an earlier life, or there never was one: nothing begins for it
    if (batch.ends === true && batch.bytes.length === 0 && this.#held.length === 0 && this.#piece === null) {
      this.#end(transaction);
      return { rows: 0, rejected: 0, comments: 0 };
    }
    const piece = this.#open(transaction);
    const { rows, rejected, comments } = piece.reader.figures;
    for (const bytes of [this.#held, batch.bytes]) {
      piece.reader.feed(bytes);
      piece.hash.update(bytes);
      piece.bytes += bytes.length;
    }
    piece.cut += batch.cut ?? 0;
    this.#held = NOTHING;
    if (batch.ends === true) {
      piece.reader.end(false);
      this.#end(transaction);
    } else if (!more) piece.reader.flush();
    const after = piece.reader.figures;
    return { rows: after.rows - rows, rejected: after.rejected - rejected, comments: after.comments - comments };
  }

  /** What is known of it behind the lines that were taken; within the same commit. null: nothing yet, or nothing more comes. */
  save(): SavedStretch | null {
    const piece = this.#piece;
    const known = this.#known;
    if (piece === null || known === null) return this.#ended ? null : this.#saved;
    if (!this.#ended) piece.reader.flush();
    const { figures } = piece.reader;
    piece.evidence.figures({
      rows: figures.rows,
      rejected: figures.rejected,
      comments: figures.comments,
      lines: figures.lines,
      first: figures.first,
      last: figures.last,
      bytes: piece.bytes,
      unpackedBytes: piece.bytes,
      sha256: piece.hash.copy().digest('hex'),
      seconds: (performance.now() - piece.begun) / 1000,
      remarks: [...known.log.remarks(figures.tallies), ...cutRemarks(piece.cut)],
    });
    if (this.#ended) return null;
    const { id = '', path, name } = this.stretch;
    return {
      ...{ id, path, name, format: known.format, why: known.why, options: known.options },
      ...(known.unreadable === undefined ? {} : { unreadable: known.unreadable }),
      state: piece.reader.state(),
      lines: piece.origin.lines + figures.lines,
      bytes: piece.origin.bytes + piece.bytes,
      evidence: piece.evidence.evidence,
    };
  }

  /** The commit held. */
  committed(saved: SavedStretch | null): void {
    this.#heldSafe = this.#held;
    // of one that has ended it stays known what is to be sealed
    if (!this.#ended) this.#saved = saved;
    const piece = this.#piece;
    if (piece === null) return;
    const { figures } = piece.reader;
    if (figures.last !== null) this.last = Math.max(this.last ?? figures.last, figures.last);
    if (figures.rows >= PIECE_ROWS || performance.now() - piece.begun > PIECE_MS) this.#stale = true;
  }

  /** It did not: everything is as it was before. */
  rolledBack(): void {
    this.#held = this.#heldSafe;
    this.#ended = false;
    this.#stale = true;
  }

  /** No more comes; what there is of it is sealed. */
  close(remarks: readonly string[]): void {
    const evidence = this.evidence ?? this.#saved?.evidence ?? null;
    if (evidence !== null) this.#options.live.seal(evidence, remarks);
    this.#piece = null;
  }

  /** What it begins with, as far as that is known. */
  #bytesWith(next: Uint8Array): Uint8Array {
    const { head } = this.stretch;
    if (head === null) return this.#held.length === 0 ? next : Buffer.concat([this.#held, next]);
    return isHeaderAlone(head) ? Buffer.concat([head, this.#held, next]) : head;
  }

  #end(transaction: LiveTransaction): void {
    this.#ended = true;
    transaction.state(this.#headKey, null);
  }

  #open(transaction: LiveTransaction): Piece {
    const { live } = this.#options;
    if (this.#piece !== null && !this.#stale && live.generation === this.#generation) return this.#piece;
    // of what was rolled back there is nothing to seal
    const before = this.#piece?.evidence.evidence ?? null;
    if (before !== null && before === this.#saved?.evidence) live.seal(before, []);
    this.#stale = false;
    this.#generation = live.generation;
    this.#piece = this.#begin(transaction);
    return this.#piece;
  }

  /** What its evidence goes on from: that of this source, or of one before it. */
  #continuation(): { readonly continues?: Continuation } {
    const { byte, line, continues } = this.stretch;
    if (this.#saved !== null) return { continues: continuationOf(this.#saved) };
    return continues === undefined ? {} : { continues: { evidence: continues, line: (line ?? 0) + 1, byte: byte ?? 0 } };
  }

  #begin(transaction: LiveTransaction): Piece {
    const known = this.#known;
    if (known === null) throw new Error('lines of an unknown format');
    const saved = this.#saved;
    const { source, observe, watch } = this.#options;
    const { path, name, head } = this.stretch;
    const origin = saved ?? { lines: this.stretch.line ?? 0, bytes: this.stretch.byte ?? 0 };
    const evidence = transaction.begin({
      path,
      name,
      format: known.format,
      formatTitle: known.log.title,
      kind: known.log.kind,
      bytes: 0,
      modified: null,
      options: { ...known.options, format: watch.format ?? null, recognised: known.why, source, from: origin.bytes },
      ...this.#continuation(),
    });
    if (saved === null) transaction.state(this.#headKey, known.head);
    const reader = known.log.read(new LiveSink({ evidence, origin, source, kind: known.log.kind, observe }));
    if (saved !== null) reader.resume(saved.state);
    else if (head !== null) reader.resume(stateBehind(known.log, head, headerSink(evidence)));
    return { evidence, reader, hash: createHash('sha256'), begun: performance.now(), origin, bytes: 0, cut: 0 };
  }
}

/** For a person. */
function cutRemarks(cut: number): string[] {
  if (cut === 0) return [];
  return [`Cut off: ${plural(cut, 'message')} longer than is kept of one, or broken off by the end of a connection.`];
}

function continuationOf({ evidence, lines, bytes }: SavedStretch): Continuation {
  return { evidence, line: lines + 1, byte: bytes };
}
