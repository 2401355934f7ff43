import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { isOfFile, stretchCandidates, stretchOf } from './stretches.ts';

const READ_BYTES = 2 ** 20;

export interface Original {
  /** true: there with these bytes; false: it differs; null: not found, or it cannot be read. */
  readonly match: boolean | null;
  readonly message: string;
}

/** Finds and hashes the originals of a case. `tick` is called with every piece read, and throws where the work should stop. */
export class Originals {
  readonly #folder: string | undefined;
  readonly #continued: ReadonlySet<number>;
  readonly #tick: (bytes: number) => void;
  readonly #hashes = new Map<string, string>();
  #files: readonly { readonly path: string; readonly bytes: number }[] | null = null;

  /** `continued`: numbers of evidence that others continue; their originals may have grown. */
  constructor(folder: string | undefined, continued: ReadonlySet<number>, tick: (bytes: number) => void) {
    this.#folder = folder;
    this.#continued = continued;
    this.#tick = tick;
  }

  /** Below the folder, where one was named, and nowhere else: by name, then by content among files of the same size. Else at the path it was imported from. */
  async compare(evidence: Evidence): Promise<Original> {
    const stretch = stretchOf(evidence);
    return stretch === null ? this.#compareFile(evidence) : this.#compareStretch(evidence, stretch);
  }

  /** Of what was received as it grew: the same bytes, at the same place of a file that may have another name now. */
  async #compareStretch(evidence: Evidence, { from, to }: { readonly from: number; readonly to: number }): Promise<Original> {
    if (!isOfFile(evidence))
      return { match: null, message: `It came from ${evidence.path}: nothing lies there that it could be compared with.` };
    const candidates = await stretchCandidates(evidence, this.#folder);
    for (const candidate of candidates) {
      if ((await hashFile(candidate, this.#tick, { from, to })) !== evidence.sha256) continue;
      return { match: true, message: `Bytes ${from} to ${to} of ${candidate} are what was received.` };
    }
    const where = this.#folder ?? dirname(evidence.path);
    return {
      match: null,
      message: `No file in ${where} has these bytes at this place any more: ${evidence.name} was rotated away, packed or changed since.`,
    };
  }

  async #compareFile(evidence: Evidence): Promise<Original> {
    const { sha256, bytes, path } = evidence;
    let different: Original | null = null;
    for (const candidate of await this.#candidates(evidence)) {
      const found = await sizeOf(candidate);
      if (found === null) continue;
      if (found > bytes && this.#continued.has(evidence.id) && (await hashFile(candidate, this.#tick, { from: 0, to: bytes })) === sha256) {
        return { match: true, message: `${candidate} begins with the file that was imported; what came later is evidence too.` };
      }
      if (found !== bytes) {
        different ??= { match: false, message: `${candidate} differs: it has ${found} bytes, ${bytes} were imported.` };
        continue;
      }
      const hash = await this.#hash(candidate);
      if (hash === null) {
        different ??= { match: null, message: `${candidate} cannot be read.` };
        continue;
      }
      if (hash === sha256) return { match: true, message: `${candidate} is the file that was imported.` };
      // A file of the same size by another name is another file, not a changed original.
      if (candidate === path || basename(candidate) === evidence.name)
        different ??= { match: false, message: `${candidate} differs: its SHA-256 is ${hash}.` };
    }
    const where = this.#folder === undefined ? `at ${path}` : `below ${this.#folder} (${evidence.name})`;
    return different ?? { match: null, message: `The original was not found ${where}.` };
  }

  /** @throws FlowcaseError FILE_NOT_FOUND where the folder is none */
  async #candidates({ name, bytes, path }: Evidence): Promise<string[]> {
    if (this.#folder === undefined) return [path];
    this.#files ??= await listFiles(await aFolder(this.#folder), this.#tick);
    const named = this.#files.filter((file) => basename(file.path) === name);
    const sized = this.#files.filter((file) => file.bytes === bytes && basename(file.path) !== name);
    return [...named, ...sized].map((file) => file.path);
  }

  async #hash(path: string): Promise<string | null> {
    const known = this.#hashes.get(path);
    if (known !== undefined) return known;
    const hash = await hashFile(path, this.#tick);
    if (hash !== null) this.#hashes.set(path, hash);
    return hash;
  }
}

/** SHA-256 of a file, or of its bytes from one place to another. */
async function hashFile(path: string, tick: (bytes: number) => void, { from, to } = { from: 0, to: Infinity }): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (let at = from; ;) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(READ_BYTES, to - at), at);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
      tick(bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number | null> {
  const stats = await stat(path).catch(() => null);
  return stats?.isFile() === true ? stats.size : null;
}

async function aFolder(path: string): Promise<string> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isDirectory() === true) return path;
  const what = stats === null ? 'There is no folder' : 'This is no folder';
  throw new FlowcaseError('FILE_NOT_FOUND', `${what}: ${path}. Name the folder in which the originals lie.`, { path });
}

/** Every file below a folder, in the order of names; folders that cannot be read are passed over, links are not followed. */
async function listFiles(folder: string, tick: (bytes: number) => void): Promise<{ readonly path: string; readonly bytes: number }[]> {
  const found: { readonly path: string; readonly bytes: number }[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    tick(0);
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) found.push({ path, bytes: (await sizeOf(path)) ?? 0 });
    }
  }
  return found;
}
