/** What is watched, as the window knows it: the latest status, the rates of the last minutes, and the alerts. Flat in memory, however long it runs. */
import { severities } from '../../../app/contract/records.ts';
import type { KeptAlert, LiveSourceStatus, LiveStatus } from '../../../app/contract.ts';
import { toErrorShape, type ErrorShape } from '../../../app/errors.ts';
import { plural, visible } from './format.ts';
import { tellSystem } from './live-notices.ts';
import { RateRing } from './live-rates.ts';
import { sourceName } from './live-words.ts';
import { app, barWriting, call, go, invoke, mayWrite, select } from './state.svelte.ts';
import { toast } from './toasts.svelte.ts';

/** Seconds that the chart of rates can show. */
export const rateSeconds = 600;
/** Alerts that are kept here; the case has them all. */
const keptAlerts = 2000;

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
  /** The latest first. */
  alerts = $state.raw<readonly KeptAlert[]>([]);
  /** The panel that adds a source is open. */
  adding = $state(false);
  readonly rates = new RateRing(rateSeconds);

  get sources(): readonly LiveSourceStatus[] {
    return this.shown?.sources ?? [];
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

/** The latest first; an alert that is known already is replaced. */
export function withAlerts(known: readonly KeptAlert[], more: readonly KeptAlert[]): readonly KeptAlert[] {
  const all = new Map(known.map((alert) => [alert.number, alert]));
  for (const alert of more) all.set(alert.number, alert);
  return [...all.values()].sort((a, b) => b.number - a.number).slice(0, keptAlerts);
}

let raised: KeptAlert[] = [];
let telling: ReturnType<typeof setTimeout> | undefined;

/** Takes an alert in; one that was raised just now is told, many at once in one sentence. */
export function takeAlert(alert: KeptAlert): void {
  const isNew = !live.alerts.some(({ number }) => number === alert.number);
  live.alerts = withAlerts(live.alerts, [alert]);
  if (!isNew || alert.state !== 'open' || alert.sent !== 'sent') return;
  raised.push(alert);
  telling ??= setTimeout(tell, 250);
}

function tell(): void {
  const all = raised;
  [raised, telling] = [[], undefined];
  const worst = all.toSorted((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity))[0];
  if (worst === undefined || app.case === null) return;
  const one = `${visible(worst.title)}: ${visible(worst.subject)} (${worst.severity})`;
  const message = all.length === 1 ? one : `${plural(all.length, 'alert')} at once, the worst: ${one}`;
  const open = (): void => showAlert(worst.number);
  toast(message, { action: { label: 'Show', run: open } });
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
      invoke('alerts.list', { open: true, limit: keptAlerts / 2 }),
      invoke('alerts.list', { limit: keptAlerts / 2 }),
    ]);
    if (app.case?.path === of) live.alerts = withAlerts(live.alerts, [...open, ...latest]);
  } catch (error) {
    live.error = toErrorShape(error);
  }
}

/** Another case, or none: nothing that is known holds. */
export function forgetLive(): void {
  live.status = null;
  live.shown = null;
  live.error = null;
  live.paused = false;
  live.adding = false;
  live.alerts = [];
  live.rates.clear();
  live.ticks++;
}

/** Pauses a source, or lets it go on. */
export async function toggleSource(source: LiveSourceStatus): Promise<void> {
  if (barWriting()) return;
  const stands = source.state === 'paused' || source.state === 'failed' || source.state === 'ended';
  await call(stands ? 'live.resume' : 'live.pause', { source: source.id });
  await readLive();
}

/** Takes a source off the list, and offers to watch it again. */
export async function removeSource(source: LiveSourceStatus): Promise<void> {
  if (barWriting()) return;
  if ((await call('live.remove', { source: source.id })) !== null) return;
  if (app.selection.type === 'source' && app.selection.source === source.id) select({ type: 'none' });
  const { watch, name } = source;
  toast(`${visible(sourceName(source))} is watched no more. What was received stays.`, {
    undo: () => void watchAgain({ ...watch, name }),
  });
  await readLive();
}

async function watchAgain(watch: LiveSourceStatus['watch'] & { readonly name: string }): Promise<void> {
  const { source, format, options, name } = watch;
  await call('live.watch', {
    source,
    name,
    ...(format === undefined ? {} : { format }),
    ...(options === undefined ? {} : { options }),
  });
  await readLive();
}
