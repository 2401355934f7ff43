import { FlowcaseError } from '../errors.ts';
import { connV1 } from './conn-v1.ts';
import type { Recipe } from './types.ts';

/** Every recipe by name. Recorded runs name theirs: a recipe is never changed, only joined by a new one. */
export const recipes: ReadonlyMap<string, Recipe> = new Map([connV1].map((recipe) => [recipe.name, recipe]));

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
