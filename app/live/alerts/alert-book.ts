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

/** An alert as it stands, and what goes out because of it now. */
interface Taken {
  readonly now: LiveAlert;
  readonly message: AlertMessage | null;
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
  /** The highest severity that went out, or is held, of what is open or was a short while ago: only what is worse goes out again. */
  #told = new Map<string, Severity>();
  /** What the digest will tell, by id, as it stands now. */
  #held = new Map<string, LiveAlert>();
  /** Event times of what went out within the last hour. */
  #times: number[] = [];

  constructor(frame: BookFrame) {
    this.#frame = frame;
  }

  get open(): readonly LiveAlert[] {
    return [...this.#open.values()];
  }

  /** Ids of what the digest will tell; some of it is over. */
  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** What detectors said of a window, which may be nothing: alerts end, and a digest falls due, by the windows that pass. */
  observe(window: Pick<ClosedWindow, 'source' | 'kind' | 'start' | 'end'>, found: readonly NewAlert[], rules: AlertRules): BookChange {
    const changed = new Map<string, LiveAlert>();
    const messages: AlertMessage[] = [];
    for (const alert of found) {
      const { now, message } = this.#take(alert, rules);
      changed.set(now.id, now);
      if (message !== null) messages.push(message);
    }
    for (const alert of this.#closeQuiet(window, rules)) changed.set(alert.id, alert);
    if (this.#held.size > 0 && !isQuiet(window.end, rules.quiet)) {
      const { told, left } = this.#tellHeld();
      for (const alert of [...told, ...left]) changed.set(alert.id, alert);
      const id = idOf(told.map((alert) => `${alert.id} ${alert.severity}`).join(' '), left.length);
      messages.push({ id, type: 'digest', ...this.#frame, alerts: told, more: left.length });
    }
    return { changed: [...changed.values()], messages };
  }

  /** Plain data for JSON. */
  save(): unknown {
    return { open: [...this.#open], recent: [...this.#recent], told: [...this.#told], held: [...this.#held.values()], times: this.#times };
  }

  /** What `save` gave; written by this program into its own case, and trusted. */
  restore(saved: unknown): void {
    const state = saved as {
      readonly open: [string, LiveAlert][];
      readonly recent: [string, Recent][];
      /** Not in cases of earlier versions. */
      readonly told?: [string, Severity][];
      readonly held: LiveAlert[];
      readonly times: number[];
    };
    this.#open = new Map(state.open);
    this.#recent = new Map(state.recent);
    this.#told = new Map(state.told ?? state.open.filter(([, { sent }]) => sent === 'sent').map(([key, { severity }]) => [key, severity]));
    this.#held = new Map(state.held.map((alert) => [alert.id, alert]));
    this.#times = [...state.times];
  }

  #take(alert: NewAlert, rules: AlertRules): Taken {
    const key = keyOf(alert);
    const before = this.#open.get(key);
    if (before === undefined) {
      const { start, end } = alert.window;
      const frame = { id: idOf(key, start), state: 'open', first: start, last: end, windows: 1, raised: end } as const;
      return this.#keep(key, { ...alert, ...frame, sent: this.#decide(key, alert, end, rules) }, end, true);
    }
    const peak = alert.score > before.score ? alert : before;
    const { id, state, first, raised } = before;
    const frame = { id, state, first, raised, windows: before.windows + 1, last: Math.max(before.last, alert.window.end) };
    const severity = severer(before.severity, alert.severity);
    const records = before.records + alert.records;
    const decide = this.#isDue(key, before, severity, rules);
    const sent = decide ? this.#decide(key, { ...alert, severity }, alert.window.end, rules) : before.sent;
    return this.#keep(key, { ...peak, ...frame, severity, records, sent }, alert.window.end, decide);
  }

  /** What was too slight goes out when it has become worse, and what went out when it is worse than what was told; what is held the digest tells. */
  #isDue(key: string, before: LiveAlert, severity: Severity, rules: AlertRules): boolean {
    if (before.sent === 'held' || !reaches(severity, rules.severity)) return false;
    const told = this.#told.get(key);
    return before.sent === 'below' || severity !== before.severity || (told !== undefined && !reaches(told, severity));
  }

  /** @param decided whether it goes out was asked just now */
  #keep(key: string, now: LiveAlert, time: number, decided: boolean): Taken {
    this.#open.set(key, now);
    if (now.sent === 'held') {
      this.#held.set(now.id, now);
      this.#told.set(key, now.severity);
    }
    if (!decided || now.sent !== 'sent') return { now, message: null };
    this.#times.push(time);
    const id = this.#told.has(key) ? idOf(`${now.id} ${now.severity}`, 0) : now.id;
    this.#told.set(key, now.severity);
    return { now, message: { id, type: 'alert', ...this.#frame, alerts: [now], more: 0 } };
  }

  #decide(key: string, { severity }: NewAlert, time: number, rules: AlertRules): AlertSent {
    if (!reaches(severity, rules.severity)) return 'below';
    const recent = this.#recent.get(key);
    if (recent !== undefined && time > recent.until) {
      this.#recent.delete(key);
      if (!this.#open.has(key)) this.#told.delete(key);
    }
    const told = this.#told.get(key);
    if (told !== undefined && reaches(told, severity)) {
      if (recent !== undefined) recent.again = Math.min(recent.again * 2, DAY / SECOND);
      return 'again';
    }
    if (isQuiet(time, rules.quiet)) return 'held';
    this.#times = this.#times.filter((at) => at > time - HOUR);
    return this.#times.length >= rules.perHour ? 'limited' : 'sent';
  }

  /** Those of the quiet hours as they stand, the most severe of them, and those that no digest holds; all of them as dealt with from now on. */
  #tellHeld(): { readonly told: readonly LiveAlert[]; readonly left: readonly LiveAlert[] } {
    const worst = [...this.#held.values()].sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
    const settled = worst.map((alert, i): LiveAlert => ({ ...alert, sent: i < DIGEST ? 'sent' : 'limited' }));
    for (const alert of settled) {
      const key = keyOf(alert);
      if (this.#open.get(key)?.id === alert.id) this.#open.set(key, alert);
    }
    this.#held.clear();
    return { told: settled.slice(0, DIGEST), left: settled.slice(DIGEST) };
  }

  #closeQuiet({ source, kind, start, end }: Pick<ClosedWindow, 'source' | 'kind' | 'start' | 'end'>, rules: AlertRules): LiveAlert[] {
    const closed: LiveAlert[] = [];
    for (const [key, alert] of this.#open) {
      if (alert.source !== source || alert.kind !== kind || end - alert.last < rules.quietWindows * (end - start)) continue;
      this.#open.delete(key);
      const over: LiveAlert = { ...alert, state: 'closed' };
      closed.push(over);
      if (this.#held.has(over.id)) this.#held.set(over.id, over);
      const again = this.#recent.get(key)?.again ?? rules.again;
      this.#recent.delete(key);
      this.#recent.set(key, { until: alert.last + again * SECOND, again });
    }
    for (const [key, { until }] of this.#recent) {
      if (this.#recent.size <= MOST_RECENT && until >= end - DAY) continue;
      this.#recent.delete(key);
      if (!this.#open.has(key)) this.#told.delete(key);
    }
    return closed;
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
