import type { Migration } from '../migrate.ts';

/** Numbers with decimals may lie as whole numbers over a power of ten: what is there stays as it is, and programs that do not know it keep away. */
export const numbersWithDecimals: Migration = {
  version: 9,
  name: 'numbers with decimals',
  up: () => undefined,
};
