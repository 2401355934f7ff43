import type { RecordKind } from '../../contract/case.ts';
import type { RecordBatch } from '../types.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { EventClock } from './event-clock.ts';
import { kindPlan, type KindPlan } from './kinds.ts';
import { Pane } from './pane.ts';
import { PreparedRows } from './prepared-rows.ts';
import { rowsOfBatch, type Rows } from './rows.ts';
import { windowOptions, type ClosedWindow, type WindowOptions } from './types.ts';

const SECOND = 1_000_000;
const FORM = 4;
/** Written when windows knew nothing of calls. */
const FIGURES_FORM = 3;
/** Written when event time never went back. */
const FORWARD_FORM = 2;
/** Panes that may be open at once beyond those of one window: a log out of order, or clocks that run ahead. */
const MOST_PANES = 120;

/**
 * Cuts the records of one source and kind into windows of event time. A fold: what it gives depends on the records and their order alone. The same
 * records in other batches, with `save` and `restore` between any two of them, or as a finished file give the same windows bit for bit.
 *
 * The watermark is the event clock less the lateness; a window closes when it passes its end. A record whose first window is closed counts as `late`
 * with the next window that closes, and nowhere else; but a connection is logged when it ends, so one that began too long ago counts at its end, if that is in
 * time. Windows without records are not given. Where event time had gone too far and goes back (event-clock.ts) everything open is given, and what comes
 * for windows that were given already is given as a second part of them: no record is in both.
 */
export class WindowAggregator {
  readonly kind: RecordKind;
  readonly source: number | null;
  readonly #plan: KindPlan;
  readonly #width: number;
  readonly #step: number;
  readonly #lateness: number;
  readonly #jump: number;
  readonly #keys: number;
  #clock: EventClock;
  /** By begin; those before the watermark are gone. */
  #panes = new Map<number, Pane>();
  /** One that is gone, for the next: its memory is as large as the traffic needs. */
  #spare: Pane | null = null;
  /** Ends of windows up to here are closed. */
  #closedTo = Number.NEGATIVE_INFINITY;
  #given = false;
  /** Since the last window that was given. */
  #late = 0;
  #early = 0;
  #records = 0;
  #next = 0;
  #prepared: PreparedRows | null = null;
  /** Rows that wait for being added to `#pane`, and its begin. */
  #rows = new Uint32Array(0);
  #count = 0;
  #start = Number.NaN;
  #all: string[] = [];
  #lost = { late: 0, early: 0, backs: 0 };

  constructor(kind: RecordKind, source: number | null, options: WindowOptions = {}) {
    const { width, step = width, lateness, jump = Math.max(60, width), keys } = windowOptions.parse(options);
    this.kind = kind;
    this.source = source;
    this.#plan = kindPlan(kind);
    this.#width = width * SECOND;
    this.#step = step * SECOND;
    this.#lateness = Math.round(lateness * SECOND);
    this.#jump = Math.round(jump * SECOND);
    this.#keys = keys;
    this.#clock = new EventClock(this.#jump);
  }

  /** Records folded so far, those without a time among them. */
  get records(): number {
    return this.#records;
  }

  /** Id of the record behind the last that was folded: where `refold` goes on. */
  get next(): number {
    return this.#next;
  }

  /** Event time before which nothing changes any more, microseconds; NaN before the first record. */
  get watermark(): number {
    return this.#clock.now - this.#lateness;
  }

  /** Records that are in no window, and how often event time went back, since it was asked last; kept in memory alone. */
  takeLost(): { late: number; early: number; backs: number } {
    const lost = this.#lost;
    this.#lost = { late: 0, early: 0, backs: 0 };
    return lost;
  }

  /** Windows that were closed by these records, the earliest first. Nothing of the batch is kept. */
  fold(batch: RecordBatch): ClosedWindow[] {
    return this.foldRows(rowsOfBatch(batch));
  }

