import { described, dictionary, number, type FeatureWords } from './feature-spec.ts';
import type { HostFill } from './host-fills.ts';
import type { FeatureKind, HostFeatureSpec, NeededColumn } from './types.ts';

/** Short ways to write features of hosts down. */
type About = readonly [title: string, how: string];

interface Frame {
  readonly from?: HostFeatureSpec['from'];
  readonly kind?: FeatureKind;
  readonly weight?: number;
  readonly log?: boolean;
  readonly neutral?: number;
}

export function hostFeature(
  name: string,
  { from = 'connections', kind = 'measure', weight = 1, log = false, neutral }: Frame,
  needs: readonly (readonly NeededColumn[])[],
  about: About,
  words: FeatureWords,
  fill: HostFill,
): HostFeatureSpec {
  const frame = { kind, weight, needs, log: log ? ('always' as const) : undefined, neutral: neutral ?? null };
  return { ...described(name, frame, about, words), from, fill };
}

export const does = (verb: string, name: string): FeatureWords => [
  `${verb} ~more than &`,
  `${verb} ~less than &`,
  `more ${name}`,
  `less ${name}`,
];
export const has = (what: string): FeatureWords => [
  `has ~more ${what} than &`,
  `has ~fewer ${what} than &`,
  `more ${what}`,
  `fewer ${what}`,
];
export const varied = (what: string): FeatureWords => [
  `has ~more varied ${what}`,
  `has ~more uniform ${what}`,
  `varied ${what}`,
  `uniform ${what}`,
];
export const share = (what: string): FeatureWords => [
  `has a ~larger share of ${what}`,
  `has a ~smaller share of ${what}`,
  what,
  `few ${what}`,
];
export const log = { log: true };

export const orig = [dictionary('orig_h')];
export const resp = [dictionary('resp_h')];
export const port = [number('resp_p')];
export const time = [number('ts')];
