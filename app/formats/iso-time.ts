/** Times as ISO 8601 writes them, from bytes. */

const bad = NaN;

/**
 * `YYYY-MM-DD`, `T` or a blank, `HH:MM:SS`, a fraction of any length, `Z` or an offset (`+02:00`, `+0200`, `+02`) as integer microseconds since 1970 UTC;
 * NaN where it is none. Without an offset it is UTC. From the sixth decimal on it is rounded half up.
 */
export function parseIsoTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 19 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45 || bytes[start + 13] !== 58 || bytes[start + 16] !== 58)
    return bad;
  if (bytes[start + 10] !== 84 && bytes[start + 10] !== 32 && bytes[start + 10] !== 116) return bad;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  const day = digits(bytes, start + 8, 2);
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second <= 60))
    return bad;
  let at = start + 19;
  let micro = 0;
  if (bytes[at] === 46 || bytes[at] === 44) {
    const from = ++at;
    let scale = 100_000;
    for (; at < end && isDigit(bytes[at]); at++) {
      const place = at - from;
      if (place < 6) micro += (bytes[at] - 48) * scale;
      else if (place === 6 && bytes[at] >= 53) micro++;
      scale /= 10;
    }
    if (at === from) return bad;
  }
  const offset = offsetAt(bytes, at, end);
  return (((daysFrom1970(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second) * 1e6 + micro;
}

/** Minutes east of Greenwich, or NaN. */
function offsetAt(bytes: Uint8Array, at: number, end: number): number {
  if (at === end) return 0;
  if (bytes[at] === 90 || bytes[at] === 122) return at + 1 === end ? 0 : bad;
  if (bytes[at] !== 43 && bytes[at] !== 45) return bad;
  const hours = end - at >= 3 ? digits(bytes, at + 1, 2) : bad;
  const colon = bytes[at + 3] === 58 ? 1 : 0;
  const minutes = at + 3 === end ? 0 : end === at + 5 + colon ? digits(bytes, at + 3 + colon, 2) : bad;
  if (!(hours < 24 && minutes < 60)) return bad;
  return (bytes[at] === 45 ? -1 : 1) * (hours * 60 + minutes);
}

function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    if (!isDigit(bytes[i])) return bad;
    value = value * 10 + bytes[i] - 48;
  }
  return value;
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1 January 1970 in the Gregorian calendar: years are counted from March, so that the leap day is the last of its year. */
function daysFrom1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}
