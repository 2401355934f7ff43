import type { Mapping } from '../contract/formats.ts';
import { areClocks, isAddress, isAbsent, looksRelative } from './table-guess.ts';
import { isTimeName } from './table-names.ts';

/**
 * Why a table with two hosts in it is none of connections though it has a column of times: these are of no day. Null where that is not so. `rows`: a sample
 * of its values.
 */
export function missingTimeRemark(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  columns: NonNullable<Mapping['columns']>,
): string | null {
  if (columns.some(({ to }) => to === 'ts')) return null;
  const values = (index: number): readonly string[] => rows.map((row) => row[index] ?? '').filter((value) => !isAbsent(value));
  const hosts = names.filter((_, index) => {
    const present = values(index);
    return present.length > 0 && present.filter(isAddress).length * 2 >= present.length;
  });
  if (hosts.length < 2) return null;
  for (const [index, name] of names.entries()) {
    if (!isTimeName(name)) continue;
    const some = values(index)
      .slice(0, 3)
      .map((value) => value.trim().slice(0, 40))
      .join(', ');
    const so = 'so the rows are a plain table and no connections';
    if (areClocks(values(index))) {
      return `${name} has times of day (${some}) and no date, ${so}. Write them with the date (argus: ra -u), or give the table a column with it.`;
    }
    if (looksRelative(values(index))) {
      return `${name} counts from a beginning that it does not name (${some}), ${so}. Write absolute times (Wireshark: View > Time Display Format > UTC Date and Time of Day, and export again; tshark: -t ud).`;
    }
  }
  return null;
}
