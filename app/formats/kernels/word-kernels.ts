import {
  again,
  block,
  bytes16,
  define,
  giveBack,
  i32,
  i64,
  leave,
  leaveWhere,
  loop,
  set,
  when,
  type Variable,
} from '../../shared/wasm-code.ts';
import type { Code } from '../../shared/wasm-encoder.ts';
import { LONG_WORDS, MASKS, WORDS, WORD_BYTES } from './map.ts';

/*
 * Words that repeat, by their bytes as they stand in the log: an open-addressed table of what was asked before. It is a memory and not a
 * dictionary: what it does not know is looked up where the ids are given, and whatever it forgets is asked again. `kind` tells apart words that
 * are spelled alike and mean something else (an address, a term). `seed`: different in every process, so that nobody can prepare a log whose words
 * all fall on one place.
 */

const { constant, add, subtract, and, shiftLeft } = i32;

/** Places looked at before a word counts as not known. */
const PROBES = 24;
/** 2^64 divided by the golden ratio. */
const FACTOR = 0x9e37_79b9_7f4a_7c15n;
const LENGTH = 16;
const ID = 20;
const LONG = 24;

type Names = 'start' | 'length' | 'tag' | 'slot' | 'at' | 'probes' | 'other';
type Words = Readonly<Record<Names, Variable>> & { readonly key: Variable; readonly hash: Variable };

const wordLocals = {
  start: 'i32',
  length: 'i32',
  tag: 'i32',
  slot: 'i32',
  at: 'i32',
  probes: 'i32',
  other: 'i32',
  key: 'v128',
  hash: 'i64',
} as const;

/** Of the `length` bytes at `start`: `key`, `tag`, `hash`, and the `slot` where looking for them begins. */
function lookFor({ start, length, tag, slot, at, key, hash }: Words, kind: Code, seed: Code, mask: Code): Code {
  const mixed = (value: Code): Code => i64.multiply(i64.rotateLeft(i64.xor(hash, value), i64.constant(29n)), i64.constant(FACTOR));
  const mixKey = [set(hash, mixed(bytes16.lane(key, 0))), set(hash, mixed(bytes16.lane(key, 1)))];
  return [
    set(key, bytes16.load(start)),
    // nearly all are shorter
    when(i32.less(length, constant(16)), set(key, bytes16.and(key, bytes16.load(shiftLeft(length, constant(4)), MASKS)))),
    set(tag, i32.or(add(length, constant(1)), shiftLeft(kind, constant(28)))),
    set(hash, i64.xor(seed, i64.ofI32(tag))),
    mixKey,
    when(i32.greater(length, constant(16)), [
      set(at, constant(16)),
      loop([set(key, bytes16.load(add(start, restAt(at, length)))), mixKey, set(at, add(at, constant(16))), again(i32.less(at, length))]),
      set(key, bytes16.load(start)),
    ]),
    // a product's upper bits know all bits of what was multiplied, its lower ones do not
    set(hash, i64.multiply(i64.xor(hash, i64.shiftRight(hash, i64.constant(32n))), i64.constant(FACTOR))),
    set(slot, and(i32.ofI64(i64.shiftRight(hash, i64.constant(40n))), mask)),
  ];
}

/** Behind the first 16 bytes of a longer word, 16 at a time; the last ones overlap those before them. */
function restAt(at: Variable, length: Variable): Code {
  const last = subtract(length, constant(16));
  return [at, last, i32.less(at, last), 0x1b];
}

const address = (slot: Variable): Code => add(i32.multiply(slot, constant(WORD_BYTES)), constant(WORDS));

/** Leaves `outer` blocks where the word in the slot at `other` is not the same behind its first 16 bytes. */
function leaveWhereRestDiffers({ start, length, at, other }: Words, outer: number): Code {
  const there = add(i32.load(other, LONG), restAt(at, length));
  return when(i32.greater(length, constant(16)), [
    set(at, constant(16)),
    loop([
      leaveWhere(bytes16.any(bytes16.xor(bytes16.load(there, LONG_WORDS), bytes16.load(add(start, restAt(at, length))))), outer + 2),
      set(at, add(at, constant(16))),
      again(i32.less(at, length)),
    ]),
  ]);
}

