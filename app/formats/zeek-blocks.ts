import type { Cells } from './cells.ts';
import type { BlockField, BlockLayout, BlockRead } from './kernels/line-blocks.ts';
import { FLAG } from './kernels/map.ts';
import { isFastHeader } from './fast-rows.ts';
import type { ZeekHeader } from './zeek-header.ts';
import { READ } from './zeek-layout.ts';
import type { Binding } from './zeek-rows.ts';

const TAB = 9;
const DASH = 45;
const BACKSLASH = 92;
const KIND = { term: 0, address: 1 } as const;

/** How the kernels read rows of this layout, as FastRows does; null where they cannot. */
export function zeekBlocks(bindings: readonly Binding[], header: ZeekHeader, joined: number, cells: Cells): BlockLayout | null {
  if (!isFastHeader(header, joined)) return null;
  const inOrder = bindings.toSorted((a, b) => a.field.index - b.field.index);
  const fields = inOrder.map(fieldOf);
  if (!fields.every((field) => field !== null)) return null;
  return {
    fields,
    separator: TAB,
    odd: BACKSLASH,
    prefix: header.prefix[0] ?? -1,
    empty: header.empty,
    time: inOrder.findIndex(({ field, slot }) => field.column === 'ts' && slot.storage === 'number'),
    resolve(field, bytes, start, end) {
      if (end - start === 1 && bytes[start] === DASH) return inOrder[field].field.needed ? -1 : 0;
      if (fields[field].kind === KIND.address) return cells.addressId(bytes, start, end);
      const isEmpty = end - start === header.empty.length && header.empty.every((byte, i) => bytes[start + i] === byte);
      return cells.terms.id(bytes, start, isEmpty ? start : end);
    },
  };
}

function fieldOf({ field, slot }: Binding): BlockField | null {
  const about = { slot, flags: field.needed ? FLAG.needed : 0, none: NaN, limit: Infinity, kind: KIND.term };
  if (slot.storage === 'text') return field.read === READ.text ? { ...about, read: 'texts' } : null;
  if (slot.storage === 'dictionary') {
    if (field.read === READ.address) return { ...about, read: 'words', kind: KIND.address };
    return field.read === READ.text ? { ...about, read: 'words' } : null;
  }
  const found = numbers.get(field.read);
  return found === undefined ? null : { ...about, ...found };
}

const counts = { read: 'counts', limit: 999_999_999_999_999 } as const;
const micros = { read: 'micros', limit: 7_258_118_400 } as const;

const numbers: ReadonlyMap<number, { readonly read: BlockRead; readonly limit: number }> = new Map<
  number,
  { readonly read: BlockRead; readonly limit: number }
>([
  [READ.count, counts],
  [READ.integer, counts],
  [READ.port, { read: 'counts', limit: 65_535 }],
  [READ.time, micros],
  [READ.moment, micros],
  [READ.interval, micros],
  [READ.bool, { read: 'bools', limit: 1 }],
  [READ.double, { read: 'decimals', limit: Infinity }],
]);
