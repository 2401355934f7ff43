import { extname } from 'node:path';

/** The endings of what programs of rotation pack. */
export const packedEnd = /\.(?:gz|z|zst|zstd|bz2|xz)$/i;

const time = String.raw`[._-]?\d[\dTWZhms:._+-]*`;
const month = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const word = 'old|bak|backup|prev|previous|save|copy|rotated';
const dated = String.raw`[._-]?\d{1,2}[._-]?(?:${month})[a-z]*[._-]?\d{2,4}(?:${time})?`;
const worded = `[._-](?:${word})(?:${time})?`;
/** What rotation adds to a name: a number, a date (logrotate's dateformat, log4j's %d and %i, seconds since 1970), a word. */
const added = new RegExp(`^(?:${time}|${dated}|${worded}|~)$`, 'i');
/** The same at the end of a name: digits that nothing parts from it are a date, or of the name itself (`eth0`). */
const addedEnd = new RegExp(String.raw`(?<=.)(?:[._-]\d[\dTWZhms:._+-]*|\d{6}[\dTWZhms:._+-]*|${dated}|${worded}|~)$`, 'i');

/** What a rotation added to the name of `home` to make this one, without the ending of what packed it; null: it is no rotated name of it. */
export function addedTo(home: string, name: string): string | null {
  const plain = name.replace(packedEnd, '');
  if (plain === home) return name === home ? null : '';
  const ending = extname(home);
  const stem = stemBefore(home);
  const within = ending !== '' && stem !== '' && plain.startsWith(stem) && plain.endsWith(ending) && plain.length > home.length;
  for (const part of [plain.startsWith(home) ? plain.slice(home.length) : null, within ? plain.slice(stem.length, -ending.length) : null]) {
    if (part !== null && added.test(part)) return part;
  }
  return null;
}

/** One of these names may be a rotated one of the other, or both of a third. */
export function sameFamily(a: string, b: string): boolean {
  return addedTo(a, b) !== null || addedTo(b, a) !== null || stemOf(a) === stemOf(b);
}

function stemOf(name: string): string {
  return name.replace(packedEnd, '').replace(/[._-]\d[\dTZ:._+-]*$/, '');
}

/** A name without its ending. */
export function stemBefore(base: string): string {
  return base.slice(0, base.length - extname(base).length);
}

/**
 * What the names of all files begin with that rotation may have made of the log that had this one, or that was rotated to it: `access` of `access.log.gz`,
 * `access.log.11` and `access-20261121.log`.
 */
export function familyStem(name: string): string {
  const plain = name.replace(packedEnd, '').replace(addedEnd, '');
  return plain.replace(/(?<=.)\.[a-z]+$/i, '').replace(addedEnd, '');
}
