import { basename, isAbsolute } from 'node:path';
import type { Evidence } from '../contract/case.ts';
import type { Stored } from '../original/held-stretches.ts';
import { familyStem, packedEnd } from '../original/rotated-names.ts';
import type { FolderFile } from './originals-folder.ts';
import type { ResumePoint } from './types.ts';

/** Which bytes of its original, unpacked, evidence is that was received while it grew; null for evidence that is a whole file. */
export function stretchOf({ options, bytes }: Evidence): { readonly from: number; readonly to: number } | null {
  const { source, from } = options;
  return typeof source === 'number' && typeof from === 'number' ? { from, to: from + bytes } : null;
}

/**
 * What evidence has of its file, as another reading of it can be told by; null where it has no record that could come twice, or nobody could go on behind
 * it. `point`: where reading goes on behind an import.
 */
export function storedOf(evidence: Evidence, point: ResumePoint | undefined): Stored | null {
  const { id, rows, bytes, continues, unpackedBytes, unpackedSha256, sha256, options } = evidence;
  // of many logs nothing but the header is alike
  if ((rows === 0 && continues === undefined) || bytes === 0 || !isOfFile(evidence)) return null;
  const stretch = stretchOf(evidence);
  if (stretch !== null) return { evidence: id, ...stretch, sha256 };
  if (point === undefined || options['member'] !== undefined || options['shape'] !== undefined) return null;
  return { evidence: id, from: 0, to: unpackedBytes, sha256: unpackedSha256 ?? sha256, ...behind(unpackedBytes, point) };
}

function behind(end: number, { rest, bytes }: ResumePoint): Pick<Stored, 'behind'> {
  if (rest === 'none') return {};
  // of a line that was taken as a record without its end, what comes of it is not read as another one
  return { behind: rest === 'record' ? end : bytes };
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
