/** Scales of bars: a value to a share of the room, with ticks that a person can read. */
import { formatBytes, formatCount, formatShortCount } from '../lib/format.ts';

export type Unit = 'count' | 'bytes';

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

const bytePowers = ['1 B', '1 KiB', '1 MiB', '1 GiB', '1 TiB', '1 PiB'];

/** A value of at least 1 on a log scale takes at least this share, so that 1 can be seen. */
const least = 0.03;

function logScale(most: number, unit: Unit): BarScale {
  const base = unit === 'bytes' ? 1024 : 10;
  const top = Math.max(1, Math.log(Math.max(1, most)) / Math.log(base));
  const share = (value: number): number => {
    if (!(value > 0) || !Number.isFinite(value)) return 0;
    const part = Math.max(0, Math.log(value) / Math.log(base)) / top;
    return Math.min(1, least + (1 - least) * part);
  };
  const every = Math.ceil(Math.floor(top) / 5) || 1;
  const ticks: Tick[] = [];
  for (let power = 0; power <= top; power += every) {
    ticks.push({ at: share(base ** power), label: unit === 'bytes' ? (bytePowers.at(power) ?? '') : powerLabel(power) });
  }
  return { log: true, share, ticks };
}

/** The step of a linear axis that gives at most `parts` parts: 1, 2 or 5 times a power of ten (of two for bytes). */
export function niceStep(most: number, parts: number, unit: Unit): number {
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

function linearScale(most: number, unit: Unit): BarScale {
  const top = Math.max(1, most);
  const step = niceStep(top, 4, unit);
  const ticks: Tick[] = [];
  for (let value = 0; value <= top * (1 + 1e-9); value += step) {
    ticks.push({ at: value / top, label: unit === 'bytes' ? formatBytes(value).replace('.0', '') : formatShortCount(value) });
  }
  return { log: false, share: (value) => (value > 0 && Number.isFinite(value) ? Math.min(1, value / top) : 0), ticks };
}

/** Log where the values differ by more than `ratio` times (1 : 20), else linear. Zeros do not count. */
export function barScale(values: readonly number[], unit: Unit, ratio = 20): BarScale {
  const real = values.filter((value) => value > 0 && Number.isFinite(value));
  const most = real.reduce((best, value) => Math.max(best, value), 0);
  const fewest = real.reduce((best, value) => Math.min(best, value), Number.POSITIVE_INFINITY);
  return real.length > 1 && most / fewest > ratio ? logScale(most, unit) : linearScale(most, unit);
}

/** The exact value and the short one, as the unit writes them. */
export function unitText(value: number, unit: Unit): { readonly short: string; readonly exact: string } {
  return unit === 'bytes'
    ? { short: formatBytes(value), exact: `${formatCount(value)} bytes` }
    : { short: formatShortCount(value), exact: formatCount(value) };
}

/** Both directions of a log axis of bytes: +1 is 1 KiB out, −2 is 1 MiB in; 0 is nothing. A byte and nothing look alike. */
export function signedLogBytes(value: number, direction: 1 | -1): number {
  return value > 1 && Number.isFinite(value) ? (direction * Math.log(value)) / Math.log(1024) : 0;
}

/** The label of a tick of that axis. */
export function signedLogLabel(tick: number): string {
  const power = Math.abs(tick);
  return Number.isInteger(power) && power > 0 ? (bytePowers[power] ?? '') : '';
}
