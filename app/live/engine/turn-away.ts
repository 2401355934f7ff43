import { FlowcaseError } from '../../errors.ts';
import type { Feed } from './feed.ts';

/**
 * The case cannot be written: whoever waits for an answer gets it now, and nothing of what they sent is kept. What a source reads again from where it lies
 * waits. Returns why, or "" where nothing waits any more.
 */
export function turnAway(feeds: Iterable<Feed>, why: string): string {
  const all = [...feeds];
  const error = new FlowcaseError(
    'BUSY',
    `The case cannot be written now, and nothing of this was taken: ${why} Send it again in a moment.`,
  );
  for (const feed of all) feed.turnAway(error);
  return all.some(({ linesWaiting }) => linesWaiting > 0) ? why : '';
}
