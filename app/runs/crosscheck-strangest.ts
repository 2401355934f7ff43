import type { CrosscheckVerdict } from '../contract/comparisons.ts';
import { formatShare } from '../contract/format.ts';

/** How far two forests say the same. */
export interface Agreement {
  /** Spearman's rank correlation of the scores; 0 where one of them has no order. */
  readonly order: number;
  /** Share of one's strangest rows that are among as many strangest of the other; 1 where none are looked for. */
  readonly share: number;
}

/** A rank correlation so much below the yardstick is chance: the second tool also asks where nothing differs. */
const ORDER_CHANCE = 0.15;
/** Who agree on what is strangest name most of it alike. */
const MOST = 0.5;

/**
 * What a second forest's scores come to. `differs`: it puts rows in another order than forests of one implementation with different seeds do.
 * `agrees`: the order is the same, and so are the strangest rows: at least half of them, and no fewer than two forests of one implementation have
 * in common, but for chance. `not confirmed`: the order is the same, but not who is strangest. More in common never makes it worse.
 * @param strangest rows that `share` is of
 */
export function opinionOf(tool: Agreement, yardstick: Agreement, strangest: number): CrosscheckVerdict {
  if (tool.order < yardstick.order - ORDER_CHANCE) return 'differs';
  return strangest === 0 || tool.share >= leastShare(yardstick, strangest) ? 'agrees' : 'not confirmed';
}

/** The yardstick less twice the standard error of a difference of two such shares, and half at least. */
function leastShare({ share }: Agreement, strangest: number): number {
  return Math.max(MOST, share - 2 * Math.sqrt((2 * share * (1 - share)) / strangest));
}

/** The verdict as sentences, with the border it was decided by. */
export function opinionWords(opinion: CrosscheckVerdict, yardstick: Agreement, strangest: number): string {
  const order = (yardstick.order - ORDER_CHANCE).toFixed(3);
  if (opinion === 'differs') return `They do NOT agree: the rank correlation would have to be ${order} or more.`;
  if (strangest === 0) return 'They agree in the order; nothing stands out that could be compared.';
  const least = formatShare(leastShare(yardstick, strangest));
  if (opinion === 'agrees') return `They agree: in the order (${order} or more), and in what is strangest (${least} or more in common).`;
  const few = `Not confirmed, and not contradicted: they agree in the order, but not in what is strangest: ${least} or more would have to be in common.`;
  const chance =
    ' Nor do forests of Flowcase with different seeds agree in it: which rows are the strangest rests on the seed here. Take more trees, and do not rest a conclusion on one row being listed.';
  return yardstick.share < MOST ? `${few}${chance}` : few;
}
