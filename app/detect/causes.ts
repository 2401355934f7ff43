import type { FindingCauses } from '../contract/records.ts';
import { shareWords, valueWords } from '../features/raw-values.ts';
import type { Deviation } from '../features/words.ts';
import { ownFigure } from '../features/own-unit.ts';
import type { Grouping } from './types.ts';

/** What lies far from the centre of a cluster, as figures of the rows that have a value: means in the feature's own unit (of a logarithm the mean's), deviations in those of all rows. */
export function causesOf({ used, fitted }: Grouping, sticksOut: readonly Deviation[]): FindingCauses {
  return {
    path: null,
    features: sticksOut.map(({ feature, sigma, own, reference, share, referenceShare, known }) => {
      const { name, title, kind } = feature.spec;
      const of = known === undefined ? {} : { known };
      if (kind === 'flag') {
        const words = [shareWords(share), shareWords(referenceShare)] as const;
        return { feature: name, title, measure: 'share', value: share, typical: referenceShare, deviation: sigma, words, ...of };
      }
      const scaled = fitted.features[used.indexOf(feature)];
      const [value, typical] = [ownFigure(scaled, own), ownFigure(scaled, reference)];
      const words = [valueWords(scaled, value), valueWords(scaled, typical)] as const;
      return { feature: name, title, measure: 'value', value, typical, deviation: sigma, words, ...of };
    }),
  };
}
