/** What is watched, as the window knows it: the latest status, the rates of the last minutes, and the alerts. Flat in memory, however long it runs. */
import { severities } from '../../../app/contract/records.ts';
import type { KeptAlert, LiveSourceStatus, LiveStatus } from '../../../app/contract.ts';
import { toErrorShape, type ErrorShape } from '../../../app/errors.ts';
import { done } from './acts.svelte.ts';
import { plural, visible } from './format.ts';
import { noAlerts, olderThanPage, withAlerts } from './live-alerts.ts';
import { tellSystem } from './live-notices.ts';
import { RateRing } from './live-rates.ts';
import { sourceName } from './live-words.ts';
import { app, barWriting, call, go, invoke, mayWrite, select } from './state.svelte.ts';
import { dismissToast, toast } from './toasts.svelte.ts';

/** Seconds that the chart of rates can show. */
export const rateSeconds = 600;
/** Alerts that are asked for at once, and the most that are kept here; the case has them all. */
const pageOfAlerts = 2000;
export const mostAlerts = 32_000;

class Live {
  /** Null until the core has answered. */
  status = $state.raw<LiveStatus | null>(null);
  /** What is drawn: stands still while the person has paused the display. */
  shown = $state.raw<LiveStatus | null>(null);
  /** Why the core does not say what is watched. */
  error = $state.raw<ErrorShape | null>(null);
  /** The display stands still; what is watched is watched on. */
  paused = $state(false);
  /** Counts up with every status that is shown: depend on it to draw `rates`. */
  ticks = $state(0);
  alertList = $state.raw(noAlerts);
  /** How many of them are kept here. */
  most = $state(pageOfAlerts);
  readonly rates = new RateRing(rateSeconds);

  get sources(): readonly LiveSourceStatus[] {
    return this.shown?.sources ?? [];
  }

  /** Open ones first, the latest first in both halves. */
  get alerts(): readonly KeptAlert[] {
    return this.alertList.alerts;
  }
}
export const live = new Live();

/** Takes a status in, as the core tells it. */
export function takeLive(status: LiveStatus): void {
  live.error = null;
  live.status = status;
  live.rates.take(status.at, status.rates);
  if (!live.paused) show();
}

function show(): void {
  live.shown = live.status;
  live.ticks++;
}

/** Stops the display where it is, or lets it go on with what is now. */
export function pauseDisplay(paused: boolean = !live.paused): void {
  live.paused = paused;
  if (!paused) show();
}

/** The alerts that the case keeps have been read. */
let listed = false;
let news: KeptAlert[] = [];
let listing: ReturnType<typeof setTimeout> | undefined;
/** What is said of alerts at the bottom right, while it is there: more of them are said in its place. */
const said = { toast: 0, until: 0, alerts: new Array<KeptAlert>() };

/** Takes an alert in; many that come at once are put into the list together. */
export function takeAlert(alert: KeptAlert): void {
  news.push(alert);
  listing ??= setTimeout(takeNews, 150);
}

function takeNews(): void {
  const all = news;
  [news, listing] = [[], undefined];
  if (app.case === null) return;
  const known = new Set(live.alerts.map(({ number }) => number));
  live.alertList = withAlerts(live.alertList, all, live.most);
  // Before it is known what was open already, nobody can say what is new.
  const raised = listed ? all.filter((one) => !known.has(one.number) && one.state === 'open' && one.sent === 'sent') : [];
  if (raised.length > 0) tell(raised);
}

/** Says that alerts were raised: the worst of them by name. */
function tell(raised: readonly KeptAlert[]): void {
  const now = Date.now();
  said.alerts = [...(now < said.until ? said.alerts : []), ...raised].slice(-mostAlerts);
  const worst = said.alerts.reduce((a, b) => (severities.indexOf(b.severity) > severities.indexOf(a.severity) ? b : a));
  const one = `${visible(worst.title)}: ${visible(worst.subject)} (${worst.severity})`;
  const message = said.alerts.length === 1 ? one : `${plural(said.alerts.length, 'alert')}, the worst: ${one}`;
  const open = (): void => showAlert(worst.number);
  dismissToast(said.toast);
  said.toast = toast(message, { action: { label: 'Show', run: open } });
  said.until = now + 8000;
  tellSystem(message, visible(worst.why), open);
}

