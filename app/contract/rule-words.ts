import { formatCount } from './format.ts';
import type { ModelDetail } from './models.ts';

/** Rules that a model keeps: a deep tree has thousands. */
export const MOST_RULES = 200;

/** What must be known to read the rules of a model: which tree they are of, what they count, and how many there are beside them. '' where nothing must. */
export function rulesWords({ run: { model, parameters }, size, rules }: Pick<ModelDetail, 'run' | 'size' | 'rules'>): string {
  if (rules.length === 0) return '';
  const leaves = (size.nodes + 1) / 2;
  if (model === 'tree') {
    return leaves > rules.length ? `The ${formatCount(rules.length)} rules with most rows, of ${formatCount(leaves)}.` : '';
  }
  const which = size.trees === 1 ? 'Of its only tree' : `Of the first of ${formatCount(size.trees)} trees, which have a vote each`;
  const rows = parameters['bootstrap'] === false ? '' : '; rows count as often as it drew them';
  const cut = rules.length < MOST_RULES ? '' : ` The ${formatCount(rules.length)} rules with most rows.`;
  return `${which}${rows}.${cut}`;
}
