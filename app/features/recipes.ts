import { FlowcaseError } from '../errors.ts';
import { connV1 } from './conn-v1.ts';
import { connV2 } from './conn-v2.ts';
import { hostV1 } from './host-v1.ts';
import { numericV1 } from './numeric-v1.ts';
import { requestV1 } from './request-v1.ts';
import { tstatClientV1 } from './tstat-client-v1.ts';
import { tstatV1 } from './tstat-v1.ts';
import type { Recipe, Subject } from './types.ts';

const all: readonly Recipe[] = [connV1, connV2, tstatV1, numericV1, requestV1, hostV1, tstatClientV1];

/** Every recipe by name. Recorded runs name theirs: a recipe is never changed, only joined by a new one. */
export const recipes: ReadonlyMap<string, Recipe> = new Map(all.map((recipe) => [recipe.name, recipe]));

/** The recipes for rows of this kind, those made for it before those that serve every table. */
export function recipesFor(of: Subject): readonly Recipe[] {
  const general = of === 'connections' || of === 'requests' ? all.filter((recipe) => recipe.of === 'records') : [];
  return [...all.filter((recipe) => recipe.of === of), ...general];
}

/** @throws FlowcaseError PARAMETER */
export function recipeNamed(name: string): Recipe {
  const recipe = recipes.get(name);
  if (recipe === undefined) {
    const allowed = [...recipes.keys()].join(', ');
    throw new FlowcaseError('PARAMETER', `There is no feature recipe "${name}". There are: ${allowed}.`, {
      name: 'recipe',
      value: name,
      allowed,
    });
  }
  return recipe;
}
