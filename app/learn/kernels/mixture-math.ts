import { op, type Code } from './wasm-encoder.ts';

const { get, set, constant, constantF32, vector } = op;
const splat = (value: number): Code => vector.splatF32(constantF32(value));
const splatInt = (value: number): Code => vector.splatI32(constant(value));

/** Differences of log-probabilities below this count as "no share at all": e⁻²⁸ is 7 · 10⁻¹³, beyond the seven digits of float32. */
export const LEAST_EXPONENT = -28;

/** ln 2 in two parts: the first has zeros at its end, so that its products with small whole numbers are exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

/** Coefficients of Cephes' expf and logf (Moshier, Methods and Programs for Mathematical Functions, 1989). */
const EXP_TERMS = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];
const LOG_TERMS = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1,
  3.3333331174e-1,
];

/** Horner's rule, the highest power first. */
function polynomial(terms: readonly number[], x: number): Code {
  return terms.slice(1).reduce<Code>((sum, term) => vector.add(vector.multiply(sum, get(x)), splat(term)), splat(terms[0]));
}

/**
 * Local `to` (v128) = e^x of local `x`, four float32 ≤ 0, exactly 0 below −28. Relative error at most 1.5 · 10⁻⁷ (two units of the last
 * place; tested). `x` is spoiled, `whole` is room for four more.
 */
export function exponential(to: number, x: number, whole: number): Code {
  return [
    // which lanes count is kept in `to` until the end, as a mask
    set(to, vector.less(splat(LEAST_EXPONENT), get(x))),
    set(x, vector.larger(get(x), splat(LEAST_EXPONENT))),
    set(whole, vector.nearest(vector.multiply(get(x), splat(Math.LOG2E)))),
    set(x, vector.subtract(get(x), vector.multiply(get(whole), splat(LN2_HIGH)))),
    set(x, vector.subtract(get(x), vector.multiply(get(whole), splat(LN2_LOW)))),
    // 2^whole, by its bits
    set(whole, vector.shiftLeftI32(vector.addI32(vector.toI32(get(whole)), splatInt(127)), 23)),
    set(whole, vector.and(get(whole), get(to))),
    set(
      to,
      vector.multiply(
        vector.add(vector.add(vector.multiply(vector.multiply(polynomial(EXP_TERMS, x), get(x)), get(x)), get(x)), splat(1)),
        get(whole),
      ),
    ),
  ];
}

/**
 * Local `to` (v128) = ln x of local `x`, four normal positive float32. Absolute error at most 10⁻⁷ for x from 1 to 2, relative 1.5 · 10⁻⁷
 * beyond (tested). `x` is spoiled, `exponent` and `square` are room.
 */
export function logarithm(to: number, x: number, exponent: number, square: number): Code {
  return [
    // x = 2^exponent × m with m from √½ to √2: subtracting the bits of √½ carries into the exponent where m would be beyond
    set(exponent, vector.shiftRightI32(vector.subtractI32(get(x), splatInt(0x3f3504f3)), 23)),
    set(x, vector.subtract(vector.subtractI32(get(x), vector.shiftLeftI32(get(exponent), 23)), splat(1))),
    set(exponent, vector.fromI32(get(exponent))),
    set(square, vector.multiply(get(x), get(x))),
    set(to, vector.multiply(vector.multiply(polynomial(LOG_TERMS, x), get(x)), get(square))),
    set(to, vector.add(get(to), vector.multiply(get(exponent), splat(LN2_LOW)))),
    set(to, vector.subtract(get(to), vector.multiply(get(square), splat(0.5)))),
    set(to, vector.add(vector.add(get(x), get(to)), vector.multiply(get(exponent), splat(LN2_HIGH)))),
  ];
}
