import { formatCount, formatShare } from '../contract/format.ts';
import type { UsedFeature } from './build-matrix.ts';

/** How the mean of some rows differs from a reference, in one feature. */
export interface Deviation {
  readonly feature: UsedFeature;
  /** In the feature's unit (standard deviations). */
  readonly sigma: number;
  /** Both means in the units of the matrix. */
  readonly own: number;
  readonly reference: number;
  /** For a flag: the share of rows that have it, and that in the reference. */
  readonly share: number;
  readonly referenceShare: number;
  /** Some rows, of these or of the reference, have no value: figures are of those that have one. */
  readonly lacking?: boolean;
  /** How many rows the figures are of, where some of these have no value. */
  readonly known?: number;
}

/** Where all rows are in each used feature, in the units of the matrix: what a cluster is set beside. */
export function middles(used: readonly UsedFeature[]): Float64Array {
  return Float64Array.from(used, ({ middle }) => middle);
}

/** A quantity must differ by half a standard deviation to be spoken of, a flag by 15 of 100 rows. */
const LEAST_SIGMA = 0.5;
const LEAST_SHARE = 0.15;

/**
 * What is worth saying, what weighs most in the matrix first. `own` and `reference` are means in the units of the matrix, one value per
 * used feature. The hour of day is never spoken of.
 */
export function deviations(used: readonly UsedFeature[], own: ArrayLike<number>, reference: ArrayLike<number>): readonly Deviation[] {
  const shareOf = ({ spec, mean, scale }: UsedFeature, value: number): number =>
    Math.min(1, Math.max(0, mean + (value * scale) / spec.weight));
  return used
    .map((feature, column): Deviation => ({
      feature,
      sigma: (own[column] - reference[column]) / feature.unit,
      own: own[column],
      reference: reference[column],
      share: shareOf(feature, own[column]),
      referenceShare: shareOf(feature, reference[column]),
    }))
    .filter(({ feature: { spec }, sigma, share, referenceShare }) =>
      spec.kind === 'flag' ? Math.abs(share - referenceShare) >= LEAST_SHARE : spec.kind === 'measure' && Math.abs(sigma) >= LEAST_SIGMA,
    )
    .sort(
      (a, b) => Math.abs(b.sigma) * b.feature.spec.weight - Math.abs(a.sigma) * a.feature.spec.weight || a.feature.index - b.feature.index,
    );
}

/**
 * "sends far more than others (bytes sent +2.6 σ)", "93 % unanswered (12 % of all)", and of how many where some have no value. `than`: "others";
 * `among`: "of all".
 */
export function deviationWords(one: Deviation, than: string, among: string): string {
  const { sigma, share, referenceShare, known, lacking } = one;
  const { spec } = one.feature;
  if (spec.kind === 'flag') {
    const of = known === undefined ? '' : ` of the ${formatCount(known)} of which it is known`;
    const all = lacking !== true ? among : `${among} of which it is${known === undefined ? ' known' : ''}`;
    return `${shareWords(share)} ${spec.more}${of} (${shareWords(referenceShare)} ${all})`;
  }
  const phrase = (sigma > 0 ? spec.more : spec.less).replace('~', Math.abs(sigma) >= 2 ? 'far ' : '').replace('&', than);
  const those = known === undefined ? '' : known === 1 ? ' in the one that has it' : ` in the ${formatCount(known)} that have it`;
  return `${phrase} (${spec.title.toLowerCase()} ${signed(sigma)} σ)${those}`;
}

/** Shares come from means, which round: what is nearer to none or all than one in a million is that. */
function shareWords(share: number): string {
  return share < 1e-6 ? 'none' : share > 1 - 1e-6 ? 'all' : formatShare(share);
}

/** +2.6, −0.4 */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}

/** The two or three strongest deviations as a sentence. */
export function clusterWords(list: readonly Deviation[]): string {
  if (list.length === 0) return 'Close to the average of all in every feature.';
  const strongest = Math.abs(list[0].sigma) * list[0].feature.spec.weight;
  const said = list.slice(0, 3).filter(({ sigma, feature }, i) => i < 2 || Math.abs(sigma) * feature.spec.weight >= strongest / 3);
  return sentence(said.map((one) => deviationWords(one, 'others', 'of all')).join(', '));
}

/** Names for clusters from what sets each apart most, "Unanswered, short"; no two alike. */
export function clusterNames(lists: readonly (readonly Deviation[])[]): readonly string[] {
  const taken = new Set<string>();
  return lists.map((list) => {
    const words = nameWords(list);
    let name = '';
    for (let count = 2; count <= 4 && (name === '' || taken.has(name)); count++) name = words.slice(0, count).join(', ');
    const base = name === '' ? 'typical' : name;
    name = base;
    for (let other = 2; taken.has(name); other++) name = `${base} (${other})`;
    taken.add(name);
    return sentence(name, '');
  });
}

/** What a row lacks says less than what it has: missing flags come last. */
function nameWords(list: readonly Deviation[]): readonly string[] {
  const has = list.filter(({ feature, sigma }) => feature.spec.kind !== 'flag' || sigma > 0);
  const lacks = list.filter(({ feature, sigma }) => feature.spec.kind === 'flag' && sigma <= 0);
  return [...has, ...lacks].map(({ feature: { spec }, sigma }) => (sigma > 0 ? spec.nameMore : spec.nameLess));
}

export function sentence(words: string, end = '.'): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${end}`;
}
