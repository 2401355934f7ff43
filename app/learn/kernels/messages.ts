import type { SweepLayout } from './kmeans-kernel.ts';

/** What the coordinator tells a thread: where the data lie, and then, sweep by sweep, to begin. */
export type ToThread =
  | { readonly type: 'prepare'; readonly layout: SweepLayout; readonly memory: WebAssembly.Memory }
  | { readonly type: 'sweep'; readonly sweep: number };

export interface FromThread {
  readonly type: 'done';
  readonly sweep: number;
}
