import { basename } from 'node:path';
import type { Evidence } from '../contract/case.ts';
import { Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import { Original } from '../original/original.ts';
import { packedEnd, sameFamily } from '../original/rotated-names.ts';
import type { FolderFile } from './originals-folder.ts';
import type { Tick } from './originals-stretches.ts';

/** Whether this may be the original of evidence, under the name that a rotation gave it since. */
export function mayBeRotated({ path }: Evidence, file: Pick<FolderFile, 'path' | 'name'>): boolean {
  return file.path !== path && sameFamily(basename(path), file.name);
}

/** Whether this may be the original of evidence, packed since it was imported, or unpacked: by its name, which rotation may have changed too. */
export function mayBeOtherwise(evidence: Evidence, file: Pick<FolderFile, 'path' | 'name'>): boolean {
  if (evidence.options['member'] !== undefined) return false;
  const own = basename(evidence.path);
  return isOnlyPacked(evidence, file) || (mayBeRotated(evidence, file) && (packedEnd.test(own) || packedEnd.test(file.name)));
}

/** By its name it is the original of evidence, packed or unpacked, and was not renamed. */
export function isOnlyPacked({ path }: Evidence, { name }: Pick<FolderFile, 'name'>): boolean {
  const own = basename(path);
  return own !== name && own.replace(packedEnd, '') === name.replace(packedEnd, '');
}

/** What is in a file, as far as it was read. */
interface Inside {
  readonly packed: boolean;
  readonly bytes: number;
  /** null: it was not read to its end, and there is more. */
  readonly sha256: string | null;
}

/** What files hold that may be originals. Each is read to its end once, however much evidence is looked for in it. */
export class Insides {
  readonly #tick: Tick;
  readonly #known = new Map<string, Inside>();

  constructor(tick: Tick) {
    this.#tick = tick;
  }

  /**
   * What a file says of evidence whose original was packed since it was imported, or unpacked; null: it holds something else. What is unpacked from a file is the
   * original's bytes; what was packed in the original is not the original.
   * @throws FlowcaseError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_CHANGED
   */
  async compare(
    path: string,
    { bytes, sha256, unpackedBytes, unpackedSha256 }: Evidence,
  ): Promise<{ readonly match: true | null; readonly message: string } | null> {
    const { packed, ...own } = await this.#of(path, unpackedBytes);
    if (own.bytes !== unpackedBytes || own.sha256 !== (unpackedSha256 ?? sha256)) return null;
    if (unpackedSha256 === null && packed) return { match: true, message: `What is packed in ${path} is the file that was imported.` };
    const had = `the original, of ${bytes} bytes and with the SHA-256 ${sha256}, was packed otherwise and was not found`;
    return { match: null, message: `${path} has the content that was imported, but ${had}.` };
  }

  /** Up to so many bytes, and whether there are more. */
  async #of(path: string, to: number): Promise<Inside> {
    const known = this.#known.get(path);
    if (known !== undefined && (known.sha256 !== null || known.bytes > to)) return known;
    const original = await Original.open(path);
    try {
      const content = await Content.of(original);
      const inside = await this.#read(content, to);
      this.#known.set(path, inside);
      return inside;
    } finally {
      await original.close();
    }
  }

  async #read(content: Content, to: number): Promise<Inside> {
    const { packed, length, original } = content;
    if (length !== null && length !== to) return { packed, bytes: length, sha256: null };
    const note = packed ? `unpacking ${basename(original.path)}` : undefined;
    const step = (): void => this.#tick(0, note);
    const own = await hashOf(content, { to: to + 1, step, take: (block) => this.#tick(block.length, note) });
    return { packed, bytes: own.bytes, sha256: own.bytes > to ? null : own.sha256 };
  }
}
