import { FlowcaseError } from '../errors.ts';
import { aliasOf } from '../formats/fields.ts';
import type { Pace } from '../learn/pace.ts';
import type { Candidate, Ground, openFamilies } from './candidates.ts';
import { categoriesOf } from './categories.ts';
import { numberFeatureOf } from './number-columns.ts';
import type { FoundFeatures } from './types.ts';

type Opened = Awaited<ReturnType<typeof openFamilies>>;

/**
 * The features that become columns: all of the recipe, or those that are named, in the order of their names. A name is that of a feature; or
 * that of a column, for every feature that is computed from this column alone. A column of records that no feature is computed from is taken
 * as it is: numbers as a quantity (also where the recipe refuses it), repeated texts as categories.
 * @throws FlowcaseError PARAMETER, CANCELLED
 */
export async function chooseFeatures(
  ground: Ground,
  opened: Opened,
  names: readonly string[] | undefined,
  pace: Pace,
): Promise<{ readonly candidates: readonly Candidate[]; readonly refused: FoundFeatures['refused'] }> {
  const all = [...ground.own, ...opened.candidates];
  if (names === undefined) return { candidates: all, refused: opened.refused };
  const chosen: Candidate[] = [];
  for (const name of names) chosen.push(...(await named(ground, all, name, pace)));
  const taken = new Set<string>();
  const once = chosen.filter(({ spec }) => !taken.has(spec.name) && taken.add(spec.name));
  if (once.length === 0) throw bad('No feature is named. Name one at least, or leave the list out for all of the recipe.', names, all);
  return { candidates: once, refused: [] };
}

async function named(ground: Ground, all: readonly Candidate[], name: string, pace: Pace): Promise<readonly Candidate[]> {
  const own = all.find(({ spec }) => spec.name === name);
  if (own !== undefined) return [own];
  for (const column of [name, aliasOf(name)]) {
    if (column === undefined) continue;
    const alone = all.filter(
      ({ spec: { needs } }) => needs.length > 0 && needs.every((choice) => choice.every((one) => one.name === column)),
    );
    if (alone.length > 0) return alone;
    const made = await ofColumn(ground, column, pace);
    if (made.length > 0) return made;
  }
  const { recipe } = ground;
  throw bad(
    `The recipe ${recipe.name} has no feature “${name}”, and the log no column of numbers or repeated texts by this name.`,
    name,
    all,
  );
}

/** A column of records as it is. */
async function ofColumn({ source, candidate }: Ground, name: string, pace: Pace): Promise<readonly Candidate[]> {
  const column = source?.selection.table.column(name);
  if (source === null || column === undefined || column.storage === 'text') return [];
  if (column.storage === 'number') return [candidate(numberFeatureOf(source.selection, column))];
  const { specs } = await categoriesOf(name, name).find(source, async () => pace.breathe());
  return specs.map(candidate);
}

function bad(message: string, value: unknown, all: readonly Candidate[]): FlowcaseError {
  return new FlowcaseError('PARAMETER', message, { name: 'features', value, allowed: all.map(({ spec }) => spec.name) });
}
