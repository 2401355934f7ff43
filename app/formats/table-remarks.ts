import { plural } from '../contract/format.ts';
import { commonRemarks } from './line-remarks.ts';
import { roundedRemarks } from './table-numbers.ts';
import { otherHeaderRemarks } from './table-other-header.ts';
import type { TablePlan } from './table-plan.ts';
import { BESIDE, FINER, ODD } from './table-rows.ts';
import type { TimeUnit } from './table-times.ts';
import { unitRemarks } from './unit-doubts.ts';

/** Of a table, in the tallies: its header; records that go on over line ends, and the lines over which they do. */
export const HEADERS = 'headers';
export const JOINED = 'joined';
export const MORE_LINES = 'more lines';

/** What was tallied while reading, for a person. */
export function tableRemarks(tallies: ReadonlyMap<string, number>, plan: TablePlan): string[] {
  const remarks: string[] = [];
  const headers = tallies.get(HEADERS) ?? 0;
  if (headers > 1) remarks.push(`The header stands ${headers} times in the file: several tables put together.`);
  remarks.push(...otherHeaderRemarks(tallies));
  const joined = tallies.get(JOINED) ?? 0;
  if (joined > 0) {
    const lines = plural(tallies.get(MORE_LINES) ?? 0, 'line');
    remarks.push(
      `${plural(joined, 'record')} ${joined === 1 ? 'goes' : 'go'} on over line ends within quotes: ${lines} more, counted with the comments.`,
    );
  }
  const finer = tallies.get(FINER) ?? 0;
  if (finer > 0) remarks.push(`Rounded to microseconds: ${plural(finer, 'time')} with more digits.`);
  const unitOf = (name: string): TimeUnit | null => plan.columns.find(({ column }) => column === name)?.unit ?? null;
  return [
    ...remarks,
    ...roundedRemarks(tallies),
    ...unitRemarks(tallies, unitOf),
    ...oddRemarks(tallies, plan),
    ...besideRemarks(tallies, plan),
    ...commonRemarks(tallies),
  ];
}

/** Of fields that become one column and both had a value. */
function besideRemarks(tallies: ReadonlyMap<string, number>, plan: TablePlan): string[] {
  return plan.columns.flatMap((column) =>
    column.alternatives.flatMap(({ name, other }) => {
      const count = tallies.get(`${BESIDE}${other}`) ?? 0;
      if (count === 0) return [];
      const records = `${plural(count, 'record')} ${count === 1 ? 'has' : 'have'} more than one value for ${column.column}`;
      return [
        `${records}: the one that stands first is taken, and ${name} is kept as text in the column ${other}, which only these records have.`,
      ];
    }),
  );
}

/** So many columns are told of one by one. */
const MOST_ODD = 10;

function oddRemarks(tallies: ReadonlyMap<string, number>, plan: TablePlan): string[] {
  const odd = [...tallies].filter(([key]) => key.startsWith(ODD)).map(([key, count]) => [key.slice(ODD.length), count] as const);
  const said = odd.slice(0, MOST_ODD).flatMap(([name, count]) => {
    const column = plan.columns.find((one) => one.column === name);
    if (column === undefined) return [];
    const what = `${plural(count, 'value')} of ${column.column} ${count === 1 ? 'is' : 'are'} no ${words[column.type] ?? 'number'}`;
    return [`${what}; ${count === 1 ? 'it is' : 'they are'} kept as text in ${column.other}.`];
  });
  if (odd.length <= MOST_ODD) return said;
  return [
    ...said,
    `So it is with ${plural(odd.length - MOST_ODD, 'other column')}: what is no value of theirs is kept as text in a column beside each.`,
  ];
}

const words: Readonly<Record<string, string>> = {
  addr: 'address',
  port: 'port',
  time: 'time',
  interval: 'length of time that can be kept',
  bool: 'truth value',
  enum: 'protocol',
};
