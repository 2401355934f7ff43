import { modelBytes, paddedColumns, type MixtureLayout } from './mixture-layout.ts';

/** One component as the kernel compares rows with it. */
export interface PackedComponent {
  /** Columns long. */
  readonly mean: Float64Array;
  /** A of y = A (x − mean): a packed lower triangle, or its diagonal; rounded to float32. */
  readonly factors: Float64Array;
  /** ln (weight × density at the mean). */
  readonly peak: number;
}

/**
 * Writes component `k` to where the kernel reads it: the mean in float32; −A (mean − float32 mean), from which whitened values begin; A, in
 * tiles of four features (each: for every feature up to the tile's last, its four factors), or its diagonal; the peak four times.
 */
export function packComponent(layout: MixtureLayout, memory: WebAssembly.Memory, k: number, component: PackedComponent): void {
  const { whitening, columns } = layout;
  const { mean, factors, peak } = component;
  const padded = paddedColumns(columns);
  const bytes = modelBytes(whitening, columns);
  const to = new Float32Array(memory.buffer, layout.model + k * bytes, bytes / 4).fill(0);
  const lost = mean.map((value) => value - Math.fround(value));
  to.set(mean);
  for (let i = 0; i < columns; i++) {
    let residue = 0;
    if (whitening === 'diagonal') residue = factors[i] * lost[i];
    else for (let j = 0; j <= i; j++) residue += factors[(i * (i + 1)) / 2 + j] * lost[j];
    to[padded + i] = -residue;
  }
  if (whitening === 'diagonal') to.set(factors, 2 * padded);
  else packTriangle(factors, columns, to.subarray(2 * padded));
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
