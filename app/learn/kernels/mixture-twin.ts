import type { Kernel } from './kernel.ts';
import type { MixtureRound, MixtureSetup } from './mixture-kernel.ts';
import { componentLength, partialLength, type MixtureLayout } from './mixture-layout.ts';

/** What the twin is told each round. `labels`: no E step; a row belongs wholly to the component that its label in the memory names. */
export interface TwinRound {
  readonly round: MixtureRound | 'labels';
  /** components × columns. */
  readonly means: Float64Array;
  /** Per component A: a packed lower triangle, or its diagonal (`Whitener`). */
  readonly factors: readonly Float64Array[];
  /** Per component ln (weight × density at the mean). */
  readonly peaks: Float64Array;
}

/** Rows between two looks at whether to stop. */
const LOOK = 1024;

/**
 * The mixture's E and M step in plain TypeScript and float64, row by row as the textbook has it (Bishop, Pattern Recognition and Machine
 * Learning, 9.2): what the fast kernel is tested against and checked with, and what works where WebAssembly has no vectors. It also makes the
 * first M step, from the labels of k-means. A segment gives its sums about the means as they were, `partialLength` long.
 */
export function mixtureTwin({ layout, memory }: MixtureSetup): Kernel<TwinRound, Float64Array> {
  const { rows, columns, components, segmentRows } = layout;
  const x = new Float32Array(memory.buffer, 0, Math.ceil(rows / 4) * 4 * columns);
  const labels = new Uint16Array(memory.buffer, layout.labels, rows);
  const shares = new Float64Array(components);
  const row = new Float64Array(columns);
  const write = writer(layout, memory);
  return {
    run(segment, told, stopped) {
      const sums = new Float64Array(partialLength(layout));
      const end = Math.min(rows, (segment + 1) * segmentRows);
      for (let r = segment * segmentRows; r < end; r++) {
        for (let c = 0, at = (r >>> 2) * columns * 4 + (r & 3); c < columns; c++, at += 4) row[c] = x[at];
        const score = told.round === 'labels' ? oneHot(shares, labels[r]) : share(layout, told, row, shares);
        sums[0] += score;
        if (told.round === 'apply') write(r, score, shares);
        else for (let k = 0; k < components; k++) if (shares[k] > 0) addRow(layout, told.means, row, shares[k], k, sums);
        if (r % LOOK === 0 && stopped()) break;
      }
      return sums;
    },
  };
}

function oneHot(shares: Float64Array, label: number): number {
  shares.fill(0);
  shares[label] = 1;
  return 0;
}

/** Fills in the row's shares; returns its log-likelihood. */
function share({ columns, components, whitening }: MixtureLayout, told: TwinRound, row: Float64Array, shares: Float64Array): number {
  const { means, factors, peaks } = told;
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < components; k++) {
    const own = factors[k];
    let squares = 0;
    for (let i = 0, at = 0; i < columns; i++) {
      let value = 0;
      if (whitening === 'diagonal') value = own[i] * (row[i] - means[k * columns + i]);
      else for (let j = 0; j <= i; j++) value += own[at++] * (row[j] - means[k * columns + j]);
      squares += value * value;
    }
    shares[k] = peaks[k] - squares / 2;
    most = Math.max(most, shares[k]);
  }
  let sum = 0;
  for (let k = 0; k < components; k++) sum += shares[k] = Math.exp(shares[k] - most);
  for (let k = 0; k < components; k++) shares[k] /= sum;
  return most + Math.log(sum);
}

function addRow(layout: MixtureLayout, means: Float64Array, row: Float64Array, part: number, k: number, sums: Float64Array): void {
  const { columns, whitening } = layout;
  const start = 1 + k * componentLength(whitening, columns);
  sums[start] += part;
  const from = k * columns;
  for (let i = 0, at = start + 1 + columns; i < columns; i++) {
    const weighted = part * (row[i] - means[from + i]);
    sums[start + 1 + i] += weighted;
    if (whitening === 'diagonal') sums[at++] += weighted * (row[i] - means[from + i]);
    else for (let j = 0; j <= i; j++) sums[at++] += weighted * (row[j] - means[from + j]);
  }
}

function writer(layout: MixtureLayout, memory: WebAssembly.Memory): (row: number, score: number, shares: Float64Array) => void {
  const { rows, components } = layout;
  const labels = new Uint16Array(memory.buffer, layout.labels, rows);
  const scores = new Float32Array(memory.buffer, layout.scores, rows);
  const all = layout.withShares ? new Float32Array(memory.buffer, layout.shares, rows * components) : null;
  return (row, score, shares) => {
    let best = 0;
    for (let k = 1; k < components; k++) if (shares[k] > shares[best]) best = k;
    labels[row] = best;
    scores[row] = score;
    all?.set(shares, row * components);
  };
}
