import type { Cells } from './cells.ts';
import type { Slot } from './column-slots.ts';
import type { BlockField, BlockLayout, DerivedWords } from './kernels/line-blocks.ts';
import { FLAG } from './kernels/map.ts';
import { READ, type TstatField, type TstatLayout } from './tstat-layout.ts';

const BLANK = 32;
const DASH = 45;
const DELETE = 127;
const HASH = 35;
/** Of words; a label may have a word before it that does not count. */
const KIND = { term: 0, address: 1, label: 2 } as const;
/** Longer texts take the slow way. */
const LONG_TEXT = 4096;
/** The year 2200 in milliseconds: a moment at or after it is none. */
export const YEAR_2200 = 7_258_118_400_000;
/** Milliseconds: no longer span is taken. */
export const MAX_SPAN = 1e12;

export const labelPrefix = Buffer.from('class:');

/** How the kernels read rows of this layout, as TstatRows does; null where they cannot. `slots`: in the order of the layout's plans. */
export function tstatBlocks(layout: TstatLayout, slots: readonly Slot[], cells: Cells, services: DerivedWords | null): BlockLayout | null {
  const fields = layout.fields.map((field, place) => fieldOf(field, slots[place]));
  if (!fields.every((field) => field !== null)) return null;
  return {
    fields,
    separator: BLANK,
    odd: DELETE,
    prefix: HASH,
    empty: null,
    time: layout.fields.findIndex(({ column }) => column === 'ts'),
    resolve(place, bytes, start, end) {
      const { read, needed } = layout.fields[place];
      if (isNone(bytes, start, end)) return needed ? -1 : 0;
      if (read === READ.address) return cells.addressId(bytes, start, end);
      const from = read === READ.label && begins(bytes, start, end) ? start + labelPrefix.length : start;
      if (isNone(bytes, from, end)) return 0;
      return end - from > LONG_TEXT ? -1 : cells.terms.id(bytes, from, end);
    },
    ...(services === null ? {} : { derived: services }),
  };
}

function fieldOf({ read, needed, none }: TstatField, slot: Slot): BlockField | null {
  const flags = needed ? FLAG.needed : FLAG.words;
  const about = { slot, flags, none, limit: Infinity, kind: KIND.term };
  if (slot.storage === 'text') return read === READ.text && !needed ? { ...about, flags: FLAG.empty, read: 'texts' } : null;
  if (slot.storage === 'dictionary') {
    if (read <= READ.port) return null;
    return { ...about, read: 'words', kind: read === READ.address ? KIND.address : read === READ.label ? KIND.label : KIND.term };
  }
  switch (read) {
    case READ.count:
      return { ...about, read: 'counts', limit: 999_999_999_999_999 };
    case READ.port:
      return { ...about, read: 'counts', limit: 65_535 };
    case READ.decimal:
      return { ...about, read: 'decimals' };
    case READ.moment:
      return { ...about, read: 'millis', limit: YEAR_2200 };
    case READ.span:
      return { ...about, read: 'millis', limit: MAX_SPAN };
    default:
      return null;
  }
}

function isNone(bytes: Uint8Array, start: number, end: number): boolean {
  return start === end || (end - start === 1 && bytes[start] === DASH);
}

function begins(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= labelPrefix.length && labelPrefix.every((byte, i) => bytes[start + i] === byte);
}
