import { heldBy, type Held } from './content.ts';
import { bornTogether, looksOf, Moved, sameFile, sight, type Sighting } from './family.ts';
import { isTelling } from './mark.ts';
import type { FileState } from './position.ts';

/*
 * Every generation of a log may begin with the same header, and some have nothing else: what was read of one may then be the beginning of another. But what
 * was read stands in order of time, and what rotation left in order of age. So a generation is looked for behind the one that was read before it.
 */

/** So many generations before the one that is looked for are looked at, until one is met of which just one file can be. */
const MOST_LINKS = 8;

const SECOND = 1_000_000_000n;

/**
 * Whether a file, which holds so much of what was read of this one, is that one: under another name, as a copy, or packed. Where all of it was read, what
 * is longer is another one, unless what was read could not be of another: then lines came late. A log of less than 4 kB to which a line came late, and
 * which was packed before anybody looked, is therefore read a second time: a line too many can be seen, a file too few cannot.
 */
export function isOf(state: FileState, file: Sighting, held: Held): boolean {
  if (held === 'no') return false;
  return held === 'ends' || !state.done || isTelling(state.mark) || bornTogether(state, file);
}

/**
 * Which of these files is that of the last of these states; -1: none.
 * @param chain what was read of one log: one generation after the other, none of them empty
 * @param files what rotation left of it, the oldest first; the log itself last, where it may be the one
 * @throws Moved
 */
export async function placeOf(chain: readonly FileState[], files: readonly Sighting[]): Promise<number> {
  const latest = chain.at(-1);
  if (latest === undefined) return -1;
  const links = [await linkOf(latest, files)];
  if (links[0].itself >= 0) return links[0].itself;
  if (isTelling(latest.mark) || links[0].holders.size === 0) return -1;
  for (const state of chain.slice(-1 - MOST_LINKS, -1).reverse()) {
    links.unshift(await linkOf(state, files));
    if (placeBehind(-1, links[0], files, true) >= 0) break;
  }
  let place = -1;
  for (const link of links.slice(0, -1)) place = Math.max(place, placeBehind(place, link, files, links[0] === link));
  const found = placeBehind(place, links[links.length - 1], files, false);
  // what has a name now need not be what had it when the first of them were looked at; the log itself may grow
  for (const file of files) if (file.path !== latest.home && looksOf([file]) !== looksOf(await lookAgain(file))) throw new Moved(file.path);
  return found;
}

async function lookAgain({ path }: Sighting): Promise<Sighting[]> {
  const file = await sight(path).catch(() => null);
  return file === null ? [] : [file];
}

/** What was read, and which files may be the one that it was read of. */
interface Link {
  readonly state: FileState;
  /** The one that it certainly is; -1: nobody knows. That it is the same file does not tell: it may have been emptied since, and filled again. */
  readonly itself: number;
  readonly holders: ReadonlyMap<number, Held>;
}

async function linkOf(state: FileState, files: readonly Sighting[]): Promise<Link> {
  const holders = new Map<number, Held>();
  const telling = isTelling(state.mark);
  const first = files.findIndex((file) => sameFile(file, state));
  const places = files.map((_, place) => place);
  for (const place of telling ? [...(first < 0 ? [] : [first]), ...places.reverse()] : places) {
    const held = await heldBy(files[place], state.mark);
    if (held === 'no') continue;
    holders.set(place, held);
    if (telling) return { state, itself: place, holders };
  }
  return { state, itself: -1, holders };
}

/** The place of what was read, behind the place of what was read before it. `alone`: it is enough that just one file can be the one. */
function placeBehind(place: number, { state, itself, holders }: Link, files: readonly Sighting[], alone: boolean): number {
  if (itself >= 0) return itself;
  const [next] =
    alone && holders.size === 1
      ? holders.keys()
      : [...holders.keys()].filter((at) => at > place && (place >= 0 || isYoungEnough(files[at], state) || bornTogether(files[at], state)));
  const held = next === undefined ? undefined : holders.get(next);
  return next !== undefined && held !== undefined && isOf(state, files[next], held) ? next : -1;
}

/** It was changed no earlier than what was read. Some programs cut the time to seconds when they pack or copy a file. */
export function isYoungEnough(file: Sighting, { modified }: FileState): boolean {
  return file.modified + (file.modified % SECOND === 0n ? 2n * SECOND : 0n) >= BigInt(modified);
}
