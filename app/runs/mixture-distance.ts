import { BLOCK, type Matrix } from '../learn/matrix.ts';
import { whitenersOf, whiteningOf, type MixtureModel } from '../learn/mixture-model.ts';
import type { Pace } from '../learn/pace.ts';

/**
 * Row → Mahalanobis distance to the mean of its component: how many standard deviations it lies from it, in the direction in which it lies.
 * @throws FlowcaseError CANCELLED; PARAMETER where a covariance is singular
 */
export async function mahalanobis(matrix: Matrix, model: MixtureModel, labels: Uint16Array, pace: Pace): Promise<Float32Array> {
  const { columns, means } = model;
  const full = whiteningOf(model.type) === 'full';
  const whiteners = whitenersOf(model);
  const distance = new Float32Array(matrix.rows);
  const away = new Float64Array(columns);
  const { values } = matrix;
  for (let row = 0; row < matrix.rows; row++) {
    const own = labels[row];
    for (let c = 0, at = matrix.offset(row, 0); c < columns; c++, at += BLOCK) away[c] = values[at] - means[own * columns + c];
    const { factors } = whiteners[own];
    let squares = 0;
    for (let i = 0, at = 0; i < columns; i++) {
      let along = 0;
      if (full) for (let j = 0; j <= i; j++) along += factors[at++] * away[j];
      else along = factors[i] * away[i];
      squares += along * along;
    }
    distance[row] = Math.sqrt(squares);
    if ((row & 0xfff) === 0 && pace.due) await pace.breathe();
  }
  return distance;
}
