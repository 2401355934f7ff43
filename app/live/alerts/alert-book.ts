import { createHash } from 'node:crypto';
import { severities, type Severity } from '../../contract/records.ts';
import type { AlertMessage, AlertRules, AlertSent, LiveAlert, NewAlert } from '../../contract/live-alerts.ts';
import type { ClosedWindow } from '../windows/types.ts';
import { isQuiet } from './quiet-time.ts';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
/** Alerts that stand in a digest; more are counted. */
const DIGEST = 50;
/** Subjects whose last alert is remembered, so that it is not sent again at once. */
const MOST_RECENT = 10_000;

export interface BookFrame {
  readonly case: string;
  readonly program: string;
}

/** What a window changed. `changed`: alerts that were raised, went on or are over, as they stand now. */
export interface BookChange {
  readonly changed: readonly LiveAlert[];
  readonly messages: readonly AlertMessage[];
}

interface Recent {
  /** Event time until which it is not sent again, and for how many seconds after the next. */
  until: number;
  again: number;
}

/**
 * Which alerts are open, and which go out. One open alert for each detector and subject: later windows go on with it, count and peak are kept, and
 * it is over after some quiet windows. Time is event time throughout: the same windows give the same alerts with the same ids.
 */
export class AlertBook {
  readonly #frame: BookFrame;
  #open = new Map<string, LiveAlert>();
  #recent = new Map<string, Recent>();
  #held: LiveAlert[] = [];
  /** Event times of what went out within the last hour. */
  #times: number[] = [];

  constructor(frame: BookFrame) {
    this.#frame = frame;
  }

  get open(): readonly LiveAlert[] {
    return [...this.#open.values()];
  }

  /** What detectors said of a window, which may be nothing: alerts end, and a digest falls due, by the windows that pass. */
  observe(window: Pick<ClosedWindow, 'source' | 'kind' | 'start' | 'end'>, found: readonly NewAlert[], rules: AlertRules): BookChange {
    const changed: LiveAlert[] = [];
    const messages: AlertMessage[] = [];
    for (const alert of found) {
      const { now, out } = this.#take(alert, rules);
      changed.push(now);
      if (out) messages.push(this.#message('alert', [now], 0));
    }
    changed.push(...this.#closeQuiet(window, rules));
    if (this.#held.length > 0 && !isQuiet(window.end, rules.quiet)) {
      messages.push(this.#message('digest', this.#held.slice(0, DIGEST), Math.max(0, this.#held.length - DIGEST)));
      this.#held = [];
    }
    return { changed, messages };
  }

  /** Plain data for JSON. */
  save(): unknown {
    return { open: [...this.#open], recent: [...this.#recent], held: this.#held, times: this.#times };
  }

  /** What `save` gave; written by this program into its own case, and trusted. */
  restore(saved: unknown): void {
    const state = saved as {
      readonly open: [string, LiveAlert][];
      readonly recent: [string, Recent][];
      readonly held: LiveAlert[];
      readonly times: number[];
    };
    this.#open = new Map(state.open);
    this.#recent = new Map(state.recent);
    this.#held = [...state.held];
    this.#times = [...state.times];
  }

  #take(alert: NewAlert, rules: AlertRules): { readonly now: LiveAlert; readonly out: boolean } {
    const key = keyOf(alert);
    const before = this.#open.get(key);
    if (before === undefined) {
      const { start, end } = alert.window;
      const frame = { id: idOf(key, start), state: 'open', first: start, last: end, windows: 1, raised: end } as const;
      const sent = this.#decide(key, alert, end, rules);
      const now: LiveAlert = { ...alert, ...frame, sent };
      return this.#keep(key, now, end);
    }
    const peak = alert.score > before.score ? alert : before;
    const { id, state, first, raised } = before;
    const frame = { id, state, first, raised, windows: before.windows + 1, last: Math.max(before.last, alert.window.end) };
    const severity = severer(before.severity, alert.severity);
    const records = before.records + alert.records;
    // what was too slight goes out when it has become worse
    const worse = before.sent === 'below' && reaches(severity, rules.severity);
    const sent = worse ? this.#decide(key, { ...alert, severity }, alert.window.end, rules) : before.sent;
    const now: LiveAlert = { ...peak, ...frame, severity, records, sent };
    if (worse) return this.#keep(key, now, alert.window.end);
    this.#open.set(key, now);
    return { now, out: false };
  }

  #keep(key: string, now: LiveAlert, time: number): { readonly now: LiveAlert; readonly out: boolean } {
    this.#open.set(key, now);
    if (now.sent === 'held') this.#held.push(now);
    if (now.sent === 'sent') this.#times.push(time);
    return { now, out: now.sent === 'sent' };
  }

  #decide(key: string, { severity }: NewAlert, time: number, rules: AlertRules): AlertSent {
    if (!reaches(severity, rules.severity)) return 'below';
    const recent = this.#recent.get(key);
    if (recent !== undefined && time <= recent.until) {
      recent.again = Math.min(recent.again * 2, DAY / SECOND);
      return 'again';
    }
    this.#recent.delete(key);
    if (isQuiet(time, rules.quiet)) return 'held';
    this.#times = this.#times.filter((at) => at > time - HOUR);
    return this.#times.length >= rules.perHour ? 'limited' : 'sent';
  }

  #closeQuiet({ source, kind, start, end }: Pick<ClosedWindow, 'source' | 'kind' | 'start' | 'end'>, rules: AlertRules): LiveAlert[] {
    const closed: LiveAlert[] = [];
    for (const [key, alert] of this.#open) {
      if (alert.source !== source || alert.kind !== kind || end - alert.last < rules.quietWindows * (end - start)) continue;
      this.#open.delete(key);
      closed.push({ ...alert, state: 'closed' });
      const again = this.#recent.get(key)?.again ?? rules.again;
      this.#recent.delete(key);
      this.#recent.set(key, { until: alert.last + again * SECOND, again });
    }
    for (const [key, { until }] of this.#recent) {
      if (this.#recent.size > MOST_RECENT || until < end - DAY) this.#recent.delete(key);
    }
    return closed;
  }

  #message(type: AlertMessage['type'], alerts: readonly LiveAlert[], more: number): AlertMessage {
    const id = type === 'alert' ? alerts[0].id : idOf(alerts.map((alert) => alert.id).join(' '), more);
    return { id, type, ...this.#frame, alerts, more };
  }
}

function keyOf({ detector, source, kind, subject }: NewAlert): string {
  return JSON.stringify([detector, source, kind, subject]);
}

function idOf(key: string, start: number): string {
  return createHash('sha256').update(`${key} ${start}`).digest('hex').slice(0, 32);
}

/** Whether a severity is at least as high as the least that is wanted. */
export function reaches(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(least);
}

function severer(a: Severity, b: Severity): Severity {
  return reaches(a, b) ? a : b;
}
