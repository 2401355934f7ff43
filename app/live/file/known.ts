import { basename } from 'node:path';
import { addedTo, sameFamily } from '../../original/rotated-names.ts';
import { isOf, isYoungEnough } from './chain.ts';
import { heldBy } from './content.ts';
import { bornTogether, sameFile, type Sighting } from './family.ts';
import { isTelling } from './mark.ts';
import type { Surroundings } from './surroundings.ts';

/** `perhaps`: it may be a copy in the making, or of what was emptied and nobody has looked for yet; it will show. */
export type Known = 'yes' | 'perhaps' | 'no';

/** Whether a file that is met is being read, or was, under another name; or is a copy of such a one. `home`: the path that has met it. @throws Moved */
export async function isKnown(file: Sighting, home: string, around: Surroundings): Promise<Known> {
  const readings = around.readings();
  // few of many: what is asked of them takes time
  for (const reading of readings) if (reading.mayBe(file) && (await reading.isAlso(file))) return 'yes';
  const name = basename(file.path);
  let known: Known = 'no';
  for (const state of around.states()) {
    if (state.mark.byte === 0 || file.path === state.home || !(sameFile(state, file) || sameFamily(basename(state.home), name))) continue;
    const held = await heldBy(file, state.mark);
    const certain = state.done || isTelling(state.mark) || bornTogether(state, file);
    if (certain && isOf(state, file, held)) return 'yes';
    if (held !== 'no' && !certain && isRotated(file, state.home, home) && isYoungEnough(file, state)) known = 'perhaps';
  }
  for (const reading of readings) {
    if (reading.gone === null && isRotated(file, reading.home, home) && (await reading.beginsWith(file))) known = 'perhaps';
  }
  return known;
}

/** It has a name that a rotation may give to another log than that which stands at `home`, and which looks after it itself. */
function isRotated(file: Sighting, other: string, home: string): boolean {
  return other !== home && other !== file.path && addedTo(basename(other), basename(file.path)) !== null;
}
