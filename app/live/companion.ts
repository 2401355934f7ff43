import type { LiveStore, LiveTransaction } from '../case/live-types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { LiveStatus, LiveWindowRules } from '../contract/live.ts';
import type { Alerting } from './alerting.ts';
import type { Companion } from './engine/engine.ts';
import { noneLost, type LostRecords } from './engine/lost-records.ts';
import type { RecordBatch } from './types.ts';
import { refold } from './windows/fold-table.ts';
import { mergeWindows } from './windows/merge-windows.ts';
import { packWindow, unpackWindow } from './windows/pack-window.ts';
import type { ClosedWindow } from './windows/types.ts';
import { WindowAggregator } from './windows/window-aggregator.ts';

/** Keys of each dimension that are kept of a closed window. */
const KEPT_KEYS = 100;
/** Windows that are open are written this often (milliseconds). */
const SAVE_MS = 3000;

export interface CompanionOptions {
  readonly rules: () => LiveWindowRules;
  readonly live: Pick<LiveStore, 'state' | 'commit' | 'busy' | 'windows'>;
  /** Records of a kind as they are committed. */
  readonly table: (kind: RecordKind) => RecordTable;
  /** Numbers of the evidence that a source gave. */
  readonly evidenceOf: (source: number) => ReadonlySet<number>;
  readonly alerting: Alerting;
  /** Milliseconds of a clock that never goes back; that of the machine unless told. */
  readonly now?: () => number;
}

/**
 * Cuts what comes in into windows, by source and kind, and hands those that are closed to the detectors. What is open is written every few seconds: it may
 * have megabytes. Whoever takes it up again, after a restart or a commit that failed, folds the records of the case that came since, and is where it was.
 */
export class LiveCompanion implements Companion {
  readonly #options: CompanionOptions;
  readonly #aggregators = new Map<string, WindowAggregator>();
  /** Have records that their saved state has not. */
  readonly #unsaved = new Set<string>();
  readonly #now: () => number;
  #savedAt: number;
  /** Of the commit under way. */
  #touched = new Set<string>();
  /** Without a saved state to go on from: it is written with their first records. */
  #begun = new Set<string>();
  #saving: readonly string[] = [];
  #closed: ClosedWindow[] = [];
  /** By source, since this began. */
  readonly #lost = new Map<number, LostRecords>();

  constructor(options: CompanionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#savedAt = this.#now();
  }

  get status(): Pick<LiveStatus, 'alerts' | 'learning'> {
    return this.#options.alerting.status;
  }

  get held(): string {
    return this.#options.alerting.held;
  }

  lost(source: number): LostRecords {
    return this.#lost.get(source) ?? noneLost;
  }

  observe(batch: RecordBatch): void {
    const key = `${prefixOf(batch.source)}${batch.kind}`;
    this.#touched.add(key);
    this.#closed.push(...this.#aggregator(key, batch).fold(batch));
  }

  settle(transaction: LiveTransaction): void {
    for (const part of this.#closed) {
      const window = this.#withFirstPart(part);
      const { kind, start, end, whole } = window;
      const row = { source: window.source ?? 0, kind, width: end - start, start, records: whole.records };
      transaction.window({ ...row, figures: packWindow(window, KEPT_KEYS) });
    }
    this.#options.alerting.settle(transaction, this.#closed);
    const due = this.#now() - this.#savedAt >= SAVE_MS;
    this.#saving = due ? [...new Set([...this.#unsaved, ...this.#touched])] : [...this.#begun];
    this.#save(transaction, this.#saving);
  }

  committed(): void {
    for (const key of this.#touched) {
      this.#unsaved.add(key);
      this.#count(this.#aggregators.get(key));
    }
    this.#saved(this.#saving);
    this.#forget();
    this.#options.alerting.committed();
  }

  rolledBack(): void {
    // they are taken up again from what is committed
    for (const key of this.#touched) this.#drop(key);
    this.#forget();
    this.#options.alerting.rolledBack();
  }

  /** Writes what is open, between two commits: before records go that it has and its saved state has not. Not while a file is imported. */
  save(): void {
    const { live } = this.#options;
    if (this.#unsaved.size === 0 || live.busy) return;
    const keys = [...this.#unsaved];
    live.commit((transaction) => this.#save(transaction, keys));
    this.#saved(keys);
  }

  /** Windows are cut otherwise from now on; between two commits. */
  renew(): void {
    this.#aggregators.clear();
    this.#unsaved.clear();
  }

  /** Nothing more comes from a source. */
  remove(source: number): void {
    for (const key of this.#aggregators.keys()) if (key.startsWith(prefixOf(source))) this.#drop(key);
  }

  #count(aggregator: WindowAggregator | undefined): void {
    const source = aggregator?.source ?? null;
    if (aggregator === undefined || source === null) return;
    const { late, early, backs } = aggregator.takeLost();
    const before = this.lost(source);
    if (late + early + backs > 0)
      this.#lost.set(source, { late: before.late + late, early: before.early + early, backs: before.backs + backs });
  }

  /** Time that went back gives windows a second time, with other records. */
  #withFirstPart(window: ClosedWindow): ClosedWindow {
    const { kind, start, end } = window;
    const stored = this.#options.live.windows(kind, end - start, start, start + 1).find(({ source }) => source === window.source);
    return stored === undefined ? window : mergeWindows([unpackWindow(stored.figures), window], start, end);
  }

  #save(transaction: LiveTransaction, keys: readonly string[]): void {
    for (const key of keys) transaction.state(key, this.#aggregators.get(key)?.save() ?? null);
  }

  #saved(keys: readonly string[]): void {
    for (const key of keys) this.#unsaved.delete(key);
    if (this.#unsaved.size === 0) this.#savedAt = this.#now();
  }

  #drop(key: string): void {
    this.#aggregators.delete(key);
    this.#unsaved.delete(key);
  }

  #forget(): void {
    this.#closed = [];
    this.#saving = [];
    this.#touched.clear();
    this.#begun.clear();
  }

  #aggregator(key: string, { kind, source }: RecordBatch): WindowAggregator {
    const known = this.#aggregators.get(key);
    if (known !== undefined) return known;
    const { rules, live, table, evidenceOf } = this.#options;
    const made = new WindowAggregator(kind, source, rules());
    const saved = live.state(key);
    // the windows that this closes were stored with their records
    if (saved !== null && made.restore(saved)) {
      refold(made, table(kind), evidenceOf(source));
      // counted with their commits
      made.takeLost();
    } else this.#begun.add(key);
    this.#aggregators.set(key, made);
    return made;
  }
}

function prefixOf(source: number): string {
  return `windows:${source}:`;
}
