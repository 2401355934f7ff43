import type { Tag } from '../../../app/contract.ts';
import { app } from './state.svelte.ts';

/** The tags with these numbers, as far as the case still has them. */
export function tagsOf(ids: readonly number[]): readonly Tag[] {
  return app.tags.tags.filter((tag) => ids.includes(tag.id));
}

/** Their names, for a cell that is read out or copied. */
export function tagNames(ids: readonly number[]): string {
  return tagsOf(ids)
    .map((tag) => tag.name)
    .join(', ');
}
