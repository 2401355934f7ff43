import type { AlertMessage, AlertSenderSettings } from '../../contract/live-alerts.ts';
import { reaches } from './alert-book.ts';

/** Messages that wait for one sender; beyond them the newest are not queued (their alerts stand in the case). */
const MOST = 10_000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 3_600_000;

/** A message on its way by one sender. `due`: milliseconds of the clock on the wall. */
export interface Outgoing {
  readonly sender: string;
  readonly message: AlertMessage;
  readonly tries: number;
  readonly due: number;
  /** Why it did not arrive the last time; "" before the first. */
  readonly error: string;
}

/**
 * What is still to be brought out. It is stored in the transaction that raised the alerts and taken out after it has arrived: each message arrives at
 * least once, with an id by which a receiver drops what it has. Pure state: who sends stands in alert-delivery.ts.
 */
export class Outbox {
  #waiting: Outgoing[] = [];
  /** Messages that were not queued because too many waited. */
  #left = 0;

  get waiting(): readonly Outgoing[] {
    return this.#waiting;
  }

  get left(): number {
    return this.#left;
  }

  /** Puts messages in for every sender that takes their severity. Returns whether anything was put in. */
  add(messages: readonly AlertMessage[], senders: readonly AlertSenderSettings[]): boolean {
    const before = this.#waiting.length;
    for (const { id, severity } of senders) {
      for (const message of messages) {
        const alerts = severity === undefined ? message.alerts : message.alerts.filter((alert) => reaches(alert.severity, severity));
        if (alerts.length === 0) continue;
        if (this.#waiting.filter(({ sender }) => sender === id).length >= MOST) this.#left++;
        else this.#waiting.push({ sender: id, message: { ...message, alerts }, tries: 0, due: 0, error: '' });
      }
    }
    return this.#waiting.length > before;
  }

  /** The first message of each sender, where it is due: a sender's messages keep their order, and one that is away holds up no other. */
  due(now: number): readonly Outgoing[] {
    const first = new Map<string, Outgoing>();
    for (const one of this.#waiting) if (!first.has(one.sender)) first.set(one.sender, one);
    return [...first.values()].filter(({ due }) => due <= now);
  }

  /** When the next one is due; null without any. */
  nextDue(): number | null {
    const first = new Map<string, number>();
    for (const { sender, due } of this.#waiting) if (!first.has(sender)) first.set(sender, due);
    return first.size === 0 ? null : Math.min(...first.values());
  }

  arrived(one: Outgoing): void {
    this.#waiting = this.#waiting.filter((other) => other !== one);
  }

  /** It is tried again after 1 s, 2 s, 4 s and so on, an hour at most. */
  failed(one: Outgoing, now: number, error: string): void {
    const tries = one.tries + 1;
    const later = { ...one, tries, error, due: now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(30, tries - 1)) };
    this.#waiting = this.#waiting.map((other) => (other === one ? later : other));
  }

  /** Whether a message still waits, and as what; null where it does not. */
  standing({ sender, message }: Outgoing): Outgoing | null {
    return this.#waiting.find((one) => one.sender === sender && one.message.id === message.id) ?? null;
  }

  /** What became of a message that an older state still has: `now` takes its place, or nothing where it arrived. */
  settle({ sender, message }: Outgoing, now: Outgoing | null): void {
    this.#waiting = this.#waiting.flatMap((one) => {
      if (one.sender !== sender || one.message.id !== message.id) return [one];
      return now === null ? [] : [now];
    });
  }

  /** Messages of senders that a person took away go with them. */
  keepOnly(senders: readonly AlertSenderSettings[]): void {
    const known = new Set(senders.map(({ id }) => id));
    this.#waiting = this.#waiting.filter(({ sender }) => known.has(sender));
  }

  /** Plain data for JSON. */
  save(): unknown {
    return { waiting: this.#waiting, left: this.#left };
  }

  /** What `save` gave. */
  restore(saved: unknown): void {
    const { waiting, left } = saved as { readonly waiting: Outgoing[]; readonly left: number };
    this.#waiting = [...waiting];
    this.#left = left;
  }
}
