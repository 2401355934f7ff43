import { plural } from '../contract/format.ts';

/** Before the name of a log whose lines were rejected, in the tallies. */
export const OTHER_LOG = 'other log: ';

/** The same of a log whose lines were left out, because a person named another: they are sound, and no rejects. */
export const LEFT_LOG = 'left log: ';

/** Of other logs in the same file, what became of their lines. */
export function otherLogRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const were = (count: number): string => (count === 1 ? 'was' : 'were');
  const rejected = under(tallies, OTHER_LOG).map(
    ({ log, count }) =>
      `${plural(count, 'line')} of Zeek's log ${log} ${were(count)} rejected: a file is imported as one log. Put them into a file of their own and import that too.`,
  );
  const left = under(tallies, LEFT_LOG).map(
    ({ log, count }) => `${plural(count, 'line')} of Zeek's log ${log} ${were(count)} left out: another log of the file was asked for.`,
  );
  return [...rejected, ...(rejected.length === 0 ? [] : ['Or read each of them from this file: --zeek-log NAME.']), ...left];
}

function under(tallies: ReadonlyMap<string, number>, mark: string): { readonly log: string; readonly count: number }[] {
  return [...tallies].flatMap(([key, count]) => (key.startsWith(mark) ? [{ log: key.slice(mark.length), count }] : []));
}
