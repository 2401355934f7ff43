import type { LiveWindow, RecordKind } from '../../../app/contract.ts';
import { WindowRing } from './live-windows.ts';
import { isNumber, readSetting, writeSetting } from './settings.ts';
import { app, invoke } from './state.svelte.ts';

/** Spans that the picture of windows can show, in hours. */
export const windowHours: readonly number[] = [1, 4, 24];

/** Bars that a picture can show, and windows that are kept of a kind. */
const most = 1500;
/** Windows whose keys are asked for. */
const withKeys = 12;
/** Keys of a dimension that are asked for: a key that leads none of the windows may still lead them all. */
const keysOf = 25;

/** The closed windows of the kind that is looked at; asked for as they close, once every two seconds at most. */
export class LiveWindows {
  readonly #ring = new WindowRing(most);
  #kind: RecordKind | null = null;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  /** The earliest first. */
  list = $state.raw<readonly LiveWindow[]>([]);
  #hours = $state(readSetting('live.hours', 4, isNumber));

  get hours(): number {
    return this.#hours;
  }
  set hours(value: number) {
    this.#hours = value;
    writeSetting('live.hours', value);
    this.#begin();
  }

  /** Microseconds that the picture shows. */
  get span(): number {
    return this.#hours * 3600e6;
  }

  /** Looks at windows of a kind; the answer stops it. */
  follow(kind: RecordKind): () => void {
    this.#kind = kind;
    this.#begin();
    return () => {
      this.#kind = null;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #begin(): void {
    this.#asked++;
    this.#ring.clear();
    this.#busy = false;
    void this.#read();
  }

  /** Something came: windows may have closed. */
  soon(): void {
    if (this.#kind === null) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#read();
    }, 2000);
  }

  async #read(): Promise<void> {
    const kind = this.#kind;
    if (kind === null || this.#busy || app.case === null) return;
    this.#busy = true;
    const mine = this.#asked;
    const { from } = this.#ring;
    try {
      const found = await (from === undefined ? this.#first(kind) : invoke('live.windows', { kind, from, limit: most, top: keysOf }));
      if (mine === this.#asked && this.#ring.take(found)) this.#show();
    } catch {
      // The status of what is watched says what is wrong, and the next second asks again.
    }
    if (mine === this.#asked) this.#busy = false;
  }

  /** All that the picture shows, with keys for the latest of them alone. */
  async #first(kind: RecordKind): Promise<readonly LiveWindow[]> {
    const latest = await invoke('live.windows', { kind, limit: withKeys, top: keysOf });
    const [first, last] = [latest[0], latest.at(-1)];
    if (first === undefined || last === undefined || latest.length < withKeys) return latest;
    const from = last.start + last.width - this.span;
    const before = first.start > from ? await invoke('live.windows', { kind, from, to: first.start - 1, limit: most, top: 0 }) : [];
    return [...before.filter(({ start }) => start < first.start), ...latest];
  }

  #show(): void {
    const { windows } = this.#ring;
    const last = windows.at(-1);
    const from = last === undefined ? 0 : last.start + last.width - this.span;
    this.list = windows.filter(({ start }) => start >= from);
  }
}
