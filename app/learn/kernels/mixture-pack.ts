import { modelBytes, paddedColumns, type MixtureLayout } from './mixture-layout.ts';

/** One component as the kernel compares rows with it. */
export interface PackedComponent {
  /** Columns long; rounded to float32. */
  readonly mean: Float64Array;
  /** A of y = A (x − mean): a packed lower triangle, or its diagonal; rounded to float32. */
  readonly factors: Float64Array;
  /** ln (weight × density at the mean). */
  readonly peak: number;
}

/**
 * Writes component `k` to where the kernel reads it: the mean; A, in tiles of four features (each: for every feature up to the tile's last, its four factors), or its diagonal; the peak four times.
 */
export function packComponent(layout: MixtureLayout, memory: WebAssembly.Memory, k: number, component: PackedComponent): void {
  const { whitening, columns } = layout;
  const { mean, factors, peak } = component;
  const padded = paddedColumns(columns);
  const bytes = modelBytes(whitening, columns);
  const to = new Float32Array(memory.buffer, layout.model + k * bytes, bytes / 4).fill(0);
  to.set(mean);
  if (whitening === 'diagonal') to.set(factors, padded);
  else packTriangle(factors, columns, to.subarray(padded));
  to.fill(peak, bytes / 4 - 4);
}

function packTriangle(factors: Float64Array, columns: number, to: Float32Array): void {
  let at = 0;
  for (let first = 0; first < columns; first += 4) {
    for (let from = 0; from < first + 4; from++) {
      for (let feature = first; feature < first + 4; feature++, at++) {
        if (feature < columns && from <= feature) to[at] = factors[(feature * (feature + 1)) / 2 + from];
      }
    }
  }
}
