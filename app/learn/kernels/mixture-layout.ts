/** Where everything of one Gaussian mixture lies in the matrix's memory. All places are bytes. */

/** Blocks of four rows that are worked off at once: what lies between E and M step stays in the second cache. */
export const BATCH_BLOCKS = 32;
export const BATCH_ROWS = BATCH_BLOCKS * 4;
/** One vector of four float32. */
export const VECTOR = 16;
/** A feature's values of all blocks of a batch, one vector each. */
export const STRIP = BATCH_BLOCKS * VECTOR;

/** Full: a triangular matrix a component (for one shared covariance too). Diagonal: a factor a feature (for spheres too). */
export type Whitening = 'full' | 'diagonal';

export interface MixtureShape {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly whitening: Whitening;
}

export interface MixtureLayout extends MixtureShape {
  /** Columns rounded up to a multiple of four; those beyond are zeros. */
  readonly padded: number;
  /** Rows of a segment, a multiple of a batch; the last may be shorter. */
  readonly segmentRows: number;
  readonly segments: number;
  /** `modelBytes` per component; see `packComponent`. */
  readonly model: number;
  /** Float64, `partialLength` per segment. */
  readonly partials: number;
  /** `slotBytes` per thread: what it has between its steps. */
  readonly slots: number;
  /** Uint32: how many threads have taken a slot. */
  readonly taken: number;
  /** Uint16 per row. */
  readonly labels: number;
  /** Float32 per row: log-likelihoods. */
  readonly scores: number;
  /** Float32 per row and component, row by row; no room where they are not asked for. */
  readonly shares: number;
  readonly withShares: boolean;
  readonly bytes: number;
}

const MIN_SEGMENT_ROWS = 4096;
const MAX_SEGMENTS = 256;
/** Sums of all segments together take at most about this much. */
const MAX_PARTIAL_BYTES = 128 * 2 ** 20;

export function paddedColumns(columns: number): number {
  return Math.ceil(columns / 4) * 4;
}

/** Vectors of the sums of products of one component: tiles of 4 × 2, of the lower triangle, or one a feature. */
export function productVectors(whitening: Whitening, columns: number): number {
  const padded = paddedColumns(columns);
  return whitening === 'diagonal' ? padded : 8 * (padded / 4) * (padded / 4 + 1);
}

/** Products of two features that the sums of one component hold: the lower triangle row by row, or the squares. */
export function productCount(whitening: Whitening, columns: number): number {
  return whitening === 'diagonal' ? columns : (columns * (columns + 1)) / 2;
}

/** Float64 values of one component's sums: weight, columns, products. */
export function componentLength(whitening: Whitening, columns: number): number {
  return 1 + columns + productCount(whitening, columns);
}

/** Float64 values of one segment: the sum of log-likelihoods, then every component's sums. */
export function partialLength({ components, columns, whitening }: MixtureShape): number {
  return 1 + components * componentLength(whitening, columns);
}

/** Bytes of one component's model: mean, whitening, peak. */
export function modelBytes(whitening: Whitening, columns: number): number {
  const padded = paddedColumns(columns);
  const factors = whitening === 'diagonal' ? padded * 4 : VECTOR * 2 * (padded / 4) * (padded / 4 + 1);
  return padded * 4 + factors + VECTOR;
}

/** Parts of a thread's slot, counted from its start. */
export interface SlotLayout {
  /** Float32 vectors: block by block, differences from the mean, `padded` a block. */
  readonly differences: number;
  /** Component by component: a strip of log-probabilities, then of shares. */
  readonly shares: number;
  /** One strip: log-likelihoods. */
  readonly scores: number;
  /** One strip: which blocks a component has a share in, and the roots of their shares. */
  readonly roots: number;
  /** Component by component: `padded` strips of whitened values. */
  readonly whitened: number;
  /** Component by component: `sumBytes`. */
  readonly sums: number;
  readonly bytes: number;
}

/** Vectors of weight, columns and products of one component, as the kernel adds them. */
export function sumBytes(whitening: Whitening, columns: number): number {
  return VECTOR * (1 + paddedColumns(columns) + productVectors(whitening, columns));
}

export function slotLayout({ columns, components, whitening }: MixtureShape): SlotLayout {
  const padded = paddedColumns(columns);
  const places = allotment(0);
  const differences = places.take(BATCH_BLOCKS * padded * VECTOR);
  const shares = places.take(components * STRIP);
  const scores = places.take(STRIP);
  const roots = places.take(STRIP);
  const whitened = places.take(components * padded * STRIP);
  const sums = places.take(components * sumBytes(whitening, columns));
  return { differences, shares, scores, roots, whitened, sums, bytes: places.end() };
}

/** `threads`: how many slots; `withShares`: room for the shares of every row. Segments depend on the size alone. */
export function mixtureLayout(shape: MixtureShape, start: number, threads: number, withShares: boolean): MixtureLayout {
  const { rows, columns, components, whitening } = shape;
  const partial = partialLength(shape) * 8;
  const most = Math.max(1, Math.min(MAX_SEGMENTS, Math.floor(MAX_PARTIAL_BYTES / partial)));
  const segmentRows = Math.max(MIN_SEGMENT_ROWS, Math.ceil(rows / most / BATCH_ROWS) * BATCH_ROWS);
  const segments = Math.ceil(rows / segmentRows);
  const blocks = Math.ceil(rows / BATCH_ROWS) * BATCH_ROWS;
  const places = allotment(start);
  const model = places.take(components * modelBytes(whitening, columns));
  const partials = places.take(segments * partial);
  const slots = places.take(threads * slotLayout(shape).bytes);
  const taken = places.take(4);
  const labels = places.take(blocks * 2);
  const scores = places.take(blocks * 4);
  const shares = places.take(withShares ? rows * components * 4 : 0);
  const bytes = places.end() - start;
  const cut = { padded: paddedColumns(columns), segmentRows, segments, withShares, bytes };
  return { ...shape, ...cut, model, partials, slots, taken, labels, scores, shares };
}

/** Hands out places one behind the other, each at the start of a cache line. */
function allotment(start: number): { take(bytes: number): number; end(): number } {
  let end = start;
  return {
    take(bytes) {
      const at = end;
      end += Math.ceil(bytes / 64) * 64;
      return at;
    },
    end: () => end,
  };
}
