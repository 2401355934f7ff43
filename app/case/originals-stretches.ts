import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import { Original } from '../original/original.ts';
import type { FolderFile } from './originals-folder.ts';
import { isLike, stretchOf } from './stretches.ts';

/** Bytes of evidence that were read, and what is being done, for a person; it throws where the work should stop. */
export type Tick = (bytes: number, note?: string) => void;

/** Finds which files have what was received as it grew. A packed file is unpacked once for everything that may be in it. */
export class StretchSearch {
  readonly #received: readonly Evidence[];
  readonly #tick: Tick;
  /** By path: numbers of the evidence that is in what is packed there. */
  readonly #inside = new Map<string, ReadonlySet<number>>();
  readonly #found = new Set<number>();
  /** By path of the log: the file that had the last piece of it. */
  readonly #lastHolder = new Map<string, string>();

  /** `received`: all evidence of the case that is a stretch of a file. */
  constructor(received: readonly Evidence[], tick: Tick) {
    this.#received = received;
    this.#tick = tick;
  }

  /** The first of these files that has the evidence, and whether it is packed there; and those that could not be read. */
  async holder(
    evidence: Evidence,
    files: readonly FolderFile[],
  ): Promise<{ readonly path: string | null; readonly packed: boolean; readonly unread: readonly string[] }> {
    const unread: string[] = [];
    // pieces follow each other in one file; with the first begins another one
    const last = rangeOf(evidence).from === 0 ? undefined : this.#lastHolder.get(evidence.path);
    for (const { path } of files.toSorted((a, b) => Number(b.path === last) - Number(a.path === last))) {
      const has = await this.#has(path, evidence);
      if (has === null) unread.push(path);
      if (has === null || has === 'no') continue;
      this.#lastHolder.set(evidence.path, path);
      this.#found.add(evidence.id);
      return { path, packed: has === 'packed', unread };
    }
    return { path: null, packed: false, unread };
  }

  /** null: it cannot be read. */
  async #has(path: string, evidence: Evidence): Promise<'plain' | 'packed' | 'no' | null> {
    const inside = this.#inside.get(path);
    if (inside !== undefined) return inside.has(evidence.id) ? 'packed' : 'no';
    try {
      const original = await Original.open(path);
      try {
        const content = await Content.of(original);
        if (!content.packed) return (await this.#hasPlain(content, evidence)) ? 'plain' : 'no';
        const found = await this.#lookInside(content);
        this.#inside.set(path, found);
        return found.has(evidence.id) ? 'packed' : 'no';
      } finally {
        await original.close();
      }
    } catch (error) {
      if (error instanceof FlowcaseError && error.code.startsWith('FILE_')) return null;
      throw error;
    }
  }

  async #hasPlain(content: Content, evidence: Evidence): Promise<boolean> {
    const range = stretchOf(evidence);
    if (range === null || content.length === null || content.length < range.to) return false;
    const { sha256 } = await hashOf(content, { ...range, take: ({ length }) => this.#tick(length) });
    return sha256 === evidence.sha256;
  }

  /** Everything received of the same log, under whatever name it had then, and not found yet, that is in what is packed in a file. */
  async #lookInside(content: Content): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    const { path } = content.original;
    const file = { path, name: basename(path) };
    const open = this.#received.filter((one) => one.bytes > 0 && !this.#found.has(one.id) && isLike(one, file));
    const passing = passingOf(open);
    const note = `unpacking ${file.name}`;
    let position = 0;
    const take = (block: Uint8Array): void => {
      this.#tick(0, note);
      for (const one of passing) one.take(block, position, found);
      position += block.length;
    };
    const to = Math.max(0, ...open.map((one) => rangeOf(one).to));
    await content.read(take, { to, hashed: false, step: () => this.#tick(0, note) });
    return found;
  }
}

/** What of the received begins at one place, while a file passes that may have it: hashed once for all of it. */
class Passing {
  readonly #from: number;
  readonly #hash = createHash('sha256');
  /** By where they end: the first first. */
  readonly #open: Evidence[];
  #position: number;

  constructor(from: number, evidence: readonly Evidence[]) {
    this.#from = from;
    this.#position = from;
    this.#open = evidence.toSorted((a, b) => rangeOf(a).to - rangeOf(b).to);
  }

  /** The bytes from `start` on; what of it they are the end of is found. */
  take(block: Uint8Array, start: number, found: Set<number>): void {
    if (start + block.length <= this.#from) return;
    for (let next = this.#open.at(0); next !== undefined; next = this.#open.at(0)) {
      const { to } = rangeOf(next);
      this.#hash.update(block.subarray(this.#position - start, to - start));
      this.#position = Math.min(to, start + block.length);
      if (this.#position < to) return;
      this.#open.shift();
      if (this.#hash.copy().digest('hex') === next.sha256) found.add(next.id);
    }
  }
}

function passingOf(evidence: readonly Evidence[]): Passing[] {
  return [...Map.groupBy(evidence, (one) => rangeOf(one).from)].map(([from, alike]) => new Passing(from, alike));
}

function rangeOf(evidence: Evidence): { readonly from: number; readonly to: number } {
  return stretchOf(evidence) ?? { from: 0, to: 0 };
}