/**
 * `words(ends, stride, rows, out, kind, seed, mask, missing, first, width)`: the ids of a column's words, u32; where one is not
 * known, `first` + row * `width` goes to `missing`. Returns how many that were.
 */
export const wordsKernel = define(
  'words',
  {
    parameters: {
      ends: 'i32',
      stride: 'i32',
      rows: 'i32',
      out: 'i32',
      kind: 'i32',
      seed: 'i64',
      mask: 'i32',
      missing: 'i32',
      first: 'i32',
      width: 'i32',
    },
    locals: { ...wordLocals, count: 'i32', end: 'i32' },
    results: ['i32'],
  },
  ({ ends, stride, rows, out, kind, seed, mask, missing, first, width, count, ...words }) => {
    const { start, length, tag, slot, probes, other, key } = words;
    const { end } = words;
    return [
      loop([
        set(end, i32.load(ends)),
        set(start, add(i32.load(subtract(ends, constant(4))), constant(1))),
        set(length, subtract(end, start)),
        lookFor(words, kind, seed, mask),
        set(probes, constant(0)),
        block([
          block(
            loop([
              set(other, address(slot)),
              leaveWhere(i32.isZero(i32.load(other, LENGTH)), 1),
              block([
                leaveWhere(i32.notEqual(i32.load(other, LENGTH), tag), 0),
                leaveWhere(bytes16.any(bytes16.xor(bytes16.load(other), key)), 0),
                leaveWhereRestDiffers(words, 0),
                i32.store(out, i32.load(other, ID)),
                leave(3),
              ]),
              set(slot, and(add(slot, constant(1)), mask)),
              set(probes, add(probes, constant(1))),
              again(i32.less(probes, constant(PROBES))),
            ]),
          ),
          i32.store(missing, first),
          set(missing, add(missing, constant(4))),
          set(count, add(count, constant(1))),
        ]),
        set(first, add(first, width)),
        set(out, add(out, constant(4))),
        set(ends, add(ends, stride)),
        set(rows, subtract(rows, constant(1))),
        again(rows),
      ]),
      count,
    ];
  },
);

/**
 * `keep(start, length, kind, seed, mask, id, long)`: from now on the word is known, where a place for it is near; what is longer than 16 bytes is
 * copied to `long` in LONG_WORDS. Returns 1, or 0 where no place was.
 */
export const keepKernel = define(
  'keep',
  {
    parameters: { start: 'i32', length: 'i32', kind: 'i32', seed: 'i64', mask: 'i32', id: 'i32', long: 'i32' },
    locals: { tag: 'i32', slot: 'i32', at: 'i32', probes: 'i32', other: 'i32', key: 'v128', hash: 'i64' },
    results: ['i32'],
  },
  ({ kind, seed, mask, id, long, ...words }) => {
    const { start, length, tag, slot, at, probes, other, key } = words;
    return [
      lookFor(words, kind, seed, mask),
      block(
        loop([
          set(other, address(slot)),
          leaveWhere(i32.isZero(i32.load(other, LENGTH)), 1),
          set(slot, and(add(slot, constant(1)), mask)),
          set(probes, add(probes, constant(1))),
          again(i32.less(probes, constant(PROBES))),
          giveBack(constant(0)),
        ]),
      ),
      bytes16.store(other, key),
      i32.store(other, tag, LENGTH),
      i32.store(other, id, ID),
      i32.store(other, long, LONG),
      when(i32.greater(length, constant(16)), [
        set(at, constant(16)),
        loop([
          bytes16.store(add(long, restAt(at, length)), bytes16.load(add(start, restAt(at, length))), LONG_WORDS),
          set(at, add(at, constant(16))),
          again(i32.less(at, length)),
        ]),
      ]),
      constant(1),
    ];
  },
);
