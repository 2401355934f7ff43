import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Evidence } from '../contract/case.ts';
import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import { Original } from '../original/original.ts';
import { filesBelow, filesBeside, type FolderFile } from './originals-folder.ts';
import { Insides, isOnlyPacked, mayBeOtherwise, mayBeRotated } from './originals-otherwise.ts';
import { StretchSearch, type Tick } from './originals-stretches.ts';
import { isOfFile, nameStem, stretchCandidates, stretchOf } from './stretches.ts';

export interface Comparison {
  /** true: there with these bytes; false: it differs; null: not found, or it cannot be read. */
  readonly match: boolean | null;
  readonly message: string;
}

/** The files below the folder that was named, for looking them up. */
interface Below {
  readonly all: readonly FolderFile[];
  readonly byName: ReadonlyMap<string, readonly FolderFile[]>;
  readonly bySize: ReadonlyMap<number, readonly FolderFile[]>;
}

/** Finds and hashes the originals of a case. `tick` is called with every piece read, and throws where the work should stop. */
export class Originals {
  readonly #folder: string | undefined;
  readonly #continued: ReadonlySet<number>;
  readonly #tick: Tick;
  readonly #stretches: StretchSearch;
  readonly #insides: Insides;
  readonly #hashes = new Map<string, string>();
  readonly #folders = new Map<string, readonly FolderFile[]>();
  #below: Below | null = null;

