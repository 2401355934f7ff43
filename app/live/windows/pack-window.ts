import { ByteReader, ByteWriter } from './byte-stream.ts';
import { FigureTable } from './figure-table.ts';
import { kindPlan } from './kinds.ts';
import { Pane } from './pane.ts';
import type { ClosedWindow, DimensionFigures, KeyFigures } from './types.ts';

/** How bytes of stored windows are laid out; light-window.ts reads them too. */
export const PACKED_FORM = 1;
const MOST_KEYS = 1_000_000;

/** A window as a pane that can be merged into another. It shares the window's sketches: read it only. */
export function paneOf(window: ClosedWindow): Pane {
  const plan = kindPlan(window.kind);
  const tables = dimensionsOf(window).map(({ keys, bound }) => tableOf(keys, bound));
  return new Pane(plan, MOST_KEYS, tableOf([wholeOf(window)], 0), tables);
}

/** By the dimensions of the kind, those without keys among them. */
function dimensionsOf(window: ClosedWindow): Pick<DimensionFigures, 'keys' | 'bound'>[] {
  const none = { keys: [], bound: 0 };
  return kindPlan(window.kind).dimensions.map(({ dimension }) => window.dimensions.find((one) => one.dimension === dimension) ?? none);
}

function wholeOf({ whole }: ClosedWindow): KeyFigures {
  return { ...whole, key: '', missed: 0 };
}

function tableOf(keys: readonly KeyFigures[], bound: number): FigureTable {
  const table = new FigureTable(MOST_KEYS);
  table.raise(bound);
  for (const figures of keys) table.put(figures);
  return table;
}

/** A window as bytes to store, with the `keep` heaviest keys of each dimension; the bound of those that are left out is kept with them. */
export function packWindow(window: ClosedWindow, keep = 100): Uint8Array {
  const out = new ByteWriter();
  out.whole(PACKED_FORM);
  out.text(window.kind);
  out.signed(window.source ?? -1);
  out.signed(window.start);
  out.signed(window.end);
  out.whole(window.late);
  out.whole(window.early);
  FigureTable.writeFigures(out, [wholeOf(window)], 0, 1);
  for (const { keys, bound } of dimensionsOf(window)) FigureTable.writeFigures(out, keys, bound, keep);
  return out.done();
}

/** What was packed, the same figures bit for bit. @throws FlowcaseError FILE_DAMAGED */
export function unpackWindow(bytes: Uint8Array): ClosedWindow {
  const reader = new ByteReader(bytes, 'A stored window');
  if (reader.whole() !== PACKED_FORM) throw reader.damaged();
  const kind = reader.text();
  const source = reader.signed();
  const frame = { kind, source: source < 0 ? null : source, start: reader.signed(), end: reader.signed() };
  const lost = { late: reader.whole(), early: reader.whole() };
  const pane = Pane.read(reader, kindPlan(kind), MOST_KEYS);
  reader.end();
  if (pane.whole.size !== 1) throw reader.damaged();
  return pane.close({ ...frame, ...lost });
}
