import { Random } from '../shared/random.ts';

/** Shares that say too little of the class that is so: row × class, and the class; the same for the same seed. */
export function saidShares(rows: number, classes: number, seed: number): { readonly shares: Float32Array; readonly y: Uint16Array } {
  const random = new Random(seed);
  const shares = new Float32Array(rows * classes);
  const y = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    const weights = Float64Array.from({ length: classes }, () => Math.exp(1.5 * random.normal()));
    const sum = weights.reduce((all, one) => all + one, 0);
    // what is so is surer than what is said
    const sharper = weights.map((weight) => weight ** 2);
    let drawn = random.float() * sharper.reduce((all, one) => all + one, 0);
    let code = 0;
    while (code < classes - 1 && (drawn -= sharper[code]) > 0) code++;
    y[row] = code;
    // in steps of a forest of 50 trees, so that many are equal
    weights.forEach((weight, k) => (shares[row * classes + k] = Math.round((50 * weight) / sum) / 50));
  }
  return { shares, y };
}
