import type { LiveTransaction } from '../case/live-types.ts';
import type { LiveStatus, LiveWindowRules } from '../contract/live.ts';
import type { Companion } from './engine/engine.ts';
import type { RecordBatch } from './types.ts';
import { packWindow } from './windows/pack-window.ts';
import type { ClosedWindow } from './windows/types.ts';
import { WindowAggregator } from './windows/window-aggregator.ts';

/** Keys of each dimension that are kept of a closed window. */
const KEPT_KEYS = 100;

export interface WindowsOptions {
  readonly rules: () => LiveWindowRules;
  readonly state: (key: string) => Uint8Array | null;
}

/** Cuts what comes in into windows, by source and kind. What is open is written with every commit, so that it goes on where it was. */
export class LiveWindows implements Companion {
  readonly #options: WindowsOptions;
  readonly #aggregators = new Map<string, WindowAggregator>();
  /** Of the commit under way. */
  #touched = new Set<string>();
  #closed: ClosedWindow[] = [];

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  get status(): Pick<LiveStatus, 'alerts' | 'learning'> {
    return { alerts: 0, learning: { have: 0, need: 0 } };
  }

  observe(batch: RecordBatch): void {
    const key = `windows:${batch.source}:${batch.kind}`;
    this.#touched.add(key);
    this.#closed.push(...this.#aggregator(key, batch).fold(batch));
  }

  settle(transaction: LiveTransaction): void {
    for (const window of this.#closed) {
      const { kind, start, end, whole } = window;
      const row = { source: window.source ?? 0, kind, width: end - start, start, records: whole.records };
      transaction.window({ ...row, figures: packWindow(window, KEPT_KEYS) });
    }
    for (const key of this.#touched) transaction.state(key, this.#aggregators.get(key)?.save() ?? null);
  }

  committed(): void {
    this.#closed = [];
    this.#touched.clear();
  }

  rolledBack(): void {
    // as they were written last
    for (const key of this.#touched) this.#aggregators.delete(key);
    this.committed();
  }

  #aggregator(key: string, { kind, source }: RecordBatch): WindowAggregator {
    const known = this.#aggregators.get(key);
    if (known !== undefined) return known;
    const { rules, state } = this.#options;
    const made = new WindowAggregator(kind, source, rules());
    const saved = state(key);
    if (saved !== null) made.restore(saved);
    this.#aggregators.set(key, made);
    return made;
  }
}
