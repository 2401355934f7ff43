import type { AlertRules, LiveAlert } from '../../contract/live-alerts.ts';
import { LiveDetectors } from '../detect/live-detectors.ts';
import { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import type { ClosedWindow } from '../windows/types.ts';
import { AlertBook, type BookFrame } from './alert-book.ts';
import { Outbox } from './outbox.ts';

/**
 * From closed windows to alerts and to what is to be sent: detectors, the book of alerts and the outbox as one state. Store it in the transaction that
 * stores the windows; take it back from there when that transaction fails. It does nothing by itself: `deliver` (alert-delivery.ts) empties the outbox.
 */
export class LiveAlerts {
  readonly outbox = new Outbox();
  readonly #rules: () => AlertRules;
  readonly #book: AlertBook;
  #detectors: LiveDetectors;
  #off = '';

  constructor(frame: BookFrame, rules: () => AlertRules) {
    this.#rules = rules;
    this.#book = new AlertBook(frame);
    this.#detectors = new LiveDetectors(rules().off);
    this.#off = rules().off.join(' ');
  }

  get open(): readonly LiveAlert[] {
    return this.#book.open;
  }

  /** Ids of those that wait for the end of the quiet hours; some of them are over. */
  get held(): readonly string[] {
    return this.#book.held;
  }

  get learning(): { readonly have: number; readonly need: number } {
    return this.#detectors.learning;
  }

  /** Alerts that a window raised, went on with or ended, as they stand now. Windows of a source and kind come in their order. */
  observe(window: ClosedWindow): readonly LiveAlert[] {
    const rules = this.#rules();
    this.#follow(rules);
    const { changed, messages } = this.#book.observe(window, this.#detectors.observe(window), rules);
    this.outbox.keepOnly(rules.senders);
    this.outbox.add(messages, rules.senders);
    return changed;
  }

  save(): Uint8Array {
    const out = new ByteWriter();
    const detectors = this.#detectors.save();
    out.whole(detectors.length);
    out.bytes(detectors);
    out.text(JSON.stringify({ book: this.#book.save(), outbox: this.outbox.save() }));
    return out.done();
  }

  /** @throws FlowcaseError FILE_DAMAGED */
  restore(state: Uint8Array): void {
    const bytes = new ByteReader(state, 'The saved state of alerts');
    this.#detectors.restore(bytes.bytes(bytes.count()));
    const { book, outbox } = JSON.parse(bytes.text()) as { readonly book: unknown; readonly outbox: unknown };
    bytes.end();
    this.#book.restore(book);
    this.outbox.restore(outbox);
  }

  /** Other detectors are wanted from now on; what they know stays. */
  #follow(rules: AlertRules): void {
    const off = rules.off.join(' ');
    if (off === this.#off) return;
    const state = this.#detectors.save();
    this.#detectors = new LiveDetectors(rules.off);
    this.#detectors.restore(state);
    this.#off = off;
  }
}
