/**
 * Algebra of small symmetric and triangular matrices, in float64. Triangles are packed row by row: element (i, j), j ≤ i, is at
 * i (i + 1) / 2 + j.
 */

/** L of A = L Lᵀ (Cholesky); null where A is not positive definite. `packed`: the lower triangle of A, n × n. */
export function cholesky(packed: Float64Array, n: number): Float64Array | null {
  const lower = new Float64Array(packed.length);
  for (let i = 0, row = 0; i < n; row += ++i) {
    for (let j = 0, other = 0; j <= i; other += ++j) {
      let rest = packed[row + j];
      for (let m = 0; m < j; m++) rest -= lower[row + m] * lower[other + m];
      if (j < i) lower[row + j] = rest / lower[other + j];
      else if (rest > 0) lower[row + i] = Math.sqrt(rest);
      else return null;
    }
  }
  return lower;
}

/** The inverse of a lower triangle without zeros on its diagonal. */
export function invertLower(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(lower.length);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      const row = (i * (i + 1)) / 2;
      let sum = i === j ? 1 : 0;
      for (let m = j; m < i; m++) sum -= lower[row + m] * inverse[(m * (m + 1)) / 2 + j];
      inverse[row + j] = sum / lower[row + i];
    }
  }
  return inverse;
}

/** L v. */
export function timesVector(lower: Float64Array, vector: ArrayLike<number>, n: number): Float64Array {
  const product = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j <= i; j++) product[i] += lower[at++] * vector[j];
  return product;
}

/** The lower triangle of L S Lᵀ, S symmetric and packed. */
export function sandwich(lower: Float64Array, symmetric: Float64Array, n: number): Float64Array {
  const half = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let m = 0; m <= i; m++) {
      const factor = lower[(i * (i + 1)) / 2 + m];
      for (let j = 0; j < n; j++) half[i * n + j] += factor * symmetric[m >= j ? (m * (m + 1)) / 2 + j : (j * (j + 1)) / 2 + m];
    }
  }
  const product = new Float64Array(symmetric.length);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j <= i; j++, at++) for (let m = 0; m <= j; m++) product[at] += half[i * n + m] * lower[(j * (j + 1)) / 2 + m];
  }
  return product;
}
