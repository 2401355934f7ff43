import type { CaseReader } from '../case/types.ts';
import { formatCount, plural } from '../contract/format.ts';
import type { AnyRun } from '../contract/models.ts';

const NAMED = 8;

/**
 * Why a run cannot be met again: what it is over is another matrix now, and evidence came or went since. null where the input is the same bit for
 * bit, or another although no evidence came or went. `now`: what it is over now.
 */
export function changesSince(
  reader: CaseReader,
  run: Pick<AnyRun, 'created' | 'rows' | 'input'>,
  now: Pick<AnyRun, 'rows' | 'input'>,
): string | null {
  if (now.input === run.input) return null;
  const acts = reader.custody();
  const difference = now.rows - run.rows;
  const came = reader.evidence().filter(({ imported, rows }) => rows > 0 && imported >= run.created);
  const grown = difference > 0 && acts.some(({ act }) => act === 'live.watched');
  const gone = acts.filter(({ act, at }) => act === 'evidence.removed' && at >= run.created).length;
  const said = [
    ...(came.length === 0 ? [] : [`evidence ${numbers(came.map(({ id }) => id))} was imported`]),
    ...(gone === 0 ? [] : [`${plural(gone, 'piece', 'pieces')} of evidence ${gone === 1 ? 'was' : 'were'} removed`]),
    ...(grown ? ['records were watched as they came'] : []),
  ];
  if (said.length === 0) return null;
  const rows =
    difference === 0
      ? `as many rows, ${formatCount(now.rows)}, but not the same`
      : `${plural(Math.abs(difference), 'row')} ${difference > 0 ? 'more' : 'fewer'}, ${formatCount(now.rows)} instead of ${formatCount(run.rows)}`;
  return `The case has changed since the run was made: ${rows} (${said.join('; ')}). What was found then cannot be met again.`;
}

/** "4", "4, 5 and 12 more". */
function numbers(ids: readonly number[]): string {
  const rest = ids.length - NAMED;
  return `${ids.slice(0, NAMED).join(', ')}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}`;
}
