import type { LiveFinding, LiveStore, LiveTransaction } from '../case/live-types.ts';
import type { AlertRules, KeptAlert, LiveAlert, LiveStatus } from '../contract.ts';
import { FlowcaseError } from '../errors.ts';
import { deliver } from './alerts/alert-delivery.ts';
import { LiveAlerts } from './alerts/live-alerts.ts';
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

  constructor(options: AlertingOptions) {
    this.#options = options;
    this.#alerts = this.#load();
  }

  get status(): Pick<LiveStatus, 'alerts' | 'learning'> {
    return { alerts: this.#alerts.open.length, learning: this.#alerts.learning };
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
    this.#touched = false;
    for (const alert of this.#changed.splice(0)) this.#options.tell(alert);
    this.raise();
  }

  rolledBack(): void {
    this.#changed = [];
    if (this.#touched) this.#alerts = this.#load();
    this.#touched = false;
  }

  /** Gives alerts that have none their findings. */
  raise(): void {
    const { live, matching, tell } = this.#options;
    if (this.#pending.size === 0 || live.busy) return;
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

  /** Tries what waits to be sent; what arrived is out of the case's outbox when this resolves. */
  async deliver(now: number, stopped: AbortSignal): Promise<void> {
    const { live, means, rules } = this.#options;
    const { outbox } = this.#alerts;
    if (this.#delivering || outbox.due(now).length === 0) return;
    this.#delivering = true;
    try {
      const { changed } = await deliver(outbox, sendersOf(rules().senders, means), now, stopped);
      // an import is under way: what was sent goes once more, with the same id
      if (changed && !live.busy) live.commit((transaction) => transaction.state(keys.alerts, this.#alerts.save()));
    } finally {
      this.#delivering = false;
    }
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
