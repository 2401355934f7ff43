import type { HostFill } from './host-fills.ts';
import type { HostSource, Role } from './host-source.ts';
import { PairNumbers } from './pairs.ts';

/** When hosts take part in anything, in whatever role. Hours are those of the clock in UTC. */
export interface DayFigures {
  /** Records with a time. */
  readonly records: Float64Array;
  /** Of those, between 22:00 and 06:00. */
  readonly night: Float64Array;
  /** Different hours since 1970 in which it did anything. */
  readonly hours: Float64Array;
  /** Sums of cosine and sine of the middle of the hour on the circle of the day. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

const roles: readonly Role[] = ['originators', 'responders', 'clients'];
const known = new WeakMap<HostSource, DayFigures>();

async function dayFigures(hosts: HostSource): Promise<DayFigures> {
  const there = known.get(hosts);
  if (there !== undefined) return there;
  const perHost = (): Float64Array => new Float64Array(hosts.rows);
  const figures = { records: perHost(), night: perHost(), hours: perHost(), cosine: perHost(), sine: perHost() };
  const hours = new PairNumbers();
  for (const role of roles) {
    const { size, rows, values, counts } = await hosts.pairs(role, 'hour');
    for (let pair = 0; pair < size; pair++) {
      const row = rows[pair];
      // codes count from one
      const hour = (values[pair] - 1) % 24;
      const angle = ((hour + 0.5) / 24) * 2 * Math.PI;
      figures.records[row] += counts[pair];
      if (hour >= 22 || hour < 6) figures.night[row] += counts[pair];
      figures.cosine[row] += counts[pair] * Math.cos(angle);
      figures.sine[row] += counts[pair] * Math.sin(angle);
      const before = hours.size;
      hours.add(row, values[pair]);
      figures.hours[row] += hours.size - before;
      if ((pair & 0x3fff) === 0) await hosts.breathe();
    }
  }
  known.set(hosts, figures);
  return figures;
}

/** A figure of the day; absent where no record of the host has a time. */
export function ofDay(pick: (figures: DayFigures, row: number) => number): HostFill {
  return async (hosts, out) => {
    const figures = await dayFigures(hosts);
    for (let row = 0; row < hosts.rows; row++) out[row] = figures.records[row] > 0 ? pick(figures, row) : Number.NaN;
  };
}

/** How much the records keep to one time of day: length of the mean of their places on the circle, 0 (round the clock) to 1 (one hour). */
export function rhythm({ records, cosine, sine }: DayFigures, row: number): number {
  return Math.hypot(cosine[row], sine[row]) / records[row];
}
