import { Pace, unwatched } from '../pace.ts';
import type { Means } from '../types.ts';

/** The same threads and the same stop, but nobody is told of progress: for steps of a work that tells its own. */
export function quiet({ pace, pool = null }: Means): Required<Means> {
  const { stopped } = (pace ?? unwatched()).progress;
  return { pace: new Pace({ report: () => undefined, stopped: () => stopped() }), pool };
}
