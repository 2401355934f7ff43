import { createHash, type Hash } from 'node:crypto';
import { basename } from 'node:path';
import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import { Original } from '../original/original.ts';
import type { FolderFile } from './originals-folder.ts';
import { stretchOf } from './stretches.ts';

/** Bytes of evidence that were read, and what is being done, for a person; it throws where the work should stop. */
export type Tick = (bytes: number, note?: string) => void;

/** One piece of what was received, while a file passes that may have it. */
interface Passing {
  readonly evidence: Evidence;
  readonly from: number;
  readonly to: number;
  readonly hash: Hash;
}

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
    const last = this.#lastHolder.get(evidence.path);
    // pieces follow each other in one file
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
        const found = await this.#lookInside(content, evidence);
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

  /** Everything received of the same log, and not found yet, that is in what is packed in a file. */
  async #lookInside(content: Content, { path }: Evidence): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    const open = this.#received
      .filter((one) => one.path === path && one.bytes > 0 && !this.#found.has(one.id))
      .map((evidence): Passing => ({ evidence, ...rangeOf(evidence), hash: createHash('sha256') }));
    const note = `unpacking ${basename(content.original.path)}`;
    let position = 0;
    const take = (block: Uint8Array): void => {
      this.#tick(0, note);
      const start = position;
      position += block.length;
      for (const { evidence, from, to, hash } of open) {
        if (to <= start || from >= position) continue;
        hash.update(block.subarray(Math.max(0, from - start), to - start));
        if (to <= position && hash.digest('hex') === evidence.sha256) found.add(evidence.id);
      }
    };
    await content.read(take, { to: Math.max(0, ...open.map(({ to }) => to)), hashed: false, step: () => this.#tick(0, note) });
    return found;
  }
}

function rangeOf(evidence: Evidence): { readonly from: number; readonly to: number } {
  return stretchOf(evidence) ?? { from: 0, to: 0 };
}
