import { isUtf8 } from 'node:buffer';
import { plural } from '../contract/format.ts';
import { clockRemarks } from './clock-doubts.ts';
import { LINE_LIMIT } from './types.ts';

/** Tallied where the last line broke off; every format says so in the same words. */
export const CUT = 'cut';

/** Tallied for each line that holds bytes which are no UTF-8. */
export const NO_UTF8 = 'no UTF-8';

/** Tallied for each line that has NULs before it. */
export const NULS = 'NULs';

/** How many of the lines bytes[from..to), each ended by `newline`, hold bytes that are no UTF-8. Lines that are too long are not looked at. */
export function linesOfNoUtf8(bytes: Uint8Array, from: number, to: number, newline: number): number {
  if (isUtf8(bytes.subarray(from, to))) return 0;
  let count = 0;
  for (let at = from; at < to;) {
    const end = bytes.indexOf(newline, at);
    if (end - at <= LINE_LIMIT + 1 && !isUtf8(bytes.subarray(at, end))) count++;
    at = end + 1;
  }
  return count;
}

/** What every format says of its tallies. */
export function commonRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const remarks = tallies.has(CUT) ? ['The last line is cut: the file ends within it.'] : [];
  const nuls = tallies.get(NULS) ?? 0;
  if (nuls > 0)
    remarks.push(
      `NULs stand before ${plural(nuls, 'line')}, as in a log that was emptied while its program wrote on, or after a power cut: they were passed over.`,
    );
  return [...remarks, ...noUtf8Remarks(tallies.get(NO_UTF8) ?? 0, 'line'), ...clockRemarks(tallies)];
}

/** Where bytes[start..end) begins behind the NULs before it; `start` where there is nothing else. */
export function behindNuls(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === 0) at++;
  return at === end ? start : at;
}

/** That so many of these hold bytes which are no UTF-8; of none there is nothing to say. */
export function noUtf8Remarks(count: number, of: 'line' | 'row'): string[] {
  if (count === 0) return [];
  const hold = `${plural(count, of)} ${count === 1 ? 'holds' : 'hold'}`;
  return [
    `${hold} bytes that are no UTF-8, as other encodings write them (Latin-1, Windows-1252): each such byte is kept as \\xHH, as é in Latin-1 is \\xe9.`,
  ];
}
