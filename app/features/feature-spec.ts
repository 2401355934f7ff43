import type { FeatureKind, FeatureSpec, NeededColumn } from './types.ts';

/** Short ways to write features down. */
export const number = (name: string): NeededColumn => ({ name, storage: 'number' });
export const dictionary = (name: string): NeededColumn => ({ name, storage: 'dictionary' });
export const text = (name: string): NeededColumn => ({ name, storage: 'text' });
/** However it is kept: whether texts repeat is told by the log that came first into the case. */
export const texts = (name: string): readonly NeededColumn[] => [dictionary(name), text(name)];

/** What a cluster that has more or less of a feature does, and what it is called. */
export type FeatureWords = readonly [more: string, less: string, nameMore: string, nameLess: string];

/** Features that are never spoken of. */
export const unspoken: FeatureWords = ['', '', '', ''];

/** A flag in words: "all failed", named "failed" or "not failed". */
export function flagWords(having: string, name: string, without = `not ${name}`): FeatureWords {
  return [having, having, name, without];
}

interface Frame {
  readonly kind: FeatureKind;
  readonly weight?: number;
  readonly needs: FeatureSpec['needs'];
  readonly log?: FeatureSpec['log'];
  readonly neutral?: number | null;
}

/** Everything of a feature but how it is computed. */
export function described(
  name: string,
  { kind, weight = 1, needs, log, neutral = null }: Frame,
  [title, how]: readonly [title: string, how: string],
  [more, less, nameMore, nameLess]: FeatureWords,
): Omit<FeatureSpec, 'fill' | 'made'> {
  return { name, title, how, kind, weight, neutral, log, needs, more, less, nameMore, nameLess };
}

export function feature(
  name: string,
  frame: Frame,
  about: readonly [title: string, how: string],
  words: FeatureWords,
  fill: FeatureSpec['fill'],
): FeatureSpec {
  return { ...described(name, frame, about, words), fill };
}
