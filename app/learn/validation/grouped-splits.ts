import { formatCount } from '../../contract/format.ts';
import { Random } from '../../shared/random.ts';
import { checkWhole } from '../parameters.ts';
import { shuffle } from '../sample.ts';
import { checkShare, splitsOf, tooFew, type Split } from './splits.ts';

/** The group of a row that has none: it is on no side. */
export const NO_GROUP = 0xffffffff;

/**
 * No group (a host, a user) is on both sides of a split, so that nothing is learned about it that is then asked. Every row is in exactly one
 * test set. Balanced greedily: the largest group first, each to the fold that has the fewest rows (the first of equal ones).
 * @param groups row → number of its group; rows of NO_GROUP are left out
 * @throws FlowcaseError PARAMETER where there are fewer groups than folds
 */
export function groupedKFold(groups: Uint32Array, { folds = 5 }: { readonly folds?: number } = {}): Split[] {
  checkWhole('Splitting', 'folds', folds, 2, 1000);
  const sizes = groupSizes(groups);
  if (sizes.size < folds) {
    const text = `There are ${formatCount(sizes.size)} groups for ${folds} folds: a fold would be empty. Choose fewer folds.`;
    throw tooFew(text, { groups: sizes.size, folds });
  }
  const ordered = [...sizes].sort(([a, rowsOfA], [b, rowsOfB]) => rowsOfB - rowsOfA || a - b);
  const filled = new Float64Array(folds);
  const foldOf = new Map<number, number>();
  for (const [group, rows] of ordered) {
    const fold = filled.indexOf(filled.reduce((least, count) => Math.min(least, count), Number.POSITIVE_INFINITY));
    foldOf.set(group, fold);
    filled[fold] += rows;
  }
  return splitsOf(
    Int32Array.from(groups, (group) => foldOf.get(group) ?? -1),
    folds,
  );
}

/**
 * One split in which whole groups are tested: groups are drawn until about `testShare` of the rows is, at least one group on each side.
 * @throws FlowcaseError PARAMETER where there are fewer than two groups
 */
export function groupedShuffleSplit(
  groups: Uint32Array,
  { testShare = 0.25, seed = 0 }: { readonly testShare?: number; readonly seed?: number } = {},
): Split {
  checkShare(testShare);
  const sizes = groupSizes(groups);
  if (sizes.size < 2)
    throw tooFew(
      'All rows with a class are of one group (one host): there would be nothing to test on. Choose another split, or keep nothing for a test.',
      { groups: sizes.size },
    );
  const order = Uint32Array.from(sizes.keys()).sort();
  shuffle(order, new Random(seed));
  const rows = [...sizes.values()].reduce((sum, count) => sum + count, 0);
  const tested = new Set<number>();
  let taken = 0;
  for (const group of order) {
    const size = sizes.get(group) ?? 0;
    // A group that would overshoot by more than what is missing stays out: another may fit.
    if (tested.size === sizes.size - 1 || taken + size / 2 > rows * testShare) continue;
    tested.add(group);
    taken += size;
  }
  if (tested.size === 0) tested.add(order.reduce((least, group) => ((sizes.get(group) ?? 0) < (sizes.get(least) ?? 0) ? group : least)));
  const fold = Int32Array.from(groups, (group) => (group === NO_GROUP ? -1 : tested.has(group) ? 0 : 1));
  return splitsOf(fold, 1)[0];
}

/** Group → rows, in the order of first appearance. */
function groupSizes(groups: Uint32Array): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const group of groups) if (group !== NO_GROUP) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return sizes;
}
