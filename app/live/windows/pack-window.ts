import { ByteReader, ByteWriter } from './byte-stream.ts';
import { FigureTable } from './figure-table.ts';
import { kindPlan } from './kinds.ts';
import { Pane } from './pane.ts';
import type { ClosedWindow, KeyFigures } from './types.ts';

const FORM = 1;
const MOST_KEYS = 1_000_000;

/** A window as a pane that can be written and merged, with the `keep` heaviest keys of each dimension. It shares the window's sketches: read it only. */
export function paneOf(window: ClosedWindow, keep = MOST_KEYS): Pane {
  const plan = kindPlan(window.kind);
  const tables = plan.dimensions.map(({ dimension }) => {
    const figures = window.dimensions.find((one) => one.dimension === dimension);
    return tableOf(figures?.keys ?? [], figures?.bound ?? 0, keep);
  });
  return new Pane(plan, MOST_KEYS, tableOf([{ ...window.whole, key: '', missed: 0 }], 0, 1), tables);
}

function tableOf(keys: readonly KeyFigures[], bound: number, keep: number): FigureTable {
  const table = new FigureTable(MOST_KEYS);
  table.raise(bound);
  for (const figures of keys.slice(0, keep)) table.put(figures);
  for (const { records, missed } of keys.slice(keep)) table.raise(records + missed);
  return table;
}

/** A window as bytes to store, with the `keep` heaviest keys of each dimension; the bound of those that are left out is kept with them. */
export function packWindow(window: ClosedWindow, keep = 100): Uint8Array {
  const out = new ByteWriter();
  out.whole(FORM);
  out.text(window.kind);
  out.signed(window.source ?? -1);
  out.signed(window.start);
  out.signed(window.end);
  out.whole(window.late);
  out.whole(window.early);
  paneOf(window, keep).write(out);
  return out.done();
}

/** What was packed, the same figures bit for bit. @throws FlowcaseError FILE_DAMAGED */
export function unpackWindow(bytes: Uint8Array): ClosedWindow {
  const reader = new ByteReader(bytes, 'A stored window');
  if (reader.whole() !== FORM) throw reader.damaged();
  const kind = reader.text();
  const source = reader.signed();
  const frame = { kind, source: source < 0 ? null : source, start: reader.signed(), end: reader.signed() };
  const lost = { late: reader.whole(), early: reader.whole() };
  const pane = Pane.read(reader, kindPlan(kind), MOST_KEYS);
  reader.end();
  if (pane.whole.size !== 1) throw reader.damaged();
  return pane.close({ ...frame, ...lost });
}
