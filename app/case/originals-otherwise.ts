import { basename } from 'node:path';
import type { Evidence } from '../contract/case.ts';
import { Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import { Original } from '../original/original.ts';
import { packedEnd } from '../original/rotated-names.ts';
import type { FolderFile } from './originals-folder.ts';
import type { Tick } from './originals-stretches.ts';

/** Whether this may be the original of evidence, packed since it was imported, or unpacked: by its name. */
export function mayBeOtherwise({ path, options }: Evidence, { name }: Pick<FolderFile, 'name'>): boolean {
  const own = basename(path);
  return options['member'] === undefined && own !== name && own.replace(packedEnd, '') === name.replace(packedEnd, '');
}

/**
 * What a file says of evidence whose original was packed since it was imported, or unpacked; null: it holds something else. What is unpacked from a file is the
 * original's bytes; what was packed in the original is not the original.
 * @throws FlowcaseError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_CHANGED
 */
export async function heldOtherwise(
  path: string,
  { bytes, sha256, unpackedBytes, unpackedSha256 }: Evidence,
  tick: Tick,
): Promise<{ readonly match: true | null; readonly message: string } | null> {
  const original = await Original.open(path);
  try {
    const content = await Content.of(original);
    if (!content.packed && content.length !== unpackedBytes) return null;
    const note = content.packed ? `unpacking ${basename(path)}` : undefined;
    const own = await hashOf(content, {
      to: unpackedBytes + 1,
      step: () => tick(0, note),
      take: (block) => tick(block.length, note),
    });
    if (own.bytes !== unpackedBytes || own.sha256 !== (unpackedSha256 ?? sha256)) return null;
    if (unpackedSha256 === null && content.packed)
      return { match: true, message: `What is packed in ${path} is the file that was imported.` };
    const had = `the original, of ${bytes} bytes and with the SHA-256 ${sha256}, was packed otherwise and was not found`;
    return { match: null, message: `${path} has the content that was imported, but ${had}.` };
  } finally {
    await original.close();
  }
}
