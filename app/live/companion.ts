import type { LiveTransaction } from '../case/live-types.ts';
import type { LiveStatus, LiveWindowRules } from '../contract/live.ts';
import type { Alerting } from './alerting.ts';
import type { Companion } from './engine/engine.ts';
import type { RecordBatch } from './types.ts';
import { packWindow } from './windows/pack-window.ts';
import type { ClosedWindow } from './windows/types.ts';
import { WindowAggregator } from './windows/window-aggregator.ts';

/** Keys of each dimension that are kept of a closed window. */
const KEPT_KEYS = 100;

export interface CompanionOptions {
  readonly rules: () => LiveWindowRules;
  readonly state: (key: string) => Uint8Array | null;
  readonly alerting: Alerting;
}

/**
 * Cuts what comes in into windows, by source and kind, and hands those that are closed to the detectors. What is open is written with every commit,
 * so that it goes on where it was.
 */
export class LiveCompanion implements Companion {
  readonly #options: CompanionOptions;
  readonly #aggregators = new Map<string, WindowAggregator>();
  /** Of the commit under way. */
  #touched = new Set<string>();
  #closed: ClosedWindow[] = [];

  constructor(options: CompanionOptions) {
    this.#options = options;
  }

  get status(): Pick<LiveStatus, 'alerts' | 'learning'> {
    return this.#options.alerting.status;
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
    this.#options.alerting.settle(transaction, this.#closed);
    for (const key of this.#touched) transaction.state(key, this.#aggregators.get(key)?.save() ?? null);
  }

  committed(): void {
    this.#forget();
    this.#options.alerting.committed();
  }

  rolledBack(): void {
    // as they were written last
    for (const key of this.#touched) this.#aggregators.delete(key);
    this.#forget();
    this.#options.alerting.rolledBack();
  }

  /** Windows are cut otherwise from now on; between two commits, when everything is written. */
  renew(): void {
    this.#aggregators.clear();
  }

  #forget(): void {
    this.#closed = [];
    this.#touched.clear();
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
