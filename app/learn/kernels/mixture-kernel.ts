import type { Kernel } from './kernel.ts';
import { blendModule } from './mixture-blend.ts';
import { gatherModule } from './mixture-gather.ts';
import {
  BATCH_BLOCKS,
  BATCH_ROWS,
  partialLength,
  productCount,
  slotLayout,
  STRIP,
  sumBytes,
  VECTOR,
  type MixtureLayout,
  type SlotLayout,
} from './mixture-layout.ts';
import { momentsModule } from './mixture-moments.ts';
import { whitenModule } from './mixture-whiten.ts';

export interface MixtureSetup {
  readonly layout: MixtureLayout;
  readonly memory: WebAssembly.Memory;
}

/** `learn`: add up what the M step needs. `apply`: write every row's label and log-likelihood, and its shares where there is room for them. */
export type MixtureRound = 'learn' | 'apply';

/** Float32 sums go over to float64 after this many batches: 8,192 rows, in sums of at most 32, then 64 numbers. */
const FLUSH_BATCHES = 64;

type WhitenStep = (x: number, blocks: number, model: number, k: number, differences: number, whitened: number, shares: number) => void;
type BlendStep = (shares: number, scores: number, k: number, rows: number) => void;
type GatherStep = (shares: number, k: number, whitened: number, roots: number, sums: number) => void;

const modules = new Map<string, WebAssembly.Module>();

function step(name: string, key: string, bytes: () => Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): unknown {
  const module = modules.get(key) ?? new WebAssembly.Module(bytes());
  modules.set(key, module);
  return new WebAssembly.Instance(module, { env: { memory } }).exports[name];
}

/** E and M step of a Gaussian mixture over one matrix's memory, batch by batch: what a batch needs stays near the core. */
export function mixtureKernel({ layout, memory }: MixtureSetup): Kernel<MixtureRound, undefined> {
  const { whitening, columns, components, rows, segmentRows } = layout;
  const key = `${whitening} ${columns}`;
  const whiten = step('whiten', `whiten ${key}`, () => whitenModule(whitening, columns), memory) as WhitenStep;
  const blend = step('blend', 'blend', blendModule, memory) as BlendStep;
  const gather = step(
    'gather',
    `gather ${key}`,
    () => (whitening === 'full' ? gatherModule : momentsModule)(columns),
    memory,
  ) as GatherStep;
  const slot = takeSlot(layout, memory);
  const flush = flusher(layout, slot, memory);
  const write = writer(layout, slot, memory);
  const scores = new Float32Array(memory.buffer, slot.scores, BATCH_ROWS);
  return {
    run(segment, round, stopped) {
      const end = Math.min(rows, (segment + 1) * segmentRows);
      let total = 0;
      flush.begin(segment);
      for (let first = segment * segmentRows, batch = 1; first < end; first += BATCH_ROWS, batch++) {
        const count = Math.min(BATCH_ROWS, end - first);
        const blocks = Math.min(BATCH_BLOCKS, Math.ceil(count / 4));
        whiten(first * columns * 4, blocks, layout.model, components, slot.differences, slot.whitened, slot.shares);
        blend(slot.shares, slot.scores, components, count);
        if (round === 'learn') {
          gather(slot.shares, components, slot.whitened, slot.roots, slot.sums);
          for (const score of scores) total += score;
          if (batch % FLUSH_BATCHES === 0) flush.add(segment);
        } else write(first, count);
        if (stopped()) break;
      }
      flush.add(segment);
      flush.end(segment, total);
      return undefined;
    },
  };
}

/** This thread's own part of the memory, as places from the memory's start. */
function takeSlot(layout: MixtureLayout, memory: WebAssembly.Memory): SlotLayout {
  const within = slotLayout(layout);
  const number = Atomics.add(new Uint32Array(memory.buffer, layout.taken, 1), 0, 1);
  const start = layout.slots + number * within.bytes;
  // columns beyond the last stay zero
  new Uint8Array(memory.buffer, start, within.bytes).fill(0);
  const moved = Object.entries(within).map(([name, at]: [string, number]) => [name, start + at]);
  return Object.fromEntries(moved) as SlotLayout;
}

interface Flusher {
  begin(segment: number): void;
  add(segment: number): void;
  end(segment: number, logLikelihood: number): void;
}

/** Brings a slot's float32 sums to its segment's float64 sums, lanes in their order. */
function flusher(layout: MixtureLayout, slot: SlotLayout, memory: WebAssembly.Memory): Flusher {
  const { whitening, columns, components, padded } = layout;
  const length = partialLength(layout);
  const vectors = sumBytes(whitening, columns) / VECTOR;
  const sums = new Float32Array(memory.buffer, slot.sums, components * vectors * 4);
  const targets = sumTargets(layout, padded);
  const partial = (segment: number): Float64Array => new Float64Array(memory.buffer, layout.partials + segment * length * 8, length);
  return {
    begin: (segment) => void partial(segment).fill(0),
    add(segment) {
      const to = partial(segment);
      const own = 1 + columns + productCount(whitening, columns);
      for (let k = 0, at = 0; k < components; k++) {
        for (let v = 0; v < vectors; v++, at += 4) {
          if (targets[v] >= 0) to[1 + k * own + targets[v]] += sums[at] + sums[at + 1] + sums[at + 2] + sums[at + 3];
        }
      }
      sums.fill(0);
    },
    end: (segment, logLikelihood) => void (partial(segment)[0] = logLikelihood),
  };
}

/** To which of a component's sums each of the kernel's vectors belongs; −1: to none (fillings, and what stands above the diagonal). */
function sumTargets({ whitening, columns }: MixtureLayout, padded: number): Int32Array {
  const targets: number[] = [0];
  const push = (row: number, column: number, at: number): void => void targets.push(row < columns && column <= row ? at : -1);
  for (let c = 0; c < padded; c++) push(c, 0, 1 + c);
  if (whitening === 'diagonal') for (let c = 0; c < padded; c++) push(c, c, 1 + columns + c);
  else {
    for (let tile = 0; tile < padded / 4; tile++) {
      for (let pair = 0; pair < 2 * (tile + 1); pair++) {
        for (let n = 0; n < 8; n++) {
          const [row, column] = [4 * tile + (n >> 1), 2 * pair + (n & 1)];
          push(row, column, 1 + columns + (row * (row + 1)) / 2 + column);
        }
      }
    }
  }
  return Int32Array.from(targets);
}

/** Writes a batch's labels, log-likelihoods and, where there is room for them, shares. */
function writer(layout: MixtureLayout, slot: SlotLayout, memory: WebAssembly.Memory): (first: number, count: number) => void {
  const { components, rows } = layout;
  const shares = new Float32Array(memory.buffer, slot.shares, (components * STRIP) / 4);
  const scores = new Float32Array(memory.buffer, slot.scores, BATCH_ROWS);
  const labels = new Uint16Array(memory.buffer, layout.labels, rows);
  const allScores = new Float32Array(memory.buffer, layout.scores, rows);
  const allShares = layout.withShares ? new Float32Array(memory.buffer, layout.shares, rows * components) : null;
  return (first, count) => {
    for (let i = 0; i < count; i++) {
      let best = 0;
      for (let k = 1; k < components; k++) if (shares[k * BATCH_ROWS + i] > shares[best * BATCH_ROWS + i]) best = k;
      labels[first + i] = best;
      allScores[first + i] = scores[i];
      if (allShares === null) continue;
      for (let k = 0; k < components; k++) allShares[(first + i) * components + k] = shares[k * BATCH_ROWS + i];
    }
  };
}
