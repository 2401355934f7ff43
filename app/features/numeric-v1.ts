import { numberColumns } from './number-columns.ts';
import type { RecordRecipe } from './types.ts';

/**
 * Recipe numeric-v1: every column of numbers of any table, as it is; with its scaling `log`, logarithms of those with a heavy tail. What is no
 * quantity (see number-columns.ts) is refused by name.
 *
 * Recorded runs name this recipe: never change what it computes; write numeric-v2 beside it.
 */
export const numericV1: RecordRecipe = {
  name: 'numeric-v1',
  of: 'records',
  about: 'Every column of numbers of any table that varies, logarithms of those with a heavy tail',
  scaling: 'log',
  features: [],
  families: [numberColumns()],
};
