import { basename, isAbsolute } from 'node:path';
import type { Evidence } from '../contract/case.ts';
import { familyStem, packedEnd } from '../original/rotated-names.ts';
import type { FolderFile } from './originals-folder.ts';

/** Which bytes of its original, unpacked, evidence is that was received while it grew; null for evidence that is a whole file. */
export function stretchOf({ options, bytes }: Evidence): { readonly from: number; readonly to: number } | null {
  const { source, from } = options;
  return typeof source === 'number' && typeof from === 'number' ? { from, to: from + bytes } : null;
}

/** Whether it came from a file, and not by a topic or a socket. */
export function isOfFile({ path }: Evidence): boolean {
  return isAbsolute(path);
}

/** Whether a file of this name may be the log that evidence came from, under whatever name that was, or what rotation made of it. */
export function isLike({ path }: Pick<Evidence, 'path'>, file: Pick<FolderFile, 'path' | 'name'>): boolean {
  return file.path === path || file.name.startsWith(nameStem({ path }));
}

/** What the names of all files begin with that rotation may have made of the original, or of the log that it was. */
export function nameStem({ path }: Pick<Evidence, 'path'>): string {
  return familyStem(basename(path));
}

/**
 * Which of these files may have what evidence is that was received: the one at its path, and those under the names that rotation gives (`access.log.1`,
 * `access.log-20261121`, `access-20261121.log`, `access.log.2.gz`), the likeliest first: what need not be unpacked, and of the rest what was changed last
 * after it was received. Of what is not packed only files that are long enough.
 */
export function stretchCandidates(evidence: Evidence, files: readonly FolderFile[]): FolderFile[] {
  const { path, imported } = evidence;
  const to = stretchOf(evidence)?.to ?? 0;
  const like = files.filter((file) => isLike(evidence, file));
  // a generation that was read to its end is just as long
  const plainRank = ({ bytes }: FolderFile): number => (bytes === to ? 1 : 2);
  const rank = (file: FolderFile): number => (file.path === path ? 0 : packedEnd.test(file.name) ? 3 : plainRank(file));
  // a packed file keeps the time at which it was last written to
  const wait = ({ modified }: FolderFile): number => (modified >= imported ? modified - imported : Infinity);
  return like
    .filter((file) => file.bytes >= to || packedEnd.test(file.name))
    .map((file) => ({ file, rank: rank(file), wait: wait(file) }))
    .sort((a, b) => a.rank - b.rank || (a.rank < 3 || a.wait === b.wait ? 0 : a.wait - b.wait))
    .map(({ file }) => file);
}
