import { formatCount, plural } from '../contract/format.ts';
import type { CovarianceType } from '../contract/runs.ts';
import { parameterCount } from '../learn/mixture-model.ts';

/** The part of a grouping that this asks about. */
interface Mixed {
  readonly found: number;
  readonly labels: Uint16Array;
  readonly mixture: { readonly type: CovarianceType } | null;
}

/**
 * Where a mixture has more free parameters than rows to learn them from, as a whole or some of its components: both figures, and what has fewer.
 * Components that no row is most probably of are not counted. `columns`: features.
 */
export function mixtureWords({ found, labels, mixture }: Mixed, columns: number): readonly string[] {
  if (mixture === null) return [];
  const { type } = mixture;
  const all = parameterCount({ type, components: found, columns });
  const advice =
    type === 'full' || type === 'tied'
      ? 'A diag covariance or fewer features have fewer.'
      : 'Fewer features, or fewer components, have fewer.';
  if (all > labels.length) {
    return [
      `This mixture has ${formatCount(all)} free parameters for ${plural(labels.length, 'row')}: it can follow every row, so that its BIC and its settling say little of the rows there will be. ${advice}`,
    ];
  }
  const own = parameterCount({ type, components: 1, columns }) - (type === 'tied' ? (columns * (columns + 1)) / 2 : 0);
  const sizes = new Float64Array(found);
  for (const label of labels) sizes[label]++;
  const small = sizes.filter((rows) => rows > 0 && rows < own).length;
  if (small === 0) return [];
  const [have, each] = small === 1 ? ['has', ''] : ['have', ' each'];
  return [
    `${formatCount(small)} of the ${plural(found, 'component')} ${have} more free parameters (${formatCount(own)}${each}) than rows: what ${small === 1 ? 'it says of its' : 'they say of their'} rows is by heart. ${advice}`,
  ];
}