/** Shows an alert among the others. */
export function showAlert(number: number): void {
  go('live', 'alerts');
  select({ type: 'alert', alert: number });
}

/** Asks how everything stands: when a case is opened, and when somebody looks. A case that is only read is watched by nobody here. */
export async function readLive(): Promise<void> {
  const of = app.case?.path;
  if (of === undefined) return;
  if (!listed) void readAlerts();
  if (mayWrite()) {
    try {
      const status = await invoke('live.status', {});
      if (app.case?.path === of) takeLive(status);
    } catch (error) {
      if (app.case?.path === of) live.error = toErrorShape(error);
    }
  }
}

/** Asks for the alerts that the case keeps: the open ones, and the latest. */
export async function readAlerts(): Promise<void> {
  const of = app.case?.path;
  try {
    const [open, latest] = await Promise.all([
      invoke('alerts.list', { open: true, limit: pageOfAlerts }),
      invoke('alerts.list', { limit: pageOfAlerts }),
    ]);
    if (app.case?.path !== of) return;
    live.alertList = withAlerts(live.alertList, [...open, ...latest], live.most, olderThanPage(latest, pageOfAlerts));
    listed = true;
  } catch (error) {
    if (app.case?.path === of) live.error = toErrorShape(error);
  }
}

let readingOlder = false;

/** Brings the alerts before the oldest that is listed, as many as one page has. */
export async function olderAlerts(): Promise<void> {
  const [of, before] = [app.case?.path, live.alertList.olderThan];
  if (readingOlder || before === null || live.alerts.length >= mostAlerts) return;
  readingOlder = true;
  const page = await call('alerts.list', { before, limit: pageOfAlerts });
  readingOlder = false;
  if (page === undefined || app.case?.path !== of) return;
  live.most = Math.min(mostAlerts, live.alerts.length + pageOfAlerts);
  live.alertList = withAlerts(live.alertList, page, live.most, olderThanPage(page, pageOfAlerts));
}

/** Another case, or none: nothing that is known holds. */
export function forgetLive(): void {
  live.status = null;
  live.shown = null;
  live.error = null;
  live.paused = false;
  live.most = pageOfAlerts;
  live.alertList = noAlerts;
  listed = false;
  live.rates.clear();
  live.ticks++;
}

/** What the person did shows at once, although the display stands still. */
async function readAfterAct(): Promise<void> {
  await readLive();
  show();
}

/** Pauses a source, or lets it go on. */
export async function toggleSource(source: LiveSourceStatus): Promise<void> {
  if (barWriting()) return;
  const stands = source.state === 'paused' || source.state === 'failed' || source.state === 'ended';
  await call(stands ? 'live.resume' : 'live.pause', { source: source.id });
  await readAfterAct();
}

/** Takes a source off the list, and offers to watch it again. */
export async function removeSource(source: LiveSourceStatus): Promise<void> {
  if (barWriting()) return;
  if ((await call('live.remove', { source: source.id })) !== null) return;
  if (app.selection.type === 'source' && app.selection.source === source.id) select({ type: 'none' });
  const { watch, name } = source;
  done(`${visible(sourceName(source))} is watched no more. What was received stays.`, {
    label: `taking ${visible(sourceName(source))} off the list`,
    run: () => watchAgain({ ...watch, name }),
  });
  await readAfterAct();
}

async function watchAgain(watch: LiveSourceStatus['watch'] & { readonly name: string }): Promise<void> {
  const { source, format, options, name } = watch;
  await invoke('live.watch', {
    source,
    name,
    ...(format === undefined ? {} : { format }),
    ...(options === undefined ? {} : { options }),
  });
  await readAfterAct();
}
