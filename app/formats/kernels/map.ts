import { LENT, LENT_BYTES } from '../../columns/kernels/number-memory.ts';

/**
 * Where things lie in the kernels' part of the thread's memory (bytes). Kernels load 16 bytes at once, from up to 16 before a field to 16 behind it: there is room
 * around whatever they read and write.
 */

/** Most bytes of lines that are looked at together: with what becomes of them they stay in a core's own cache. */
export const BLOCK_BYTES = 2 ** 18;
/** Most rows, and most fields, of a block. */
export const BLOCK_ROWS = 2048;
export const BLOCK_FIELDS = 2 ** 16;

const ROOM = 4096;
/** Powers of ten, float64 and i64: 10^0 to 10^15. */
export const POWERS = LENT + 256;
export const WHOLE_POWERS = POWERS + 128;
/** 16 bytes each: the first n are ones, n from 0 to 16. */
export const MASKS = LENT + 1024;
/** 8 bytes each: the last n are ones, n from 0 to 8. */
export const DIGIT_MASKS = LENT + 1536;
/** 16 bytes each, for the digits of a decimal that end where its six behind the dot do: n before the dot, the dot, six; n from 0 to 8. */
export const DECIMAL_MASKS = LENT + 1664;
export const LINES = LENT + 2 * ROOM;
/** u32: the byte before the first line, then where each field ends, row after row. */
export const ENDS = LINES + BLOCK_BYTES + ROOM;
/**
 * What became of the fields: eight bytes for each, column after column. Ids take four, one after the other; texts have ends (u32)
 * and, behind those of all rows, absent (u8).
 */
export const VALUES = ENDS + BLOCK_FIELDS * 4 + ROOM;
/** u32: row * (width + 1) + field of each word that is not known yet; the place behind the fields is for what is derived of them. */
export const MISSING = VALUES + BLOCK_FIELDS * 8 + ROOM;
/** The texts of text columns, column after column. */
export const TEXTS = MISSING + BLOCK_FIELDS * 8 + ROOM;
/** What is known of words longer than 16 bytes. */
export const LONG_WORDS = TEXTS + 2 * BLOCK_BYTES + ROOM;
export const LONG_WORDS_BYTES = 2 ** 20;
/** Words that are known, WORD_BYTES each: 16 bytes, length and kind (u32, 0: free), id (u32), place in LONG_WORDS (u32). */
export const WORDS = LONG_WORDS + LONG_WORDS_BYTES + ROOM;
export const WORD_BYTES = 32;
export const MAX_WORDS = 2 ** 18;
/** What is left of that part behind all of this. */
export const LEFT = LENT + LENT_BYTES - (WORDS + MAX_WORDS * WORD_BYTES + ROOM);

/** What a kernel is told of a field. */
export const FLAG = {
  /** A row without it is none. */
  needed: 1,
  /** `---`, `nan` and `-nan` are absent too. */
  words: 2,
  /** Nothing at all is absent too. */
  empty: 4,
} as const;
