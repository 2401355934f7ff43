import { createHash } from 'node:crypto';
import type { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import { addBytes, PIECE } from './add-bytes.ts';
import type { MixtureFound } from './group.ts';
import type { Numbered } from './numbering.ts';

/** SHA-256 over rows and columns (uint32) and the values as they lie in the matrix (float32), all little-endian. @throws FlowcaseError CANCELLED */
export async function inputFingerprint(matrix: Matrix, pace: Pace): Promise<string> {
  const hash = createHash('sha256').update('flowcase matrix 1\n');
  addBytes(hash, Uint32Array.of(matrix.rows, matrix.columns));
  const { values } = matrix;
  for (let at = 0; at < values.length; at += PIECE) {
    addBytes(hash, values.subarray(at, at + PIECE));
    await pace.breathe();
  }
  return hash.digest('hex');
}

/** SHA-256 over k, columns and rows (uint32), the centres (float64) and the labels from 0 (uint16) in the order of the records, little-endian. */
export function resultFingerprint(k: number, columns: number, centres: Float64Array, labels: Uint16Array): string {
  const hash = createHash('sha256').update('flowcase kmeans 1\n');
  addBytes(hash, Uint32Array.of(k, columns, labels.length));
  addBytes(hash, centres);
  addBytes(hash, labels);
  return hash.digest('hex');
}

/** The same of a mixture: with its kind of covariance, and the weights and covariances (float64) beside the means. */
export function mixtureFingerprint(
  { type, weights, covariances }: Pick<MixtureFound, 'type' | 'weights' | 'covariances'>,
  { k, order, centres, labels }: Pick<Numbered, 'k' | 'order' | 'centres' | 'labels'>,
  columns: number,
): string {
  const hash = createHash('sha256').update(`flowcase mixture ${type} 1\n`);
  addBytes(hash, Uint32Array.of(k, columns, labels.length));
  addBytes(
    hash,
    Float64Array.from(order, (own) => weights[own]),
  );
  addBytes(hash, centres);
  const size = covariances.length / weights.length;
  if (type === 'tied') addBytes(hash, covariances);
  else for (const own of order) addBytes(hash, covariances.subarray(own * size, (own + 1) * size));
  addBytes(hash, labels);
  return hash.digest('hex');
}
