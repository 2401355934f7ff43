import type { LiveFinding, LiveStore, LiveTransaction } from '../case/live-types.ts';
import type { AlertRules, KeptAlert, LiveAlert, LiveStatus } from '../contract.ts';
import { FlowcaseError, toErrorShape } from '../errors.ts';
import { deliver } from './alerts/alert-delivery.ts';
import { LiveAlerts } from './alerts/live-alerts.ts';
import type { Outgoing } from './alerts/outbox.ts';
import { sendersOf, type SenderMeans } from './alerts/senders.ts';
import type { ClosedWindow } from './windows/types.ts';

const keys = { alerts: 'alerts', pending: 'pending' } as const;

export interface AlertingOptions {
  readonly live: LiveStore;
  readonly rules: () => AlertRules;
  /** Name of the case, and "Flowcase 0.1.0", for what goes out. */
  readonly frame: { readonly case: string; readonly program: string };
  /** Records that a filter lets through, as the case stands; ascending, and not more than are worth naming. */
  readonly matching: (kind: string, filter: string) => Float64Array;
  readonly tell: (alert: KeptAlert) => void;
  readonly means: SenderMeans;
}

/**
 * What stands out in closed windows becomes alerts and findings, and goes out. What detectors know, which alerts are open and what waits to be sent is
 * written in the commit of the records that it is about. A new alert gets its finding, with its records, in a commit right behind it: until then it
 * is kept as pending, so that a crash in between loses nothing.
 */
export class Alerting {
  readonly #options: AlertingOptions;
  #alerts: LiveAlerts;
  /** Alerts without a finding yet, by id. */
  #pending = new Map<string, LiveAlert>();
  /** Numbers in the case of alerts that may still go on, or be told in a digest, by id. */
  readonly #numbers = new Map<string, { readonly number: number; readonly finding: number }>();
  #changed: KeptAlert[] = [];
  #touched = false;
  #delivering = false;
  /** What became of messages since the outbox was written last: what is taken up from the case again does not go out again. */
  #outcomes: { readonly of: Outgoing; readonly now: Outgoing | null }[] = [];
  #held = '';

  constructor(options: AlertingOptions) {
    this.#options = options;
    this.#alerts = this.#load();
  }

