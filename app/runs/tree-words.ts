import { formatCount, formatShare } from '../contract/format.ts';
import type { TreeNode } from '../contract/models.ts';
import { MOST_RULES } from '../contract/rule-words.ts';
import { ownUnit } from '../features/own-unit.ts';
import type { FittedFeature } from '../features/fitted.ts';
import type { TreeDrawing, TreeSplit } from '../learn/trees/describe.ts';
import type { PathStep } from '../learn/trees/explain.ts';

/** What a row has that has no value; behind what holds of rows with one, where rows without go the same way. */
const NOT_KNOWN = 'not known';
const OR_NOT_KNOWN = ` or ${NOT_KNOWN}`;

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
            value: split.threshold === null ? null : ownUnit(feature, split.threshold),
            absent: split.absent === 'left' ? 'less' : 'more',
            absentSeen: split.absentSeen,
            words: condition(feature, split.threshold, true, split.absentSeen && split.absent === 'left'),
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
  /** Whether training rows without a value came all this way; null: none was there to begin with. */
  orAbsent: boolean | null;
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
    walk(split.left, narrowed(known, split, true));
    walk(split.right, narrowed(known, split, false));
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
  { feature, threshold, absent, absentSeen }: TreeSplit,
  less: boolean,
): ReadonlyMap<number, Bounds> {
  const bounds = { ...(known.get(feature) ?? { above: null, atMost: null, absent: null, orAbsent: null }) };
  if (threshold === null) bounds.absent = less;
  else if (less) bounds.atMost = threshold;
  else bounds.above = threshold;
  if (absentSeen) bounds.orAbsent = less === (absent === 'left');
  return new Map(known).set(feature, bounds);
}

function boundsWords(feature: FittedFeature, { above, atMost, absent, orAbsent }: Bounds): string {
  if (absent === true) return knownWords(feature, false);
  if (above === null && atMost === null) return absent === false ? knownWords(feature, true) : '';
  return `${rangeWords(feature, above, atMost)}${orAbsent === true ? OR_NOT_KNOWN : ''}`;
}

function knownWords({ title }: FittedFeature, known: boolean): string {
  return `${title} ${known ? 'known' : NOT_KNOWN}`;
}

function rangeWords(feature: FittedFeature, above: number | null, atMost: number | null): string {
  if (feature.kind === 'flag') return `${feature.title}: ${above === null ? 'no' : 'yes'}`;
  const parts = [
    ...(above === null ? [] : [`above ${numberWords(feature, above)}`]),
    ...(atMost === null ? [] : [`at most ${numberWords(feature, atMost)}`]),
  ];
  return `${feature.title} ${parts.join(' and ')}`;
}

/**
 * "Bytes sent at most 1,150.5", "Failed: yes or not known", "Duration not known". `less`: what holds on the side of less, else on that of more.
 * `orAbsent`: rows without a value are there too.
 */
export function condition(feature: FittedFeature, threshold: number | null, less: boolean, orAbsent: boolean): string {
  if (threshold === null) return knownWords(feature, !less);
  return `${rangeWords(feature, less ? null : threshold, less ? threshold : null)}${orAbsent ? OR_NOT_KNOWN : ''}`;
}

/** A step of a row's way, with what the row has: "Bytes sent above 1,150.5: 5,600", "Duration at most 40 ms or not known: not known". */
export function stepWords(feature: FittedFeature, { threshold, went, value }: PathStep): string {
  const asked = threshold === Number.NEGATIVE_INFINITY ? null : threshold;
  const less = went === 'left';
  const absent = Number.isNaN(value);
  const words = condition(feature, asked, less, absent);
  if (absent ? asked === null : asked !== null && feature.kind === 'flag') return words;
  return `${words}: ${absent ? NOT_KNOWN : numberWords(feature, value)}`;
}

/** Six digits decide as a person reads them; the model file has them all. */
function numberWords(feature: FittedFeature, value: number): string {
  const unit = /\bmilliseconds\b/.test(feature.how) ? ' ms' : '';
  return `${ownUnit(feature, value).toLocaleString('en-US', { maximumSignificantDigits: 6 })}${unit}`;
}
