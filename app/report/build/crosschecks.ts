import { crosscheckVerdict } from '../../contract/comparisons.ts';
import { formatTime } from '../../contract/format.ts';
import type { Crosscheck } from '../../contract/models.ts';
import { figure, left, right, table, type Block } from '../document.ts';

const TABLED = 100;

/** Second opinions by independent implementations on one run; none where there are none. */
export function* crosscheckTable(crosschecks: readonly Crosscheck[]): Iterable<Block> {
  if (crosschecks.length === 0) return;
  yield table(
    'Checked with a second tool',
    [left('Tool', 96), left('When (UTC)', 84), left('Answer', 60), left('What it says', 252)],
    crosschecks.slice(0, TABLED).map((one) => [one.tool, formatTime(one.created, 0), answerOf(one), one.words]),
    cut(crosschecks.length),
  );
}

/** Second opinions on runs that are not told in full. */
export function* otherCrosschecks(crosschecks: readonly Crosscheck[]): Iterable<Block> {
  if (crosschecks.length === 0) return;
  yield table(
    'Other runs that were checked with a second tool',
    [right('Run', 30), left('Tool', 90), left('When (UTC)', 80), left('Answer', 56), left('What it says', 236)],
    crosschecks.slice(0, TABLED).map((one) => [figure(one.run, 'plain'), one.tool, formatTime(one.created, 0), answerOf(one), one.words]),
    cut(crosschecks.length),
  );
}

/** Groups are the same where the adjusted Rand index is 1; which are nearly the same: `likenessOf`. */
function answerOf(one: Crosscheck): string {
  const verdict = crosscheckVerdict(one);
  const { ari } = one;
  if (verdict === 'not confirmed') return verdict;
  if (ari === null) return verdict === 'agrees' ? 'agrees' : 'disagrees';
  if (verdict === 'differs') return 'differs';
  return ari === 1 ? 'the same' : 'nearly the same';
}

const cut = (all: number): string | null => (all > TABLED ? `The first ${TABLED} of ${all} are shown.` : null);
