import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Evidence } from '../contract/case.ts';

/** Which bytes of its original evidence is that was received while it grew; null for evidence that is a whole file. */
export function stretchOf({ options, bytes }: Evidence): { readonly from: number; readonly to: number } | null {
  const { source, from } = options;
  return typeof source === 'number' && typeof from === 'number' ? { from, to: from + bytes } : null;
}

/** Whether it came from a file, and not by a topic or a socket. */
export function isOfFile({ path }: Evidence): boolean {
  return isAbsolute(path);
}

/**
 * Where the file may lie of which evidence is a stretch: at its path, or beside it under the names that rotation gives (`access.log.1`,
 * `access.log-20261121`, `access-20261121.log`), the likeliest first. Only files that are long enough, and not packed.
 */
export async function stretchCandidates(evidence: Evidence, folder: string = dirname(evidence.path)): Promise<string[]> {
  const { name, path } = evidence;
  const to = stretchOf(evidence)?.to ?? 0;
  const stem = name.replace(/\.[a-z]+$/i, '');
  const names = await readdir(folder).catch(() => []);
  const like = names.filter((one) => one.startsWith(stem)).sort();
  const paths = [...new Set([path, ...like.map((one) => join(folder, one))])];
  const sizes = await Promise.all(paths.map(async (one) => (await stat(one).catch(() => null))?.size ?? 0));
  return paths.filter((one, i) => sizes[i] >= to && (basename(one) === name || !/\.(gz|zst|bz2|xz|zip)$/.test(one)));
}

/** `length` bytes of a file from `offset` on, fewer at its end. */
export async function bytesAt(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
