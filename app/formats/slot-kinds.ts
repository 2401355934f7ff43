import type { ColumnSpec } from '../columns/types.ts';
import type { Slot } from './column-slots.ts';

/** Rows for which a slot has memory. */
export function roomOf(slot: Slot): number {
  return slot.storage === 'text' ? slot.ends.length : slot.values.length;
}

/** Rows [from, to) of a column; of a text, what is not set is absent anyway. */
export function sayAbsent(slot: Slot, from: number, to: number): void {
  if (slot.storage === 'number') slot.values.fill(NaN, from, to);
  else if (slot.storage === 'dictionary') slot.values.fill(0, from, to);
}

/** Columns of one name and family are one column. */
export function family(spec: ColumnSpec | null): string {
  if (spec === null) return 'text';
  if (spec.dictionary === 'host') return 'host';
  if (spec.storage !== 'number') return 'text';
  return spec.type === 'time' || spec.type === 'interval' || spec.type === 'bool' ? spec.type : 'number';
}