  /** `all`: the evidence of the case. The original of what others continue may have grown. */
  constructor(folder: string | undefined, all: readonly Evidence[], tick: Tick) {
    this.#folder = folder;
    this.#continued = new Set(all.flatMap((one) => (one.continues === undefined ? [] : [one.continues.evidence])));
    this.#tick = tick;
    this.#insides = new Insides(tick);
    this.#stretches = new StretchSearch(
      all.filter((one) => stretchOf(one) !== null && isOfFile(one)),
      tick,
    );
  }

  /**
   * Below the folder, where one was named, and nowhere else: by name, then by content among files of the same size. Else at the path it was imported from. Where none
   * is there, or it holds something else, it is looked for packed and under the names of rotation.
   * @throws FlowcaseError FILE_NOT_FOUND where the folder is none; what `tick` throws
   */
  async compare(evidence: Evidence): Promise<Comparison> {
    const stretch = stretchOf(evidence);
    return stretch === null ? this.#compareFile(evidence) : this.#compareStretch(evidence, stretch);
  }

  /** Of what was received as it grew: the same bytes, at the same place of a file that may have another name now, or be packed. */
  async #compareStretch(evidence: Evidence, { from, to }: { readonly from: number; readonly to: number }): Promise<Comparison> {
    const { name, path } = evidence;
    if (!isOfFile(evidence)) return { match: null, message: `It came from ${path}: nothing lies there that it could be compared with.` };
    if (from === to) return { match: null, message: `No byte of ${path} was received: there is nothing to compare.` };
    const where = this.#folder ?? dirname(path);
    const files = this.#folder === undefined ? await this.#beside(evidence) : (await this.#listed(this.#folder)).all;
    const holder = await this.#stretches.holder(evidence, stretchCandidates(evidence, files));
    if (holder.path !== null) {
      const what = holder.packed ? `what is packed in ${holder.path}` : holder.path;
      return { match: true, message: `Bytes ${from} to ${to} of ${what} are what was received.` };
    }
    const unread =
      holder.unread.length === 0 ? '' : ` ${plural(holder.unread.length, 'file')} there could not be read: ${holder.unread[0]}.`;
    const place = this.#folder === undefined ? `in ${where}, or in a folder there,` : `below ${where}`;
    const gone = `No file ${place} with a name like this has these bytes at this place any more`;
    return { match: null, message: `${gone}, packed or not: ${name} was rotated away, or changed since.${unread}` };
  }

  async #compareFile(evidence: Evidence): Promise<Comparison> {
    let different: Comparison | null = null;
    for (const candidate of await this.#candidates(evidence)) {
      const found = await this.#compareWith(candidate, evidence);
      if (found?.match === true) return found;
      different ??= found;
    }
    const otherwise = await this.#otherwise(evidence);
    if (otherwise?.match === true) return otherwise;
    const where = this.#folder === undefined ? `at ${evidence.path}` : `below ${this.#folder} (${evidence.name})`;
    return different ?? otherwise ?? { match: null, message: `The original was not found ${where}.` };
  }

  /** Where no file with its name holds it: one that was packed since, or unpacked, or has the name that rotation gave it. */
  async #otherwise(evidence: Evidence): Promise<Comparison | null> {
    const files = this.#folder === undefined ? await this.#beside(evidence) : (await this.#listed(this.#folder)).all;
    let found: Comparison | null = null;
    for (const file of files.filter((one) => mayBeRotated(evidence, one))) {
      const held = await this.#compareRotated(file, evidence);
      if (held?.match === true) return held;
    }
    for (const file of files.filter((one) => mayBeOtherwise(evidence, one))) {
      const held = await this.#orUnread(file.path, () => this.#insides.compare(file.path, evidence));
      if (held?.match === true) return held;
      if (isOnlyPacked(evidence, file)) found ??= held;
    }
    return found;
  }

  /** As it was, or with what came behind it. */
  #compareRotated({ path, bytes }: FolderFile, evidence: Evidence): Promise<Comparison | null> {
    const grown = this.#continued.has(evidence.id);
    if (!grown && bytes !== evidence.bytes) return Promise.resolve(null);
    return this.#orUnread(path, () => this.#compareAt(path, evidence, grown));
  }

  /** null: it is not there, or another file. */
  async #compareWith(path: string, evidence: Evidence): Promise<Comparison | null> {
    const named = path === evidence.path || basename(path) === basename(evidence.path);
    return this.#orUnread(path, () => this.#compareAt(path, evidence, named));
  }

  async #compareAt(path: string, evidence: Evidence, named: boolean): Promise<Comparison | null> {
    const original = await Original.open(path);
    try {
      return await this.#compareOpen(original, evidence, named);
    } finally {
      await original.close();
    }
  }

  async #orUnread(path: string, compare: () => Promise<Comparison | null>): Promise<Comparison | null> {
    try {
      return await compare();
    } catch (error) {
      if (!(error instanceof FlowcaseError) || !error.code.startsWith('FILE_')) throw error;
      if (error.code === 'FILE_NOT_FOUND') return null;
      return { match: null, message: error.code === 'FILE_CHANGED' ? `${path} changed while it was compared.` : `${path} cannot be read.` };
    }
  }

  /** `named`: as the evidence is; a file of the same size by another name is another file, not a changed original. */
  async #compareOpen(original: Original, evidence: Evidence, named: boolean): Promise<Comparison | null> {
    const { path } = original;
    const hash = original.bytes === evidence.bytes ? await this.#hash(original) : null;
    if (hash === evidence.sha256) return { match: true, message: `${path} is the file that was imported.` };
    if (!named) return null;
    const grown = this.#continued.has(evidence.id) ? await this.#beginning(original, evidence) : null;
    if (grown !== null)
      return { match: true, message: `${grown} begins with the file that was imported; what came later is evidence too.` };
    const how = hash === null ? `it has ${original.bytes} bytes, ${evidence.bytes} were imported` : `its SHA-256 is ${hash}`;
    return { match: false, message: `${path} differs: ${how}.` };
  }

  /** What of a file begins with what was imported, for a person; null where nothing does. */
  async #beginning(original: Original, { unpackedBytes, unpackedSha256, sha256 }: Evidence): Promise<string | null> {
    const content = await Content.of(original);
    if (content.length !== null && content.length < unpackedBytes) return null;
    const step = (): void => this.#tick(0);
    const own = await hashOf(content, { to: unpackedBytes, step, take: ({ length }) => this.#tick(length) });
    if (own.bytes !== unpackedBytes || own.sha256 !== (unpackedSha256 ?? sha256)) return null;
    return content.packed ? `What is packed in ${original.path}` : original.path;
  }

  async #candidates({ bytes, path }: Evidence): Promise<string[]> {
    if (this.#folder === undefined) return [path];
    const { byName, bySize } = await this.#listed(this.#folder);
    const name = basename(path);
    const sized = (bySize.get(bytes) ?? []).filter((file) => file.name !== name);
    return [...(byName.get(name) ?? []), ...sized].map((file) => file.path);
  }

  async #listed(folder: string): Promise<Below> {
    if (this.#below !== null) return this.#below;
    const all = await filesBelow(await aFolder(folder), () => this.#tick(0));
    this.#below = { all, byName: Map.groupBy(all, ({ name }) => name), bySize: Map.groupBy(all, ({ bytes }) => bytes) };
    return this.#below;
  }

  async #beside({ path }: Evidence): Promise<readonly FolderFile[]> {
    const [folder, stem] = [dirname(path), nameStem({ path })];
    const key = join(folder, stem);
    const files = this.#folders.get(key) ?? (await filesBeside(folder, stem, () => this.#tick(0)));
    this.#folders.set(key, files);
    return files;
  }

  async #hash(original: Original): Promise<string> {
    const known = this.#hashes.get(original.path);
    if (known !== undefined) return known;
    const { sha256 } = await hashOf(Content.asItLies(original), { take: ({ length }) => this.#tick(length) });
    this.#hashes.set(original.path, sha256);
    return sha256;
  }
}

async function aFolder(path: string): Promise<string> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isDirectory() === true) return path;
  const what = stats === null ? 'There is no folder' : 'This is no folder';
  throw new FlowcaseError('FILE_NOT_FOUND', `${what}: ${path}. Name the folder in which the originals lie.`, { path });
}
