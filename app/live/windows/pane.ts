import type { ByteReader, ByteWriter } from './byte-stream.ts';
import { CallTable } from './call-table.ts';
import { FigureTable } from './figure-table.ts';
import type { KindPlan } from './kinds.ts';
import type { PreparedRows } from './prepared-rows.ts';
import type { ClosedWindow } from './types.ts';
import { ABSENT } from './text-keys.ts';

const WHOLE = 4;

/** The records of one step of event time. Windows are put together from panes, so that each record is counted once however many windows it is in. */
export class Pane {
  readonly plan: KindPlan;
  readonly whole: FigureTable;
  readonly tables: readonly FigureTable[];
  /** null: its records are no calls. */
  readonly calls: CallTable | null;

  constructor(plan: KindPlan, keys: number, whole = new FigureTable(WHOLE), tables = plan.dimensions.map(() => new FigureTable(keys))) {
    this.plan = plan;
    this.whole = whole;
    this.tables = tables;
    this.calls = plan.calls ? new CallTable(keys) : null;
  }

  add(prepared: PreparedRows, rows: Uint32Array, count: number, all: readonly string[]): void {
    const { whole, dimensions } = this.plan;
    const hashes = (attribute: (typeof dimensions)[number]['peers']): Uint32Array | null =>
      attribute === null ? null : prepared.attribute(attribute).hashes;
    this.whole.add(all, prepared, rows, count, hashes(whole.peers), hashes(whole.targets));
    for (let i = 0; i < dimensions.length; i++) {
      const { key, peers, targets } = dimensions[i];
      this.tables[i].add(prepared.attribute(key).keys, prepared, rows, count, hashes(peers), hashes(targets));
    }
    if (this.calls !== null && prepared.calls !== null) this.calls.add(prepared.calls, rows, count);
  }

  merge(other: Pane): void {
    this.whole.merge(other.whole);
    this.tables.forEach((table, i) => table.merge(other.tables[i]));
    if (other.calls !== null) this.calls?.merge(other.calls);
  }

  /** Its figures as a window; it takes no records any more. */
  close(frame: Omit<ClosedWindow, 'whole' | 'dimensions' | 'calls'>): ClosedWindow {
    const [whole] = this.whole.figures();
    const dimensions = this.plan.dimensions.map(({ dimension }, i) => {
      const keys = this.tables[i].figures();
      // a dimension of which the log says nothing has no keys
      return { dimension, keys: keys.length === 1 && keys[0].key === ABSENT ? [] : keys, bound: this.tables[i].bound };
    });
    return { ...frame, whole, dimensions, calls: this.calls?.calls() ?? [] };
  }

  /** Empties it for another step of time; windows that it was closed as stay as they are. */
  clear(): void {
    this.whole.clear();
    for (const table of this.tables) table.clear();
    this.calls?.clear();
  }

  /** Its figures; the calls beside them are written apart: windows that are stored have none. */
  write(out: ByteWriter): void {
    this.whole.write(out);
    for (const table of this.tables) table.write(out);
  }

  static read(bytes: ByteReader, plan: KindPlan, keys: number): Pane {
    const whole = FigureTable.read(bytes, WHOLE);
    const tables = plan.dimensions.map(() => FigureTable.read(bytes, keys));
    return new Pane(plan, keys, whole, tables);
  }
}
