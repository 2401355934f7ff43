import type { Jobs } from './jobs.ts';

/** So long threads have that are ended by force (milliseconds). */
const CUT_MS = 1000;

/** Waits for `work` to end well or badly, but not for ever. False where it has not ended. */
export async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const ended = work.then(
    () => true,
    () => true,
  );
  if (milliseconds === Infinity) return ended;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const inTime = await Promise.race([ended, late]);
  clearTimeout(timer);
  return inTime;
}

/** Stops the jobs, then does what is to be done `inOrder`; or, after so many milliseconds, cuts off what is left. Returns what was not finished then. */
export async function endAll(
  patience: number,
  jobs: Jobs,
  inOrder: () => Promise<unknown>,
  cut: () => Promise<unknown>,
): Promise<readonly string[]> {
  if (await endsWithin(patience, jobs.cancelAll(false).then(inOrder))) return [];
  const running = jobs.list().flatMap(({ title, ended }) => (ended === null ? [title] : []));
  await endsWithin(CUT_MS, cut());
  return running.length > 0 ? running : ['closing the case'];
}
