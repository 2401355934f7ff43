import { PAGES } from '../../columns/kernels/number-memory.ts';
import { moduleOver } from '../../shared/wasm-encoder.ts';
import { numberKernels } from './number-kernels.ts';
import { scanKernel } from './scan-kernel.ts';
import { leastKernel, sequenceKernel, startsKernel, textsKernel, unlikeKernel } from './text-kernels.ts';
import { keepKernel, wordsKernel } from './word-kernels.ts';

/** The module that reads lines: the same bytes on every machine. `node tools/kernel-bytes.ts` writes them to line-bytes.ts. */
export function lineModule(): Uint8Array<ArrayBuffer> {
  const rest = [scanKernel, wordsKernel, keepKernel, textsKernel, startsKernel, sequenceKernel, leastKernel, unlikeKernel];
  return moduleOver([...numberKernels, ...rest], PAGES);
}
