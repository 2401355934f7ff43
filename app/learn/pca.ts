import type { Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';

export interface PrincipalComponents {
  /** Columns long. */
  readonly mean: Float64Array;
  /** `count` × columns, row by row, of length one and at right angles; the largest loading of each is positive. */
  readonly components: Float64Array;
  readonly count: number;
  /** Share of the whole variance that each component has, 0..1; zeros where nothing varies. */
  readonly varianceRatio: Float64Array;
}

/**
 * The first `count` principal components: covariance in float64, two passes, in the order of the rows; eigenvectors by cyclic Jacobi
 * rotations (Golub and Van Loan, Matrix Computations, 8.5), which for a few dozen columns are exact to the last digits.
 * @throws FlowcaseError CANCELLED
 */
export async function principalComponents(matrix: Matrix, count: number, pace: Pace): Promise<PrincipalComponents> {
  const { columns } = matrix;
  const mean = columnMeans(matrix);
  const covariance = await scatterMatrix(matrix, mean, pace);
  const { values, vectors } = eigen(covariance, columns);
  const order = Array.from({ length: columns }, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const kept = Math.min(count, columns);
  const components = new Float64Array(count * columns);
  const varianceRatio = new Float64Array(count);
  for (let i = 0; i < kept; i++) {
    const vector = Float64Array.from({ length: columns }, (_, c) => vectors[c * columns + order[i]]);
    const largest = vector.reduce((best, value, c) => (Math.abs(value) > Math.abs(vector[best]) + 1e-12 ? c : best), 0);
    const sign = vector[largest] < 0 ? -1 : 1;
    for (let c = 0; c < columns; c++) components[i * columns + c] = sign * vector[c] + 0;
    varianceRatio[i] = total === 0 ? 0 : Math.max(0, values[order[i]]) / total;
  }
  return { mean, components, count, varianceRatio };
}

/** The row's place on component `which`. */
export function project(pca: PrincipalComponents, row: ArrayLike<number>, which: number): number {
  const columns = pca.mean.length;
  let place = 0;
  for (let c = 0; c < columns; c++) place += (row[c] - pca.mean[c]) * pca.components[which * columns + c];
  return place;
}

function columnMeans(matrix: Matrix): Float64Array {
  const { rows, columns, values } = { rows: matrix.rows, columns: matrix.columns, values: matrix.values };
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) for (let c = 0, at = matrix.offset(row, 0); c < columns; c++, at += 4) sums[c] += values[at];
  return sums.map((sum) => sum / Math.max(1, rows));
}

async function scatterMatrix(matrix: Matrix, mean: Float64Array, pace: Pace): Promise<Float64Array> {
  const { rows, columns } = matrix;
  const values = matrix.values;
  const sums = new Float64Array(columns * columns);
  const row = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    matrix.copyRow(r, row, values);
    for (let i = 0; i < columns; i++) row[i] -= mean[i];
    for (let i = 0; i < columns; i++) for (let j = 0; j <= i; j++) sums[i * columns + j] += row[i] * row[j];
    if ((r & 1023) === 0) await pace.breathe();
  }
  for (let i = 0; i < columns; i++) for (let j = 0; j <= i; j++) sums[j * columns + i] = sums[i * columns + j] /= Math.max(1, rows);
  return sums;
}

const SWEEPS = 60;

/** Eigenvalues, and eigenvectors as columns, of a symmetric matrix n × n. */
function eigen(symmetric: Float64Array, n: number): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const a = symmetric.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
    if (off < 1e-30) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}

/** Turns the plane of p and q so that a[p][q] becomes zero. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q];
  if (off === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let i = 0; i < n; i++) turn(a, i * n + p, i * n + q, c, s);
  for (let i = 0; i < n; i++) turn(a, p * n + i, q * n + i, c, s);
  for (let i = 0; i < n; i++) turn(vectors, i * n + p, i * n + q, c, s);
}

function turn(of: Float64Array, p: number, q: number, c: number, s: number): void {
  const [x, y] = [of[p], of[q]];
  of[p] = c * x - s * y;
  of[q] = s * x + c * y;
}
