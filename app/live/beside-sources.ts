import { basename, matchesGlob, resolve } from 'node:path';
import { isLike, isOfFile, stretchOf } from '../case/stretches.ts';
import type { CaseWriter } from '../case/types.ts';
import type { LiveWatch } from '../contract/live.ts';
import { isSameSource } from './engine/same-source.ts';
import type { Stored } from './file/already-there.ts';
import type { FollowOptions } from './file/follow-file.ts';

/** For so long (ms) the list of evidence is not asked for again: a pattern may take in many files at once. */
const ASKED = 1000;

/** What a case says of a source of files beside what somebody asked for. `id`: its number; 0: it is new. */
export function besideSource(writer: CaseWriter, watch: LiveWatch, id: number): Pick<FollowOptions, 'since' | 'isOthers' | 'stored'> {
  const { live } = writer;
  const since = live.sources().find((one) => one.id === id)?.created;
  let pieces: readonly Piece[] = [];
  let asked = -Infinity;
  return {
    ...(since === undefined ? {} : { since }),
    isOthers: (path) => live.sources().some(({ spec }) => isOtherFile((spec as LiveWatch).source, watch.source, path)),
    stored: (path) => {
      const now = performance.now();
      if (now - asked > ASKED) [pieces, asked] = [ofRemoved(writer, watch.format), now];
      return pieces.filter((piece) => isLike(piece, { path, name: basename(path) }));
    },
  };
}

function isOtherFile(other: LiveWatch['source'], own: LiveWatch['source'], path: string): boolean {
  if (other.type !== 'file' || isSameSource(other, own)) return false;
  const pattern = resolve(other.path);
  return path === pattern || matchesGlob(path, pattern);
}

interface Piece extends Stored {
  readonly path: string;
}

/** Stretches of files that sources gave which are on the list no more. What was read as something else than is asked for now is to be read again. */
function ofRemoved(writer: CaseWriter, format: string | undefined): Piece[] {
  const listed = new Set(writer.live.sources().map(({ id }) => id));
  return writer.evidence().flatMap((one) => {
    const stretch = stretchOf(one);
    if (stretch === null || listed.has(Number(one.options['source'])) || !isOfFile(one)) return [];
    // of many logs nothing but the header is alike
    const said = one.rows > 0 || one.continues !== undefined;
    if (!said || one.bytes === 0 || (format !== undefined && format !== one.format)) return [];
    return [{ evidence: one.id, path: one.path, ...stretch, sha256: one.sha256 }];
  });
}
