import type { KernelName } from './registry.ts';

/** What the coordinator tells a thread: with what to work, then round by round to begin, and what to forget. */
export type ToThread =
  | { readonly type: 'prepare'; readonly work: number; readonly kernel: KernelName; readonly setup: unknown; readonly control: Int32Array }
  | { readonly type: 'round'; readonly work: number; readonly round: number; readonly segments: number; readonly argument: unknown }
  | { readonly type: 'forget'; readonly work: number };

export interface FromThread {
  readonly type: 'done';
  readonly round: number;
  /** Segment and what it gave, where it gave something. */
  readonly parts: readonly (readonly [number, unknown])[];
}

/** Places of a work's control words (Int32, shared): the next segment to take, whether to stop, how many segments are done. */
export const NEXT = 0;
export const STOP = 1;
export const DONE = 2;
export const CONTROL_WORDS = 3;
