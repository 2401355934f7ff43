import type { Kernel } from './kernel.ts';
import { GROUP, HEAD, kmeansModule } from './kmeans-module.ts';

/** Where everything of one k-means lies in the matrix's memory, in bytes, and how it is cut into segments. The same for every number of threads. */
export interface SweepLayout {
  readonly rows: number;
  readonly columns: number;
  readonly k: number;
  /** Rows of a segment, a multiple of four; the last may be shorter. Sums are kept per segment and added in their order. */
  readonly segmentRows: number;
  readonly segments: number;
  /** Float32 in groups as the kernel wants them; see `packCentres`. */
  readonly centres: number;
  /** Float32 per centre: half its square. */
  readonly halves: number;
  /** Float64, `partialLength` per segment. */
  readonly partials: number;
  /** Uint16 per row. */
  readonly labels: number;
  /** Float32 per row, squared. */
  readonly distances: number;
  /** Float32 per row: see kmeans-module.ts. */
  readonly limits: number;
  /** Bytes from the start of the reserved room to its end. */
  readonly bytes: number;
}

/** At most this many segments, so that their sums take little room (1,000 clusters × 25 features: 50 MB). */
const MAX_SEGMENTS = 256;
const MIN_SEGMENT_ROWS = 4096;
/** Values that are compared between two looks at whether to stop: some ten milliseconds. */
const PIECE_WORK = 2 ** 25;
const MIN_PIECE_ROWS = 64;

/** Float64 values of one segment's sums: squared distances, labels that changed, blocks that could be passed over, k counts, k × columns sums. */
export function partialLength(k: number, columns: number): number {
  return HEAD + k + k * columns;
}

export function sweepLayout(rows: number, columns: number, k: number, start: number): SweepLayout {
  const segmentRows = Math.max(MIN_SEGMENT_ROWS, Math.ceil(rows / MAX_SEGMENTS / 4) * 4);
  const segments = Math.ceil(rows / segmentRows);
  let end = start;
  const take = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const padded = Math.ceil(rows / 4) * 4;
  const centres = take(k * columns * 4);
  const halves = take(k * 4);
  const partials = take(segments * partialLength(k, columns) * 8);
  const labels = take(padded * 2);
  const distances = take(padded * 4);
  const limits = take(padded * 4);
  return { rows, columns, k, segmentRows, segments, centres, halves, partials, labels, distances, limits, bytes: end - start };
}

/** Writes centres (k × columns, row by row) and their squares to where the kernel reads them; returns the largest square, rounded up. */
export function packCentres(layout: SweepLayout, memory: WebAssembly.Memory, centres: Float32Array): number {
  const { k, columns } = layout;
  const packed = new Float32Array(memory.buffer, layout.centres, k * columns);
  const halves = new Float32Array(memory.buffer, layout.halves, k);
  let at = 0;
  for (let first = 0; first < k; first += GROUP) {
    const size = Math.min(GROUP, k - first);
    for (let c = 0; c < columns; c++) for (let j = 0; j < size; j++) packed[at++] = centres[(first + j) * columns + c];
  }
  let largest = 0;
  for (let j = 0; j < k; j++) {
    let square = 0;
    for (let i = j * columns; i < (j + 1) * columns; i++) square += centres[i] * centres[i];
    halves[j] = square / 2;
    largest = Math.max(largest, square);
  }
  return Math.fround(largest * (1 + 2 ** -22));
}

type Sweep = (
  x: number,
  labels: number,
  distances: number,
  rows: number,
  centres: number,
  groups: number,
  partial: number,
  k: number,
  limits: number,
  reached: number,
  from: number,
  passing: number,
  halves: number,
  largest: number,
) => void;

const modules = new Map<string, WebAssembly.Module>();

export interface KMeansSetup {
  readonly layout: SweepLayout;
  readonly memory: WebAssembly.Memory;
}

/** How a pass goes about it: see kmeans-module.ts. */
export interface Pass {
  /** How far two centres have moved, taken together, since the first pass: what rows' limits are compared with (float32). Infinity: every row is looked at. */
  readonly reached: number;
  /** What new limits count from. */
  readonly from: number;
  /** Whether rows whose limit is not reached are passed over, and not counted alone. */
  readonly passing: boolean;
  /** The largest square of a centre, where rows may be compared by products; null: by distances, which are asked for. */
  readonly largest: number | null;
}

/** One pass over one matrix's memory: segment by segment, every row to its nearest centre. */
export function kmeansKernel({ layout, memory }: KMeansSetup): Kernel<Pass, undefined> {
  const rest = layout.k % GROUP;
  const key = `${rest} ${layout.columns}`;
  const module = modules.get(key) ?? new WebAssembly.Module(kmeansModule(rest, layout.columns));
  modules.set(key, module);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const sweep = exports['sweep'] as Sweep;
  const { rows, columns, k, segmentRows, centres, partials, labels, distances, limits } = layout;
  const groups = Math.floor(k / GROUP);
  // where rows are compared with very many centres, a stop is looked for within the segment
  const piece = Math.max(MIN_PIECE_ROWS, Math.floor(PIECE_WORK / (k * columns) / 4) * 4);
  return {
    run(segment, { reached, from, passing, largest }, stopped) {
      const partial = partials + segment * partialLength(k, columns) * 8;
      new Float64Array(memory.buffer, partial, HEAD).fill(0);
      const halves = largest === null ? 0 : layout.halves;
      const end = Math.min(rows, (segment + 1) * segmentRows);
      for (let first = segment * segmentRows; first < end && !stopped(); first += piece) {
        const count = Math.min(piece, end - first);
        const [x, ownLabels, ownDistances, ownLimits] = [
          first * columns * 4,
          labels + first * 2,
          distances + first * 4,
          limits + first * 4,
        ];
        sweep(
          x,
          ownLabels,
          ownDistances,
          count,
          centres,
          groups,
          partial,
          k,
          ownLimits,
          reached,
          from,
          Number(passing),
          halves,
          largest ?? 0,
        );
      }
      return undefined;
    },
  };
}
