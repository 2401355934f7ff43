import { matchesGlob, resolve } from 'node:path';
import type { LiveStore } from '../case/live-types.ts';
import type { LiveWatch } from '../contract/live.ts';
import { isSameSource } from './engine/same-source.ts';
import type { FollowOptions } from './file/follow-file.ts';

/** What a case says of a source of files beside what somebody asked for. `id`: its number; 0: it is new. */
export function besideSource(live: LiveStore, { source }: LiveWatch, id: number): Pick<FollowOptions, 'since' | 'isOthers'> {
  const since = live.sources().find((one) => one.id === id)?.created;
  return {
    ...(since === undefined ? {} : { since }),
    isOthers: (path) => live.sources().some(({ spec }) => isOtherFile((spec as LiveWatch).source, source, path)),
  };
}

function isOtherFile(other: LiveWatch['source'], own: LiveWatch['source'], path: string): boolean {
  if (other.type !== 'file' || isSameSource(other, own)) return false;
  const pattern = resolve(other.path);
  return path === pattern || matchesGlob(path, pattern);
}
