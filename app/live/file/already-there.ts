import { HeldStretches, type Stored } from '../../original/held-stretches.ts';
import { eachBlock } from './content.ts';
import type { Sighting } from './family.ts';
import { Marker, type Mark } from './mark.ts';

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

/** Which of these stretches a file holds, packed or not. `stop` is asked at every block. @throws Moved; the system's errors */
export async function alreadyThere(file: Sighting, stored: readonly Stored[], stop: () => void): Promise<Found> {
  const marker = new Marker();
  const marks = new Map<number, Mark>();
  const held = new HeldStretches(stored, {
    part: (bytes) => marker.pass(bytes),
    edge: (at, line) => marks.set(at, marker.mark(at, line)),
  });
  await eachBlock(file, (block) => {
    stop();
    held.pass(block);
    return !held.done;
  });
  const { beginning, others } = held;
  const mark = beginning === null ? undefined : marks.get(beginning.behind);
  return { beginning: beginning === null || mark === undefined ? null : { mark, evidence: beginning.last.evidence }, twice: others };
}
