import type { FeatureMatrix } from '../features/build-matrix.ts';
import type { FittedFeature } from '../features/fitted.ts';
import { rawValue } from '../features/raw-values.ts';

const DAY_MINUTES = 24 * 60;
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** A mean place on a circle of time: its angle from 0 to 2π, and how far all keep to it, 0 (round the clock) to 1 (always at the same moment). */
interface Moment {
  readonly angle: number;
  readonly length: number;
}

/** Sine and cosine of a circle, which say nothing to a person one by one. */
export interface Circle {
  readonly sine: number;
  readonly cosine: number;
  /** "Hour of day" */
  readonly title: string;
  readonly week: boolean;
}

/** The circle that a column is a half of; null where its other half is no column, and no moment can be told. */
export function circleOf({ features }: FeatureMatrix['fitted'], column: number): Circle | null {
  const { name, title, how } = features[column];
  const stem = name.replace(/_(?:sin|cos)$/, '');
  const place = (half: string): number => features.findIndex((one) => one.name === `${stem}_${half}`);
  const [sine, cosine] = [place('sin'), place('cos')];
  return sine < 0 || cosine < 0 ? null : { sine, cosine, title: title.replace(/, (?:co)?sine$/, ''), week: /\bweek\b/.test(how) };
}

/** The moment of means of both columns, in the units of the matrix. */
export function momentOf(features: readonly FittedFeature[], { sine, cosine }: Circle, meanOf: (column: number) => number): Moment {
  const [y, x] = [rawValue(features[sine], meanOf(sine)), rawValue(features[cosine], meanOf(cosine))];
  const angle = Math.atan2(y, x);
  return { angle: angle < 0 ? angle + 2 * Math.PI : angle, length: Math.min(1, Math.hypot(x, y)) };
}

/** "03:12", "Sunday 21:10" (UTC). */
export function momentWords({ week }: Circle, { angle }: Moment): string {
  const minutes = Math.round((angle / (2 * Math.PI)) * DAY_MINUTES * (week ? 7 : 1)) % (DAY_MINUTES * (week ? 7 : 1));
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(Math.floor((minutes % DAY_MINUTES) / 60))}:${two(minutes % 60)}`;
  return week ? `${days[Math.floor(minutes / DAY_MINUTES)]} ${clock}` : clock;
}

/** How far two moments lie apart on the circle, and the circular standard deviation of the second (Mardia 1972), in radians. */
export function momentsApart(own: Moment, peers: Moment): { readonly distance: number; readonly spread: number } {
  const turn = Math.abs(own.angle - peers.angle);
  return { distance: Math.min(turn, 2 * Math.PI - turn), spread: Math.sqrt(Math.max(0, -2 * Math.log(Math.max(peers.length, 1e-9)))) };
}