  get status(): Pick<LiveStatus, 'alerts' | 'learning'> {
    return { alerts: this.#alerts.open.length, learning: this.#alerts.learning };
  }

  /** Why alerts are not written, or ""; it is tried again with `raise` and `deliver`. */
  get held(): string {
    return this.#held;
  }

  /** Something is still to be written, whether or not anything comes. */
  get waits(): boolean {
    return this.#pending.size > 0 || this.#outcomes.length > 0;
  }

  /** Looks at windows that were closed, in the commit that stores them. */
  settle(transaction: LiveTransaction, closed: readonly ClosedWindow[]): void {
    if (closed.length === 0) return;
    this.#touched = true;
    for (const window of closed) for (const alert of this.#alerts.observe(window)) this.#take(transaction, alert);
    transaction.state(keys.alerts, this.#alerts.save());
    this.#savePending(transaction, [...this.#pending.values()]);
  }

  /** The commit held. */
  committed(): void {
    if (this.#touched) this.#outcomes = [];
    this.#touched = false;
    for (const alert of this.#changed.splice(0)) this.#options.tell(alert);
    this.raise();
  }

  rolledBack(): void {
    this.#changed = [];
    if (this.#touched) this.#alerts = this.#load();
    this.#touched = false;
  }

  /** Gives alerts that have none their findings. What cannot be written now stays pending, and `held` says why. */
  raise(): void {
    if (this.#pending.size > 0 && !this.#options.live.busy) this.#try(() => this.#raise());
  }

  #raise(): void {
    const { live, matching, tell } = this.#options;
    const alerts = [...this.#pending.values()];
    const raised = live.commit((transaction) => {
      const kept = alerts.map((alert): KeptAlert => {
        const { id: number, finding } = transaction.raise(alert.id, findingOf(alert), matching(alert.kind, alert.filter), alert);
        if (alert.state === 'closed') transaction.updateAlert(number, { open: false, data: alert });
        return { ...alert, number, finding };
      });
      this.#savePending(transaction, []);
      return kept;
    });
    this.#pending.clear();
    for (const alert of raised) {
      const { id, number, finding } = alert;
      if (mayChange(alert)) this.#numbers.set(id, { number, finding });
      tell(alert);
    }
  }

  /**
   * Tries what waits to be sent; never throws. What arrived is out of the case's outbox as soon as the case can be written; until then it is known here,
   * and goes out again with the same id only where Flowcase ends before.
   */
  async deliver(now: number, stopped: AbortSignal): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      const { outbox } = this.#alerts;
      const due = outbox.due(now);
      if (due.length > 0) await deliver(outbox, sendersOf(this.#options.rules().senders, this.#options.means), now, stopped);
      for (const of of due) this.#happened(of, outbox.standing(of));
      if (this.#outcomes.length > 0 && !this.#options.live.busy) this.#try(() => this.#saveOutcomes());
    } catch (error) {
      this.#holds(error);
    } finally {
      this.#delivering = false;
    }
  }

  #happened(of: Outgoing, now: Outgoing | null): void {
    if (now === of) return;
    this.#outcomes.push({ of, now });
    // a commit that failed meanwhile took the alerts up anew
    this.#alerts.outbox.settle(of, now);
  }

  #saveOutcomes(): void {
    this.#options.live.commit((transaction) => transaction.state(keys.alerts, this.#alerts.save()));
    this.#outcomes = [];
  }

  #try(work: () => void): void {
    try {
      work();
      this.#held = '';
    } catch (error) {
      this.#holds(error);
    }
  }

  #holds(error: unknown): void {
    this.#held = `alerts wait: ${toErrorShape(error).message}`;
  }

  #take(transaction: LiveTransaction, alert: LiveAlert): void {
    const known = this.#numbers.get(alert.id);
    if (known === undefined) {
      this.#pending.set(alert.id, alert);
      return;
    }
    transaction.updateAlert(known.number, { open: alert.state === 'open', data: alert });
    this.#changed.push({ ...alert, ...known });
    if (!mayChange(alert)) this.#numbers.delete(alert.id);
  }

  #savePending(transaction: LiveTransaction, pending: readonly LiveAlert[]): void {
    transaction.state(keys.pending, pending.length === 0 ? null : Buffer.from(JSON.stringify(pending)));
  }

  /** Everything as it was written last. */
  #load(): LiveAlerts {
    const { live, frame, rules } = this.#options;
    const alerts = new LiveAlerts(frame, rules);
    const saved = live.state(keys.alerts);
    if (saved !== null) alerts.restore(saved);
    const pending = live.state(keys.pending);
    const waiting = pending === null ? [] : (JSON.parse(Buffer.from(pending).toString()) as LiveAlert[]);
    this.#pending = new Map(waiting.map((alert) => [alert.id, alert]));
    for (const { of, now } of this.#outcomes) alerts.outbox.settle(of, now);
    this.#number(alerts);
    return alerts;
  }

  #number(alerts: LiveAlerts): void {
    const { live } = this.#options;
    const open = new Set(alerts.open.map(({ id }) => id));
    const held = new Set(alerts.held.filter((id) => !open.has(id)));
    const kept = [...live.alerts(true), ...(held.size === 0 ? [] : live.alerts(false).filter(({ key }) => held.has(key)))];
    this.#numbers.clear();
    for (const { id, finding, key } of kept) this.#numbers.set(key, { number: id, finding });
  }
}

/** It goes on, or the digest will have told it. */
function mayChange({ state, sent }: LiveAlert): boolean {
  return state === 'open' || sent === 'held';
}

/** What an alert says as a finding: of the window with the highest score. */
export function findingOf(alert: LiveAlert): LiveFinding {
  const of = alert.kind === 'request' ? 'requests' : 'connections';
  const { title, subject, host, score, severity, why, doubt } = alert;
  return { kind: `live-${alert.detector}`, title, subject, host, score, severity, why, doubt, of };
}

/** Records of a finding: what no filter can find is no reason to lose the alert. */
export function matchingOrNone(find: () => Float64Array): Float64Array {
  try {
    return find();
  } catch (error) {
    if (error instanceof FlowcaseError) return new Float64Array();
    throw error;
  }
}
