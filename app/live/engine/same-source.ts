import { isDeepStrictEqual } from 'node:util';
import type { LiveSourceSpec, LiveWatch } from '../../contract/live.ts';

/** Whether both bring the same lines: wherever they begin, and wherever rotation puts old files. */
export function isSameSource(a: LiveSourceSpec, b: LiveSourceSpec): boolean {
  return isDeepStrictEqual(subjectOf(a), subjectOf(b));
}

/** What was said before of a source that is watched again, with what is said now; what is not said stays. */
export function saidAgain(before: LiveWatch, now: LiveWatch): LiveWatch {
  return { ...before, ...now, source: { ...before.source, ...now.source } };
}

function subjectOf(source: LiveSourceSpec): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).filter(([key]) => key !== 'from' && key !== 'folders'));
}
