/** Scales of bars: a value to a share of the room, with ticks that a person can read. */
import { formatBytes, formatCount, formatShare, formatShortCount } from '../lib/format.ts';

/** Amounts, or `share`: 0 to 1, written in percent. */
export type Unit = Amount | 'share';
type Amount = 'count' | 'bytes';

export interface Tick {
  /** 0..1 of the room. */
  readonly at: number;
  readonly label: string;
}

export interface BarScale {
  readonly log: boolean;
  /** 0..1 of the room; 0 only for 0 and what is not finite. */
  readonly share: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** 1, 10, 100, 1 k, 10 k, …: powers of ten as a tick writes them. */
export function powerLabel(power: number): string {
  const units = ['', ' k', ' M', ' G', ' T', ' P'];
  const unit = Math.min(units.length - 1, Math.floor(power / 3));
  return `${formatCount(10 ** (power - unit * 3))}${units[unit] ?? ''}`;
}

const bytePowers = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** What is drawn at all on a log scale takes at least this share, so that the smallest can be seen. */
const least = 0.03;

const logOf = (value: number, unit: Amount): number => Math.log(Math.max(1, value)) / Math.log(unit === 'bytes' ? 1024 : 10);

/** Steps of a log axis in powers of its base: for bytes also factors of 4 and 32, which are round too. */
const logSteps: Readonly<Record<Amount, readonly number[]>> = { bytes: [0.2, 0.5, 1, 2], count: [1, 2, 3, 6] };

function logLabel(power: number, unit: Amount): string {
  if (unit === 'count') return powerLabel(Math.round(power));
  const bits = Math.round(power * 10);
  const at = Math.min(bytePowers.length - 1, Math.floor(bits / 10));
  return `${2 ** (bits - at * 10)} ${bytePowers[at] ?? ''}`;
}

/** From the round step at or below the smallest value to the largest value. */
function logScale(fewest: number, most: number, unit: Amount): BarScale {
  const from = logOf(fewest, unit);
  const to = logOf(most, unit);
  const step = logSteps[unit].find((one) => (to - Math.floor(from / one + 1e-9) * one) / one <= 4) ?? 6;
  const low = Math.floor(from / step + 1e-9) * step;
  const high = Math.max(low + step / 2, to);
  const place = (power: number): number => Math.min(1, least + (1 - least) * Math.max(0, (power - low) / (high - low)));
  const share = (value: number): number => (value > 0 && Number.isFinite(value) ? place(logOf(value, unit)) : 0);
  const ticks: Tick[] = [];
  for (let at = 0; low + at * step <= high + 1e-9; at++) ticks.push({ at: place(low + at * step), label: logLabel(low + at * step, unit) });
  return { log: true, share, ticks };
}

/** The step of a linear axis that gives at most `parts` parts: 1, 2 or 5 times a power of ten (of two for bytes). */
export function niceStep(most: number, parts: number, unit: Amount): number {
  if (!(most > 0)) return 1;
  const raw = most / parts;
  if (unit === 'bytes') {
    const power = 1024 ** Math.max(0, Math.floor(Math.log(raw) / Math.log(1024)));
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1024].find((factor) => factor * power >= raw) ?? 1024;
    return step * power;
  }
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-12)) ?? 10;
  return Math.max(1, step * power);
}

function linearScale(most: number, unit: Amount): BarScale {
  const top = Math.max(1, most);
  const step = niceStep(top, 3, unit);
  const ticks: Tick[] = [];
  for (let value = 0; value <= top * (1 + 1e-9); value += step) {
    ticks.push({ at: value / top, label: unit === 'bytes' ? formatBytes(value).replace('.0', '') : formatShortCount(value) });
  }
  return { log: false, share: (value) => (value > 0 && Number.isFinite(value) ? Math.min(1, value / top) : 0), ticks };
}

/** Shares stay linear: that most of them are next to nothing is what they say. */
function shareScale(most: number): BarScale {
  const top = most > 0 ? Math.min(1, most) : 1;
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((one) => top / one <= 4) ?? 0.5;
  const ticks = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, at) => ({
    at: (at * step) / top,
    label: `${Math.round(at * step * 100)} %`,
  }));
  return { log: false, share: (value) => (value > 0 && Number.isFinite(value) ? Math.min(1, value / top) : 0), ticks };
}

/** Log where the values differ by more than `ratio` times (1 : 20), else linear. Zeros do not count. Shares are linear. */
export function barScale(values: readonly number[], unit: Unit, ratio = 20): BarScale {
  const real = values.filter((value) => value > 0 && Number.isFinite(value));
  const most = real.reduce((best, value) => Math.max(best, value), 0);
  const fewest = real.reduce((best, value) => Math.min(best, value), Number.POSITIVE_INFINITY);
  if (unit === 'share') return shareScale(most);
  return real.length > 1 && most / fewest > ratio ? logScale(fewest, most, unit) : linearScale(most, unit);
}

/** The exact value and the short one, as the unit writes them. */
export function unitText(value: number, unit: Unit): { readonly short: string; readonly exact: string } {
  if (unit === 'share') return { short: formatShare(value), exact: formatShare(value) };
  return unit === 'bytes'
    ? { short: formatBytes(value), exact: `${formatCount(value)} bytes` }
    : { short: value < 10_000_000 ? formatCount(value) : formatShortCount(value), exact: formatCount(value) };
}

/** A log axis of bytes that goes both ways from its middle: up is out, down is in. One unit is a factor of 1024. */
export interface MirroredLog {
  /** The power of 1024 in the middle. */
  readonly base: number;
  readonly top: number;
  readonly interval: number;
  /** Height of a value, 0 for nothing; what is drawn at all can be seen. */
  readonly height: (value: number) => number;
  readonly label: (tick: number) => string;
}

/** At most three ticks each way: factors of 4, 32 or 1024, or of 1024². */
export function mirroredLog(values: Iterable<number>): MirroredLog {
  const power = (value: number): number => logOf(value, 'bytes');
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, power(value));
    high = Math.max(high, power(value));
  }
  const from = Number.isFinite(low) ? low : 0;
  const interval = [0.2, 0.5, 1, 2].find((step) => (high - Math.floor(from / step) * step) / step <= 3.2) ?? 2;
  const base = Math.max(0, Math.floor(from / interval + 1e-9) * interval);
  const top = Math.max(1, Math.ceil((high - base) / interval - 1e-9)) * interval;
  return {
    base,
    top,
    interval,
    height: (value) => (value > 0 && Number.isFinite(value) ? Math.max(top * 0.04, power(value) - base) : 0),
    label: (tick) => {
      const steps = Math.abs(tick) / interval;
      if (Math.abs(steps - Math.round(steps)) > 1e-6) return '';
      const at = base + Math.abs(tick);
      return at < 0.05 ? '' : logLabel(at, 'bytes');
    },
  };
}
