import { plural } from '../contract/format.ts';
import { isAddress } from './table-guess.ts';
import { TableFields, fieldTexts } from './table-fields.ts';
import { knownNames } from './table-names.ts';

/** A line with more bytes or fields than this is not looked at. */
const MOST_BYTES = 20_000;
const MOST_NAMES = 1000;
/** So many of the names have to be those of connections: what is said of a row that is merely wrong would mislead. */
const LEAST_KNOWN = 3;

const name = /^[\p{L}_@$#{][\p{L}\p{N} _.\-/()%${}[\]]{0,99}$/u;

/** Whether a line of a table that is no row of it names columns, as the header of another table does: files were put together. `delimiter`: a byte. */
export function isOtherHeader(delimiter: number, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > MOST_BYTES) return false;
  const fields = fieldTexts(new TableFields(delimiter, MOST_NAMES), bytes.subarray(start, end), 0, end - start);
  if (fields === null || fields.length < LEAST_KNOWN || fields.length > MOST_NAMES) return false;
  const names = fields.map((field) => field.trim());
  if (!names.every((one) => name.test(one) && !isAddress(one)) || new Set(names).size < names.length) return false;
  return knownNames(names, () => true, false).filter((known) => known !== null).length >= LEAST_KNOWN;
}

/** Lines that were rejected and name columns, in the tallies. */
export const OTHER_HEADERS = 'other headers';

export function otherHeaderRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const count = tallies.get(OTHER_HEADERS) ?? 0;
  if (count === 0) return [];
  const lines = `${plural(count, 'rejected line')} ${count === 1 ? 'names' : 'name'}`;
  return [
    `${lines} columns as a header does: another table begins there (the rejects say where). Split the file there, and import each part.`,
  ];
}
