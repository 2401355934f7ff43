import type { Preview } from '../contract.ts';
import { plural } from '../contract/format.ts';
import { printable } from './progress-line.ts';
import { textCell, textTable } from './values.ts';

/** A line has so many characters at most, where more than one column is in it. */
const WIDTH = 160;
const LONGEST_CELL = 40;
const BETWEEN = 2;

/**
 * The first records of a preview as a table: whoever maps columns has to see what became of each. The columns that a list of records shows come first, then
 * others with a value in these records, as far as they fit; then how many are left. Empty where there are no records.
 */
export function firstRecords({ columns, records }: Pick<Preview, 'columns' | 'records'>): string {
  if (records.length === 0) return '';
  const all = columns.map((column, place) => {
    const name = printable(column.name);
    const cells = records.map((record) => textCell(column, record[place] ?? null).slice(0, LONGEST_CELL));
    const rank = (column.shown ? 0 : 1) + (records.some((record) => (record[place] ?? null) !== null) ? 0 : 2);
    return { place, name, cells, rank, width: Math.max(name.length, ...cells.map((cell) => cell.length)) };
  });
  const chosen: typeof all = [];
  let width = -BETWEEN;
  for (const one of all.toSorted((a, b) => a.rank - b.rank)) {
    if (chosen.length > 0 && width + BETWEEN + one.width > WIDTH) continue;
    width += BETWEEN + one.width;
    chosen.push(one);
  }
  const shown = chosen.toSorted((a, b) => a.place - b.place);
  const table = textTable(
    shown.map(({ name }) => name),
    records.map((_, row) => shown.map(({ cells }) => cells[row] ?? '')),
  );
  const left = columns.length - shown.length;
  if (left === 0) return table;
  return `${table}\n\n${plural(left, 'more column')} ${left === 1 ? 'is' : 'are'} listed above (--json has ${left === 1 ? 'its' : 'their'} values, too).`;
}
