import { BATCH_BLOCKS, STRIP, VECTOR } from './mixture-layout.ts';
import { exponential, logarithm } from './mixture-math.ts';
import { moduleBytes, op, type Code } from './wasm-encoder.ts';
import { MAX_PAGES } from './kmeans-module.ts';

const [SHARES, SCORES, COMPONENTS, ROWS] = [0, 1, 2, 3];
const [AT, LEFT, BLOCK] = [4, 5, 6];
const [MOST, SUM, VALUE, SHARE, ROOM, MASK] = [7, 8, 9, 10, 11, 12];
const { get, set, advance, constant, vector } = op;

/**
 * The module of the E step's second half: from log-probabilities to shares (responsibilities) and log-likelihoods, by log-sum-exp.
 *
 * `blend(shares, scores, components, rows)`, of one batch; addresses in bytes.
 * - `shares`: a strip of log-probabilities (with the component's weight in them) per component, which become shares that add up to one
 * - `scores`: a strip, written: ln of the sum of the probabilities
 * - `rows`: how many of the batch's rows there are; those beyond get no share and a score of zero
 */
export function blendModule(): Uint8Array<ArrayBuffer> {
  return moduleBytes(
    {
      name: 'blend',
      parameters: ['i32', 'i32', 'i32', 'i32'],
      results: [],
      locals: [...new Array<'i32'>(3).fill('i32'), ...new Array<'v128'>(6).fill('v128')],
      body: [
        set(BLOCK, constant(BATCH_BLOCKS)),
        op.loop([
          largest(),
          exponentials(),
          set(MASK, vector.lessI32(vector.constant([0, 1, 2, 3]), vector.splatI32(get(ROWS)))),
          scaled(),
          score(),
          advance(SHARES, constant(VECTOR)),
          advance(SCORES, constant(VECTOR)),
          advance(ROWS, constant(-4)),
          advance(BLOCK, constant(-1)),
          op.again(get(BLOCK)),
        ]),
      ],
    },
    MAX_PAGES,
  );
}

/** Once for every component, AT on its vector. */
function eachComponent(body: Code): Code {
  return [
    set(AT, get(SHARES)),
    set(LEFT, get(COMPONENTS)),
    op.loop([body, advance(AT, constant(STRIP)), advance(LEFT, constant(-1)), op.again(get(LEFT))]),
  ];
}

function largest(): Code {
  return [set(MOST, vector.load(get(SHARES))), eachComponent(set(MOST, vector.larger(get(MOST), vector.load(get(AT)))))];
}

function exponentials(): Code {
  return [
    set(SUM, vector.zero()),
    eachComponent([
      set(VALUE, vector.subtract(vector.load(get(AT)), get(MOST))),
      exponential(SHARE, VALUE, ROOM),
      vector.store(get(AT), get(SHARE)),
      set(SUM, vector.add(get(SUM), get(SHARE))),
    ]),
  ];
}

function scaled(): Code {
  return [
    set(SHARE, vector.and(vector.divide(vector.splatF32(op.constantF32(1)), get(SUM)), get(MASK))),
    eachComponent(vector.store(get(AT), vector.multiply(vector.load(get(AT)), get(SHARE)))),
  ];
}

function score(): Code {
  return [
    // at least one, because the largest counts as one
    logarithm(VALUE, SUM, ROOM, SHARE),
    vector.store(get(SCORES), vector.and(vector.add(get(MOST), get(VALUE)), get(MASK))),
  ];
}
