import type { JsonScanner } from './json-scanner.ts';
import { COMMENT, type Problem } from './line-outcome.ts';

/** Why bytes[start..end), which the scanner did not take, are no record; COMMENT where they are blank. `CUT`: the file ends within them. */
export function noObject(
  { problem, problemAt }: JsonScanner,
  bytes: Uint8Array,
  { start, end, last }: { readonly start: number; readonly end: number; readonly last: boolean },
): Problem | typeof COMMENT | 'CUT' {
  let at = start;
  while (at < end && bytes[at] <= 32) at++;
  if (at === end) return COMMENT;
  if (problem === 'CUT' && last) return 'CUT';
  const character = problemAt - start + 1;
  switch (problem) {
    case 'NOT_AN_OBJECT':
      return { reason: 'NOT_AN_OBJECT', what: 'it is no JSON object' };
    case 'TOO_DEEP':
      return { reason: 'TOO_DEEP', what: `at byte ${character} it is nested too deep` };
    case 'CUT':
      return { reason: 'BAD_JSON', what: 'the line ends within its JSON' };
    default:
      return { reason: 'BAD_JSON', what: `at byte ${character} it is no JSON` };
  }
}

/** What is said of a last line in which the file ends. */
export const TRUNCATED: Problem = { reason: 'TRUNCATED', what: 'the file ends within this line' };
