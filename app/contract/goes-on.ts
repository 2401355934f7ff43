import type { Evidence } from './case.ts';
import { formatCount } from './format.ts';

/** What goes on where a piece of evidence ends: the later states of its file. */
export function goingOnFrom(id: number, all: readonly Evidence[]): readonly Evidence[] {
  return all.filter(({ continues }) => continues?.evidence === id);
}

/** Whether everything that a piece of evidence goes on from is there too, as `find` has it by its number. */
export function hasItsBeginning(evidence: Evidence, find: (id: number) => Evidence | null | undefined): boolean {
  let one: Evidence | null | undefined = evidence;
  while (one?.continues !== undefined) one = find(one.continues.evidence);
  return one != null;
}

/** For a person, where what these go on from is no longer in the case. */
export function leftAloneWords(dependents: readonly Evidence[]): string {
  const one = ({ id, name, continues }: Evidence): string =>
    `Evidence ${id} (${name}) goes on from it and holds its file only from line ${formatCount(continues?.line ?? 1)} on: what comes before that is no longer in the case. To have the file whole again, remove evidence ${id} as well and import it.`;
  return dependents.map(one).join(' ');
}
