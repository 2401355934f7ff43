import type { Kernel } from './kernel.ts';
import { DONE, NEXT, STOP } from './messages.ts';

/** Takes the next segment that nobody has taken and works it off; null where none is left or the work was stopped. */
export function takeSegment(
  kernel: Kernel<unknown, unknown>,
  control: Int32Array,
  segments: number,
  argument: unknown,
): { readonly segment: number; readonly part: unknown } | null {
  const stopped = (): boolean => Atomics.load(control, STOP) !== 0;
  if (stopped()) return null;
  const segment = Atomics.add(control, NEXT, 1);
  if (segment >= segments) return null;
  const part = kernel.run(segment, argument, stopped);
  Atomics.add(control, DONE, 1);
  return { segment, part };
}
