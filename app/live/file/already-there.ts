import { createHash, type Hash } from 'node:crypto';
import { eachBlock } from './content.ts';
import type { Sighting } from './family.ts';
import { Marker, type Mark } from './mark.ts';

/** Bytes [from, to) of a log, unpacked, that the case has as this evidence, with their SHA-256. */
export interface Stored {
  readonly evidence: number;
  readonly from: number;
  readonly to: number;
  readonly sha256: string;
}

/** What the case has of a file: all its bytes before `mark`, the last of them as `evidence`. `twice`: what it has of those behind it as well. */
export interface Already {
  readonly mark: Mark;
  readonly evidence: number;
}

interface Found {
  /** null: it has not the beginning. */
  readonly beginning: Already | null;
  readonly twice: readonly Stored[];
}

const LF = 10;

/** A stretch that is being compared. */
interface Open {
  readonly stored: Stored;
  readonly hash: Hash;
}

/**
 * Which of these stretches a file holds, packed or not, told by their hashes. One follows another where it begins at that one's end; a stretch that does
 * not end with a line is not gone on behind. `stop` is asked at every block. @throws Moved; the system's errors
 */
export async function alreadyThere(file: Sighting, stored: readonly Stored[], stop: () => void): Promise<Found> {
  const last = Math.max(0, ...stored.map(({ to }) => to));
  const edges = [...new Set(stored.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const marker = new Marker();
  const held: Stored[] = [];
  const marks = new Map<number, Mark>();
  let open: Open[] = [];
  let line = 0;
  let at = 0;
  let ended = true;
  const reach = (): void => {
    marks.set(at, marker.mark(at, line));
    held.push(
      ...open.filter(({ stored: one, hash }) => one.to === at && ended && hash.digest('hex') === one.sha256).map((one) => one.stored),
    );
    open = open.filter((one) => one.stored.to > at);
    open.push(...stored.filter(({ from, to }) => from === at && to > at).map((one) => ({ stored: one, hash: createHash('sha256') })));
    while (edges.length > 0 && edges[0] <= at) edges.shift();
  };
  if (edges[0] === 0) reach();
  await eachBlock(file, (block) => {
    stop();
    for (let from = 0; from < block.length && edges.length > 0;) {
      const part = block.subarray(from, Math.min(block.length, from + edges[0] - at));
      for (const { hash } of open) hash.update(part);
      for (let end = part.indexOf(LF); end >= 0; end = part.indexOf(LF, end + 1)) line++;
      marker.pass(part);
      ended = part[part.length - 1] === LF;
      at += part.length;
      from += part.length;
      if (at === edges[0]) reach();
    }
    return at < last;
  });
  return { beginning: beginningOf(held, marks), twice: held.filter(({ from }) => from >= (endOf(held) ?? 0)) };
}

/** As far as stretches follow each other from the first byte on; null: there is none. */
function endOf(held: readonly Stored[]): number | null {
  const ends = new Set([0]);
  for (const { from, to } of held.toSorted((a, b) => a.from - b.from)) if (ends.has(from)) ends.add(to);
  const end = Math.max(...ends);
  return end === 0 ? null : end;
}

function beginningOf(held: readonly Stored[], marks: ReadonlyMap<number, Mark>): Already | null {
  const end = endOf(held);
  const latest = held.find(({ to }) => to === end);
  const mark = end === null ? undefined : marks.get(end);
  return latest === undefined || mark === undefined ? null : { mark, evidence: latest.evidence };
}
