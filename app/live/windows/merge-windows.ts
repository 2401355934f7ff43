import { FlowcaseError } from '../../errors.ts';
import { kindPlan } from './kinds.ts';
import { paneOf } from './pack-window.ts';
import { Pane } from './pane.ts';
import type { ClosedWindow } from './types.ts';

const KEYS = 10_000;

/**
 * Several windows of one kind as one: of the same time from several sources, or one behind the other. Its figures are those that one window over all
 * their records would have, exact or within the bounds of the sketches, but for keys that one of them had left out (`missed`, `bound` say so).
 * @throws FlowcaseError INVALID_INPUT without windows, or with windows of several kinds
 */
export function mergeWindows(windows: readonly ClosedWindow[], start: number, end: number, keys = KEYS): ClosedWindow {
  if (windows.length === 0 || windows.some(({ kind }) => kind !== windows[0].kind)) {
    throw new FlowcaseError('INVALID_INPUT', 'Windows are merged where there are some, of one kind of record.');
  }
  const [{ kind, source }] = windows;
  const whole = new Pane(kindPlan(kind), keys);
  for (const window of windows) whole.merge(paneOf(window));
  const sum = (of: (window: ClosedWindow) => number): number => windows.reduce((total, window) => total + of(window), 0);
  return whole.close({
    kind,
    source: windows.every((window) => window.source === source) ? source : null,
    start,
    end,
    late: sum(({ late }) => late),
    early: sum(({ early }) => early),
  });
}

/**
 * Windows of one source and kind as wider ones: `width` seconds each, at whole multiples of it since 1970. In order of time.
 * @throws FlowcaseError INVALID_INPUT where two of them overlap (sliding windows hold records twice), or one does not fit into a wider one
 */
export function downSample(windows: readonly ClosedWindow[], width: number, keys = KEYS): ClosedWindow[] {
  const step = width * 1_000_000;
  const groups = new Map<number, ClosedWindow[]>();
  let before = Number.NEGATIVE_INFINITY;
  for (const window of [...windows].sort((a, b) => a.start - b.start)) {
    const start = Math.floor(window.start / step) * step;
    if (window.start < before || window.end > start + step) {
      const message = `Windows of ${(window.end - window.start) / 1e6} s cannot be put together to windows of ${width} s: they overlap, or do not fit.`;
      throw new FlowcaseError('INVALID_INPUT', message, { width });
    }
    before = window.end;
    const group = groups.get(start);
    if (group === undefined) groups.set(start, [window]);
    else group.push(window);
  }
  return [...groups].map(([start, group]) => mergeWindows(group, start, start + step, keys));
}
