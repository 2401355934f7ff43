import { createHash, type Hash } from 'node:crypto';
import type { LiveEvidence, LiveStore, LiveTransaction } from '../../case/live-types.ts';
import type { Continuation, RecordKind } from '../../contract/case.ts';
import { formatOptions, type FormatOptions } from '../../contract/formats.ts';
import type { LiveWatch } from '../../contract/live.ts';
import { formatById } from '../../formats/registry.ts';
import { FlowcaseError } from '../../errors.ts';
import type { LogReader, OpenedLog } from '../../formats/types.ts';
import type { SourceBatch, Stretch } from '../types.ts';
import { recognise, stateBehind } from './recognise.ts';
import { headerSink, LiveSink, type Observe, type Origin } from './records.ts';

/** A stretch as the case keeps it between two commits; its first lines, which never change, are a state of their own. */
export interface SavedStretch {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly format: string;
  readonly why: string;
  readonly options: FormatOptions;
  /** Of the reader, behind the last line. */
  readonly state: string;
  readonly lines: number;
  readonly bytes: number;
  /** Where its lines went last. */
  readonly evidence: number;
}

interface Known {
  readonly format: string;
  readonly why: string;
  readonly options: FormatOptions;
  readonly head: Uint8Array;
  readonly log: OpenedLog;
}

/** The evidence under way. */
interface Piece {
  readonly evidence: LiveEvidence;
  readonly reader: LogReader;
  readonly hash: Hash;
  readonly begun: number;
  readonly origin: Origin;
  bytes: number;
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

/** The lines of one stretch of a source on their way into the case. */
export class StretchReader {
  readonly stretch: Stretch;
  readonly #options: StretchOptions;
  #known: Known | null = null;
  #piece: Piece | null = null;
  /** As of the last commit. */
  #saved: SavedStretch | null;
  /** What evidence there may be was not begun here, or what it knows has become wrong. */
  #stale = false;
  #ended = false;
  #generation: number;
  /** Time stamp of its latest record here. */
  last: number | null = null;

  constructor(options: StretchOptions, stretch: Stretch, saved: SavedStretch | null) {
    this.#options = options;
    this.stretch = stretch;
    this.#saved = saved;
    this.#generation = options.live.generation;
    if (saved === null) return;
    const head = options.live.state(this.#headKey);
    if (head === null)
      throw new FlowcaseError(
        'CASE_DAMAGED',
        `The first lines of ${saved.path} are not in the case any more. Take its source off the list and watch it anew.`,
      );
    const { format, why } = saved;
    const given = formatOptions.parse(saved.options);
    this.#known = { format, why, options: given, head, log: formatById(format).open(head, given) };
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
  /** Of the evidence under way. */
  get counts(): { readonly rows: number; readonly rejected: number } {
    return this.#piece?.reader.figures ?? { rows: 0, rejected: 0 };
  }

  /** Whether the format is known, with these bytes to come next. @throws FlowcaseError where it is none that can be read */
  ready(next: Uint8Array, since: number, before: string | null): boolean {
    if (this.#known !== null) return true;
    const { head, name } = this.stretch;
    this.#known = recognise(head ?? next, this.#options.watch, { name, since, before });
    return this.#known !== null;
  }

  /** Takes lines into the case; within a commit. @throws what the reader, or the case, throws */
  take(transaction: LiveTransaction, batch: SourceBatch): void {
    // its last line was read in an earlier life, or there never was one: nothing begins for it
    if (batch.ends === true && batch.bytes.length === 0 && this.#piece === null) {
      this.#end(transaction);
      return;
    }
    const piece = this.#open(transaction);
    piece.reader.feed(batch.bytes);
    piece.hash.update(batch.bytes);
    piece.bytes += batch.bytes.length;
    if (batch.ends !== true) return piece.reader.flush();
    piece.reader.end(false);
    this.#end(transaction);
  }

  /** What is known of it behind the lines that were taken; within the same commit. null: nothing yet, or nothing more comes. */
  save(): SavedStretch | null {
    const piece = this.#piece;
    const known = this.#known;
    if (piece === null || known === null) return this.#ended ? null : this.#saved;
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
      remarks: known.log.remarks(figures.tallies),
    });
    if (this.#ended) return null;
    const { id = '', path, name } = this.stretch;
    return {
      ...{ id, path, name, format: known.format, why: known.why, options: known.options },
      state: piece.reader.state(),
      lines: piece.origin.lines + figures.lines,
      bytes: piece.origin.bytes + piece.bytes,
      evidence: piece.evidence.evidence,
    };
  }

  /** The commit held. */
  committed(saved: SavedStretch | null): void {
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
    this.#ended = false;
    this.#stale = true;
  }

  /** No more comes; what there is of it is sealed. */
  close(remarks: readonly string[]): void {
    const evidence = this.evidence ?? this.#saved?.evidence ?? null;
    this.#piece = null;
    if (evidence !== null) this.#options.live.seal(evidence, remarks);
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
      ...(saved === null ? {} : { continues: continuationOf(saved) }),
    });
    if (saved === null) transaction.state(this.#headKey, known.head);
    const reader = known.log.read(new LiveSink({ evidence, origin, source, kind: known.log.kind, observe }));
    if (saved !== null) reader.resume(saved.state);
    else if (head !== null) reader.resume(stateBehind(known.log, head, headerSink(evidence)));
    return { evidence, reader, hash: createHash('sha256'), begun: performance.now(), origin, bytes: 0 };
  }
}

function continuationOf({ evidence, lines, bytes }: SavedStretch): Continuation {
  return { evidence, line: lines + 1, byte: bytes };
}

/** As its source calls it. */
export function stretchOf({ id, path, name }: SavedStretch): Stretch {
  return { ...(id === '' ? {} : { id }), path, name, byte: null, line: null, head: null };
}
