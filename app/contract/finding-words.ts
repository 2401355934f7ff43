import { formatCount } from './format.ts';
import type { DeviantFeature, FindingCauses } from './records.ts';

/** How a finding's `why` says what does it: written and read here alone. */
const CAUSES = ' What does it: ';

/** The sentence, and behind it what does it, feature by feature (none of them with a semicolon and a blank in it). */
export function withCauses(said: string, causes: readonly string[]): string {
  return causes.length === 0 ? said : `${said}${CAUSES}${causes.map((cause) => cause.replaceAll('; ', ', ')).join('; ')}.`;
}

/** What `withCauses` put together; no causes where there are none. */
export function causesOf(why: string): { readonly said: string; readonly causes: readonly string[] } {
  const at = why.lastIndexOf(CAUSES);
  if (at < 0) return { said: why, causes: [] };
  return {
    said: why.slice(0, at),
    causes: why
      .slice(at + CAUSES.length)
      .replace(/\.$/, '')
      .split('; '),
  };
}

/** One feature as a bar beside the others: how far from its peers it lies. */
export interface CauseBar {
  readonly title: string;
  /** What it is here, and among its peers, as a person reads it. */
  readonly value: string;
  readonly typical: string;
  /** "+38.2 σ"; where all peers are alike, or none or too few have it, that. */
  readonly far: string;
  /** 0 to 1, on one scale for all: the logarithm of one more than the standard deviations; 1 where they cannot be measured, 0 where too few peers are a measure. */
  readonly length: number;
  /** Whether it is more than usual. */
  readonly more: boolean;
}

/** Ten standard deviations fill the scale, where nothing goes farther. */
export const LEAST_SCALE = 10;

export function causeBars({ features }: FindingCauses): readonly CauseBar[] {
  const far = ({ deviation }: DeviantFeature): number => Math.log1p(Math.abs(deviation ?? 0));
  const scale = Math.max(Math.log1p(LEAST_SCALE), ...features.map(far));
  return features.map((one) => ({
    title: one.title,
    value: one.words[0],
    typical: one.words[1],
    far: farWords(one),
    length: one.few !== undefined ? 0 : one.deviation === null ? 1 : far(one) / scale,
    more: one.typical === null || one.value >= one.typical,
  }));
}

function farWords({ deviation, typical, few }: DeviantFeature): string {
  if (few !== undefined) return 'too few to measure by';
  if (deviation === null) return typical === null ? 'has it alone' : 'all others alike';
  const size = Math.abs(deviation);
  return `${deviation < 0 ? '−' : '+'}${size >= 1000 ? formatCount(Math.round(size)) : size.toFixed(1)} σ`;
}
