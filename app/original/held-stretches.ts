import { createHash, type Hash } from 'node:crypto';

/** Bytes [from, to) of a log, unpacked, that the case has as this evidence, with their SHA-256. */
export interface Stored {
  readonly evidence: number;
  readonly from: number;
  readonly to: number;
  readonly sha256: string;
  /**
   * Where reading goes on behind it, where its last line has no end: at `to`, if that line was taken as a record, or where the line begins. Not there: it
   * ends with a line, or nobody knows.
   */
  readonly behind?: number;
}

export interface Passing {
  /** Bytes that pass, cut at every place where a stretch begins, ends or is gone on behind. Overwritten afterwards. */
  part(bytes: Uint8Array): void;
  /** Such a place, behind the bytes that passed and so many line ends. */
  edge(at: number, line: number): void;
}

/** A stretch that is being compared. */
interface Open {
  readonly stored: Stored;
  readonly hash: Hash;
}

const LF = 10;

/**
 * Tells by their hashes, while a log's bytes pass from the first one on, which stretches it holds. One follows another where it begins at that one's end;
 * one that does not end with a line, and says nothing of what comes behind it, is not gone on behind.
 */
export class HeldStretches {
  readonly #stored: readonly Stored[];
  readonly #passing: Passing;
  readonly #edges: number[];
  /** Those that were found. */
  readonly #held: Stored[] = [];
  #open: Open[] = [];
  #at = 0;
  #line = 0;
  /** The last byte that passed ended a line. */
  #ended = true;

  constructor(stored: readonly Stored[], passing: Passing) {
    this.#stored = stored;
    this.#passing = passing;
    const places = stored.flatMap((one) => [one.from, one.to, behind(one)]);
    this.#edges = [...new Set(places)].sort((a, b) => a - b);
    if (this.#edges[0] === 0) this.#reach();
  }

  /** No more bytes are needed. */
  get done(): boolean {
    return this.#edges.length === 0;
  }

  pass(block: Uint8Array): void {
    for (let from = 0; from < block.length && this.#edges.length > 0;) {
      const part = block.subarray(from, Math.min(block.length, from + this.#edges[0] - this.#at));
      for (const { hash } of this.#open) hash.update(part);
      for (let end = part.indexOf(LF); end >= 0; end = part.indexOf(LF, end + 1)) this.#line++;
      this.#passing.part(part);
      this.#ended = part[part.length - 1] === LF;
      this.#at += part.length;
      from += part.length;
      if (this.#at === this.#edges[0]) this.#reach();
    }
  }

  /** The last of those that follow each other from the first byte on, and where reading goes on behind it; null: the beginning is not held. */
  get beginning(): { readonly last: Stored; readonly behind: number } | null {
    const end = this.#end;
    const last = this.#held.find((one) => behind(one) === end);
    return last === undefined || end === 0 ? null : { last, behind: end };
  }

  /** What is held behind `beginning`. */
  get others(): readonly Stored[] {
    const end = this.#end;
    return this.#held.filter(({ from }) => from >= end);
  }

  /** 0: nothing is held from the first byte on. */
  get #end(): number {
    const ends = new Set([0]);
    for (const one of this.#held.toSorted((a, b) => a.from - b.from)) if (ends.has(one.from)) ends.add(behind(one));
    return Math.max(...ends);
  }

  #reach(): void {
    const at = this.#at;
    this.#passing.edge(at, this.#line);
    const over = this.#open.filter(({ stored }) => stored.to === at && (this.#ended || stored.behind !== undefined));
    this.#held.push(...over.filter(({ stored, hash }) => hash.digest('hex') === stored.sha256).map(({ stored }) => stored));
    this.#open = this.#open.filter(({ stored }) => stored.to > at);
    const begin = this.#stored.filter(({ from, to }) => from === at && to > at);
    this.#open.push(...begin.map((stored) => ({ stored, hash: createHash('sha256') })));
    while (this.#edges.length > 0 && this.#edges[0] <= at) this.#edges.shift();
  }
}

const behind = (one: Stored): number => one.behind ?? one.to;
