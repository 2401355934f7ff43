import { isolationAnswersKernel } from './isolation-answers-kernel.ts';
import { isolationKernel } from './isolation-kernel.ts';
import { binKernel } from './bin-kernel.ts';
import { forestKernel } from './forest-kernel.ts';
import { kmeansKernel } from './kmeans-kernel.ts';
import type { Kernel } from './kernel.ts';
import { mixtureKernel } from './mixture-kernel.ts';
import { mixtureTwin } from './mixture-twin.ts';
import { treeKernel } from './tree-kernel.ts';
import { voteKernel } from './vote-kernel.ts';

/** Every kernel that a learning thread can work with: how it is made from its set-up. */
export const kernels = {
  isolation: isolationKernel,
  isolationAnswers: isolationAnswersKernel,
  kmeans: kmeansKernel,
  mixture: mixtureKernel,
  mixtureTwin,
  bin: binKernel,
  forest: forestKernel,
  tree: treeKernel,
  vote: voteKernel,
} satisfies Record<string, (setup: never) => Kernel<never, unknown>>;

type Kernels = typeof kernels;
export type KernelName = keyof Kernels;
export type SetupOf<N extends KernelName> = Parameters<Kernels[N]>[0];
export type ArgumentOf<N extends KernelName> = Parameters<ReturnType<Kernels[N]>['run']>[1];
export type PartOf<N extends KernelName> = ReturnType<ReturnType<Kernels[N]>['run']>;

/** A kernel whose types the messages that brought its set-up do not carry. */
export function makeKernel(name: KernelName, setup: unknown): Kernel<unknown, unknown> {
  const make: (of: never) => Kernel<never, unknown> = kernels[name];
  return make(setup as never);
}
