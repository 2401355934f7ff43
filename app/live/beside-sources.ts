import { basename, matchesGlob, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isLike, storedOf, stretchOf } from '../case/stretches.ts';
import type { CaseWriter } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import type { LiveWatch } from '../contract/live.ts';
import type { Stored } from '../original/held-stretches.ts';
import { isSameSource } from './engine/same-source.ts';
import { placesOf } from './engine/place.ts';
import type { BesideSource } from './sources.ts';

/** For so long (ms) the list of evidence is not asked for again: a pattern may take in many files at once. */
const ASKED = 1000;

/** What a case says of a source beside what somebody asked for. `id`: its number; 0: it is new. */
export function besideSource(writer: CaseWriter, watch: LiveWatch, id: number): BesideSource {
  const { live } = writer;
  const since = live.sources().find((one) => one.id === id)?.created;
  let pieces: readonly Piece[] = [];
  let asked = -Infinity;
  return {
    ...(since === undefined ? {} : { since }),
    places: (path) => placesOf(writer, path, watch.format),
    isOthers: (path) => live.sources().some(({ spec }) => isOtherFile((spec as LiveWatch).source, watch.source, path)),
    stored: (path) => {
      const now = performance.now();
      if (now - asked > ASKED) [pieces, asked] = [piecesFor(writer, watch), now];
      return pieces.filter((piece) => isLike(piece, { path, name: basename(path) }));
    },
  };
}

/** Whether the file at this path is of what this source follows. */
export function takesIn(source: LiveWatch['source'], path: string): boolean {
  if (source.type !== 'file') return false;
  const pattern = resolve(source.path);
  return path === pattern || matchesGlob(path, pattern);
}

function isOtherFile(other: LiveWatch['source'], own: LiveWatch['source'], path: string): boolean {
  return !isSameSource(other, own) && takesIn(other, path);
}

interface Piece extends Stored {
  readonly path: string;
}

/**
 * What the case has of files by other ways than a source that is on the list: stretches of removed sources, and imports. What was read as something else
 * than is asked for now is to be read again.
 */
function piecesFor(writer: CaseWriter, watch: LiveWatch): Piece[] {
  const listed = new Set(writer.live.sources().map(({ id }) => id));
  const points = writer.resumePoints();
  return writer.evidence().flatMap((one) => {
    const stored = storedOf(one, points.get(one.id));
    const isListed = stretchOf(one) !== null && listed.has(Number(one.options['source']));
    return stored === null || isListed || !isReadSo(one, watch) ? [] : [{ ...stored, path: one.path }];
  });
}

/** Whether evidence was read as is asked for now: as far as anything is, and the same part of a file that has several. */
function isReadSo(evidence: Evidence, { format, options = {} }: LiveWatch): boolean {
  if (format !== undefined && format !== evidence.format) return false;
  if (stretchOf(evidence) !== null) return true;
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  return (
    said.every(([name, value]) => isDeepStrictEqual(evidence.options[name], value)) &&
    parts.every((name) => evidence.options[name] === undefined || name in options)
  );
}

/** Options that name one of several logs in a file. */
const parts = ['zeekLog', 'eventType'] as const;
