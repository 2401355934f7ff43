import { formatCount, formatShare } from '../contract/format.ts';
import type { TreeNode } from '../contract/models.ts';
import type { FittedFeature } from '../features/fitted.ts';
import type { TreeDrawing } from '../learn/trees/describe.ts';
import type { PathStep } from '../learn/trees/explain.ts';

/** Rules that are written down; a deep tree has thousands. */
const MOST_RULES = 200;

/** What trees are told with. */
export interface TreeNames {
  /** Column → feature. */
  readonly features: readonly FittedFeature[];
  readonly classes: readonly string[];
}

/** The tree as a person reads it: the same nodes with shares and words. */
export function treeNode(drawing: TreeDrawing, names: TreeNames): TreeNode {
  const { rows, counts, impurity, prediction, split, hiddenLeaves } = drawing;
  const feature = split === null ? null : names.features[split.feature];
  return {
    rows,
    shares: counts.map((count) => count / rows),
    predicted: names.classes[prediction],
    impurity,
    question:
      split === null || feature === null
        ? null
        : {
            feature: feature.name,
            title: feature.title,
            threshold: split.threshold,
            words: condition(feature, split.threshold, true),
            less: treeNode(split.left, names),
            more: treeNode(split.right, names),
          },
    hidden: hiddenLeaves,
  };
}

/** What is known of a feature on the way to a leaf. */
interface Bounds {
  above: number | null;
  atMost: number | null;
  /** true: absent; false: there. */
  absent: boolean | null;
}

/** One rule per leaf, the leaf with most rows first, at most 200: "google (95.0 % of 1,234): Bytes sent at most 1,150.5; …". */
export function rulesOf(drawing: TreeDrawing, names: TreeNames): readonly string[] {
  const leaves: { readonly leaf: TreeDrawing; readonly known: ReadonlyMap<number, Bounds> }[] = [];
  const walk = (node: TreeDrawing, known: ReadonlyMap<number, Bounds>): void => {
    const { split } = node;
    if (split === null) {
      leaves.push({ leaf: node, known });
      return;
    }
    walk(split.left, narrowed(known, split.feature, split.threshold, true));
    walk(split.right, narrowed(known, split.feature, split.threshold, false));
  };
  walk(drawing, new Map());
  // words take longer than leaves: only those that are kept get any
  return leaves
    .sort((a, b) => b.leaf.rows - a.leaf.rows)
    .slice(0, MOST_RULES)
    .map(({ leaf: { rows, counts, prediction }, known }) => {
      const conditions = [...known].map(([column, bounds]) => boundsWords(names.features[column], bounds)).filter((words) => words !== '');
      const share = formatShare(counts[prediction] / rows);
      return `${names.classes[prediction]} (${share} of ${formatCount(rows)}): ${conditions.length === 0 ? 'always' : conditions.join('; ')}`;
    });
}

function narrowed(
  known: ReadonlyMap<number, Bounds>,
  column: number,
  threshold: number | null,
  less: boolean,
): ReadonlyMap<number, Bounds> {
  const before = known.get(column) ?? { above: null, atMost: null, absent: null };
  const bounds = { ...before };
  if (threshold === null) bounds.absent = less;
  else if (less) bounds.atMost = threshold;
  else {
    bounds.above = threshold;
    bounds.absent = false;
  }
  return new Map(known).set(column, bounds);
}

function boundsWords(feature: FittedFeature, { above, atMost, absent }: Bounds): string {
  if (absent === true) return `${feature.title} absent`;
  if (feature.kind === 'flag') {
    if (above !== null) return `${feature.title}: yes`;
    if (atMost !== null) return `${feature.title}: no`;
  }
  const parts = [
    ...(above === null ? [] : [`above ${numberWords(feature, above)}`]),
    ...(atMost === null ? [] : [`at most ${numberWords(feature, atMost)}`]),
  ];
  if (parts.length > 0) return `${feature.title} ${parts.join(' and ')}`;
  return absent === false ? `${feature.title} present` : '';
}

/** "Bytes sent at most 1,150.5", "Failed: yes", "Duration absent". `less`: what holds on the side of less, else on that of more. */
export function condition(feature: FittedFeature, threshold: number | null, less: boolean): string {
  if (threshold === null) return `${feature.title} ${less ? 'absent' : 'present'}`;
  if (feature.kind === 'flag') return `${feature.title}: ${less ? 'no' : 'yes'}`;
  return `${feature.title} ${less ? 'at most' : 'above'} ${numberWords(feature, threshold)}`;
}

/** A step of a row's way, with what the row has: "Bytes sent above 1,150.5: 5,600". */
export function stepWords(feature: FittedFeature, { threshold, went, value }: PathStep): string {
  const asked = threshold === Number.NEGATIVE_INFINITY ? null : threshold;
  const less = went === 'left';
  const own = Number.isNaN(value) ? 'absent' : numberWords(feature, value);
  if (asked === null) return less ? condition(feature, null, true) : `${condition(feature, null, false)}: ${own}`;
  if (feature.kind === 'flag' && !Number.isNaN(value)) return condition(feature, asked, less);
  return `${condition(feature, asked, less)}: ${own}`;
}

/** Six digits decide as a person reads them; the model file has them all. */
function numberWords({ how }: FittedFeature, value: number): string {
  const unit = /\bmilliseconds\b/.test(how) ? ' ms' : '';
  return `${value.toLocaleString('en-US', { maximumSignificantDigits: 6 })}${unit}`;
}