  foldRows(rows: Rows): ClosedWindow[] {
    const prepared = (this.#prepared ??= new PreparedRows(this.kind));
    prepared.fill(rows);
    if (this.#rows.length < rows.rows) {
      this.#rows = new Uint32Array(rows.rows);
      while (this.#all.length < rows.rows) this.#all.push('');
    }
    const closed: ClosedWindow[] = [];
    for (let row = 0; row < rows.rows; row++) {
      const ts = prepared.times[row];
      if (Number.isNaN(ts)) continue;
      const before = this.#clock.now;
      if (this.#clock.sees(ts, !this.#given)) {
        if (this.#clock.now < before) this.#closedTo = Number.NEGATIVE_INFINITY;
        if (this.watermark >= this.#closedTo + this.#step) this.#closeUpTo(this.watermark, prepared, closed);
      }
      this.#place(prepared, row, ts, closed);
    }
    this.#flush(prepared);
    this.#records += rows.rows;
    this.#next = rows.firstRow + rows.rows;
    return closed;
  }

  /** Closes what is open: the source has ended. */
  finish(): ClosedWindow[] {
    const closed: ClosedWindow[] = [];
    this.#closeUpTo(Number.POSITIVE_INFINITY, null, closed);
    return closed;
  }

  /** The state between two batches. Its length goes with the keys of the open panes: tens to hundreds of bytes each. */
  save(): Uint8Array {
    const out = new ByteWriter();
    out.whole(FORM);
    for (const option of [this.#width, this.#step, this.#lateness, this.#jump, this.#keys]) out.whole(option);
    out.text(this.kind);
    for (const count of [this.#records, this.#next, this.#late, this.#early, this.#given ? 1 : 0]) out.whole(count);
    out.double(this.#closedTo);
    this.#clock.write(out);
    const starts = [...this.#panes.keys()].sort((a, b) => a - b);
    out.whole(starts.length);
    for (const start of starts) {
      out.signed(start);
      const pane = this.#panes.get(start);
      pane?.write(out);
      pane?.calls?.write(out);
    }
    return out.done();
  }

  /**
   * Goes on where `save` was called. False where it was saved with other options: its windows cannot be gone on with, and nothing was changed.
   * @throws FlowcaseError FILE_DAMAGED
   */
  restore(state: Uint8Array): boolean {
    const bytes = new ByteReader(state, 'The saved state of windows');
    const form = bytes.whole();
    if (form !== FORM && form !== FIGURES_FORM && form !== FORWARD_FORM) return false;
    const options = [this.#width, this.#step, this.#lateness, this.#jump, this.#keys];
    if (!options.map(() => bytes.whole()).every((value, i) => value === options[i]) || bytes.text() !== this.kind) return false;
    const [records, next, late, early, given] = [bytes.whole(), bytes.whole(), bytes.whole(), bytes.whole(), bytes.whole() === 1];
    const closedTo = bytes.double();
    const clock = new EventClock(this.#jump);
    clock.read(bytes, form === FORWARD_FORM);
    const panes = new Map<number, Pane>();
    const count = bytes.count();
    for (let i = 0; i < count; i++) {
      const start = bytes.signed();
      const pane = Pane.read(bytes, this.#plan, this.#keys);
      if (form === FORM) pane.calls?.read(bytes);
      panes.set(start, pane);
    }
    bytes.end();
    this.#records = records;
    this.#next = next;
    this.#late = late;
    this.#early = early;
    this.#given = given;
    this.#closedTo = closedTo;
    this.#clock = clock;
    this.#panes = panes;
    return true;
  }

  #place(prepared: PreparedRows, row: number, ts: number, closed: ClosedWindow[]): void {
    let start = Math.floor(ts / this.#step) * this.#step;
    if (start < this.#closedTo) {
      const end = this.kind === 'connection' && prepared.bins[row] >= 0 ? ts + prepared.durations[row] : ts;
      start = Math.floor(end / this.#step) * this.#step;
      // it has ended by now, if clocks are right
      if (start < this.#closedTo || end > this.#clock.now) {
        if (this.#clock.misses(ts, end)) {
          this.#goBack(prepared, closed);
          this.#place(prepared, row, ts, closed);
          return;
        }
        this.#late++;
        this.#lost.late++;
        return;
      }
    }
    this.#clock.finds();
    if (start !== this.#start || this.#count === 0) {
      this.#flush(prepared);
      if (!this.#panes.has(start) && this.#panes.size >= MOST_PANES + this.#width / this.#step) {
        this.#early++;
        this.#lost.early++;
        return;
      }
      this.#start = start;
    }
    this.#rows[this.#count++] = row;
  }

  /** Gives what is open, and goes on where the clock is now. */
  #goBack(prepared: PreparedRows, closed: ClosedWindow[]): void {
    this.#closeUpTo(Number.POSITIVE_INFINITY, prepared, closed);
    this.#closedTo = Math.floor(this.watermark / this.#step) * this.#step;
    this.#lost.backs++;
  }

  #flush(prepared: PreparedRows): void {
    if (this.#count === 0) return;
    this.#paneAt(this.#start).add(prepared, this.#rows, this.#count, this.#all);
    this.#count = 0;
  }

  #paneAt(start: number): Pane {
    const pane = this.#panes.get(start);
    if (pane !== undefined) return pane;
    const made = this.#spare ?? new Pane(this.#plan, this.#keys);
    this.#spare = null;
    this.#panes.set(start, made);
    return made;
  }

  /** Gives the windows that end up to `time`, in their order. */
  #closeUpTo(time: number, prepared: PreparedRows | null, closed: ClosedWindow[]): void {
    if (prepared !== null) this.#flush(prepared);
    for (;;) {
      const end = this.#nextEnd();
      if (end > time || !Number.isFinite(end)) break;
      closed.push(this.#windowAt(end));
      this.#closedTo = end;
      for (const [start, pane] of this.#panes) {
        if (start + this.#width > end) continue;
        this.#panes.delete(start);
        pane.clear();
        this.#spare = pane;
      }
    }
    if (Number.isFinite(time)) this.#closedTo = Math.max(this.#closedTo, Math.floor(time / this.#step) * this.#step);
  }

  /** The end of the next window that has records; Infinity where none has. */
  #nextEnd(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const start of this.#panes.keys()) {
      const first = Math.max(start + this.#step, Number.isFinite(this.#closedTo) ? this.#closedTo + this.#step : start + this.#step);
      if (first <= start + this.#width) next = Math.min(next, first);
    }
    return next;
  }

  #windowAt(end: number): ClosedWindow {
    const start = end - this.#width;
    const starts = [...this.#panes.keys()].filter((at) => at >= start && at < end).sort((a, b) => a - b);
    const frame = { source: this.source, kind: this.kind, start, end, late: this.#late, early: this.#early };
    this.#late = this.#early = 0;
    this.#given = true;
    const only = this.#panes.get(starts[0]);
    if (this.#width === this.#step && only !== undefined) return only.close(frame);
    const whole = new Pane(this.#plan, this.#keys);
    for (const at of starts) {
      const pane = this.#panes.get(at);
      if (pane !== undefined) whole.merge(pane);
    }
    return whole.close(frame);
  }
}
