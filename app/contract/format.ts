/** How figures are written, everywhere the same: window, terminal and report. Times are integer microseconds since 1970 UTC. */

/** 12,345 */
export function formatCount(value: number): string {
  // the words of a language are loaded from a file of many megabytes: not for counting
  if (Number.isSafeInteger(value)) return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** 12,345 or 1.2 M; the exact number belongs in a tooltip beside it. */
export function formatShortCount(value: number): string {
  const size = Math.abs(value);
  if (size < 100_000) return formatCount(value);
  const [factor, unit] = size < 1e9 ? [1e6, 'M'] : [1e9, 'G'];
  return `${(value / factor).toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ${unit}`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Powers of 1024: 413 B, 1.1 KiB, 402.1 MiB. */
export function formatBytes(value: number): string {
  let size = value;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < byteUnits.length - 1) {
    size /= 1024;
    unit++;
  }
  return unit === 0
    ? `${formatCount(size)} B`
    : `${size.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ${byteUnits[unit]}`;
}

/** Microseconds in words: 350 ms, 4.20 s, 1 m 05 s, 1 h 02 m, 3 d 04 h; whole ones without the smaller unit: 30 min, 2 h, 4 d. */
export function formatDuration(microseconds: number): string {
  const sign = microseconds < 0 ? '−' : '';
  const us = Math.abs(microseconds);
  if (us === 0) return '0 s';
  if (us < 1000) return `${sign}${Math.round(us)} µs`;
  if (us < 999_500) return `${sign}${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`;
  const seconds = us / 1e6;
  if (seconds < 59.95) return `${sign}${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const [unit, smaller, names] =
    whole < 3600
      ? ([60, 1, ['m', 's']] as const)
      : whole < 86_400
        ? ([3600, 60, ['h', 'm']] as const)
        : ([86_400, 3600, ['d', 'h']] as const);
  const [large, rest] = [Math.floor(whole / unit), Math.floor((whole % unit) / smaller)];
  if (rest > 0) return `${sign}${large} ${names[0]} ${String(rest).padStart(2, '0')} ${names[1]}`;
  // alone, m could be metres
  return `${sign}${large} ${names[0] === 'm' ? 'min' : names[0]}`;
}

/** ISO 8601 UTC with microseconds: 2024-04-19T03:12:07.123456Z. Exact for every time a double holds as an integer. */
export function isoTime(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000);
  const micro = microseconds - milliseconds * 1000;
  return new Date(milliseconds).toISOString().replace('Z', `${String(micro).padStart(3, '0')}Z`);
}

/** For people: 2024-04-19 03:12:07.123 (UTC is said once, in the heading). */
export function formatTime(microseconds: number, fraction: 0 | 3 | 6 = 3): string {
  const text = isoTime(microseconds).replace('T', ' ').slice(0, -1);
  return fraction === 0 ? text.slice(0, -7) : fraction === 3 ? text.slice(0, -3) : text;
}

/** A share as a percentage that does not lie at the ends: 0.18 %, < 0.01 %, 99.9 %, > 99.9 %. */
export function formatShare(share: number): string {
  if (share === 0) return '0 %';
  if (share > 0 && share < 0.0001) return '< 0.01 %';
  if (share < 1 && share > 0.9999) return '> 99.99 %';
  const percent = share * 100;
  if (share < 1 && percent >= 99.95) return '> 99.9 %';
  return `${percent >= 10 ? percent.toFixed(1) : percent.toFixed(2)} %`;
}

/** A figure from 0 to 1, or a loss, that does not lie at its ends: 0.950, > 0.999 where it is not 1, < 0.001 where it is not 0. */
export function formatFigure(value: number, digits = 3): string {
  const text = value.toFixed(digits);
  const least = 10 ** -digits;
  if (value > 0 && Number(text) === 0) return `< ${least.toFixed(digits)}`;
  if (value < 1 && Number(text) === 1) return `> ${(1 - least).toFixed(digits)}`;
  return text;
}

/** "1 record", "2 records". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** What an import passed over in folders, in words. */
export function hiddenWords(hidden: number): string {
  return `${plural(hidden, 'hidden file or folder', 'hidden files and folders')} ${hidden === 1 ? 'was' : 'were'} passed over.`;
}
