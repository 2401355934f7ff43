import type { ColumnSpec } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';
import type { Slot } from './column-slots.ts';

/** `spec` null: a text of which it is not known yet whether it repeats; `repeats`: it does as a rule. */
export interface WantedSlot {
  readonly name: string;
  readonly type: ColumnType;
  readonly spec: ColumnSpec | null;
  readonly repeats?: boolean | undefined;
}
/** A column as it is handed from one reader to the next. */
export interface SavedSlot extends WantedSlot {
  readonly key: string;
}
export interface SavedSlots {
  readonly capacity: number;
  readonly columns: readonly SavedSlot[];
}

/** Rows for which a slot has memory. */
export function roomOf(slot: Slot): number {
  return slot.storage === 'text' ? slot.ends.length : slot.values.length;
}

/** Rows [from, to) of a column; of a text, what is not set is absent anyway. */
export function sayAbsent(slot: Slot, from: number, to: number): void {
  if (slot.storage === 'number') slot.values.fill(NaN, from, to);
  else if (slot.storage === 'dictionary') slot.values.fill(0, from, to);
}

/** The slot as if it were new, for rows up to `to` that are to say absent. */
export function cleared(slot: Slot, to: number): Slot {
  if (slot.storage === 'text') slot.clear();
  else sayAbsent(slot, 0, to);
  return slot;
}

/** Columns of one name and family are one column. */
export function family(spec: ColumnSpec | null): string {
  if (spec === null) return 'text';
  if (spec.dictionary === 'host') return 'host';
  if (spec.storage !== 'number') return 'text';
  return spec.type === 'time' || spec.type === 'interval' || spec.type === 'bool' ? spec.type : 'number';
}
