/** The rules of live data as a person types them: text fields there and back, checked by the contract's schemas. */
import type { AlertDetector, AlertSenderSettings, Input, LiveRules, Severity } from '../../../app/contract.ts';
import { alertRules } from '../../../app/contract/live-alerts.ts';
import { liveWindowRules, retentionRules } from '../../../app/contract/live.ts';
import { formatBytes } from './format.ts';
import { fieldErrors, typedNumber, type FieldErrors } from './live-form.ts';

export type SenderType = AlertSenderSettings['type'];
export const senderTypes: readonly SenderType[] = ['window', 'log', 'webhook', 'kafka'];

/** What each sender is, and whether it leaves the machine. */
export const senderWords: Readonly<Record<SenderType, { readonly title: string; readonly what: string; readonly leaves: boolean }>> = {
  window: {
    title: 'This window',
    what: 'A word at the bottom right while the window is open, and a notification of the system where you allow it.',
    leaves: false,
  },
  log: {
    title: 'A log file',
    what: 'A JSON line for each alert, appended to a file on this machine; put aside when it is full.',
    leaves: false,
  },
  webhook: {
    title: 'A webhook',
    what: 'Each alert is posted as JSON to this address. It leaves this machine: addresses, paths and figures of the case go with it.',
    leaves: true,
  },
  kafka: {
    title: 'A Kafka topic',
    what: 'Each alert is written to this topic of the broker that is watched. It leaves this machine where the broker is not on it.',
    leaves: true,
  },
};

export const detectorWords: Readonly<Record<AlertDetector, string>> = {
  baseline: 'Against the usual of all, of a service, of a client',
  isolation: 'Windows that an isolation forest tells apart',
  flood: 'Flood: one client asks far more than it does',
  'brute-force': 'Many refusals to one client',
  scan: 'One client asks for many that do not exist',
  exfiltration: 'Far more bytes out than usual',
  'error-burst': 'A burst of errors',
  silence: 'Silence: what always speaks says nothing',
  beacon: 'Beacon: one host calls an address outside like a clock',
};

/** A sender as it stands in the form. `key` keeps its place while its name is typed. */
export interface SenderForm {
  readonly key: number;
  readonly type: SenderType;
  readonly id: string;
  readonly severity: Severity | '';
  readonly path: string;
  readonly bytes: string;
  readonly keep: string;
  readonly url: string;
  readonly secret: string;
  readonly timeout: string;
  readonly topic: string;
}

export interface RulesForm {
  readonly width: string;
  readonly step: string;
  readonly lateness: string;
  readonly severity: Severity;
  readonly perHour: string;
  readonly quietWindows: string;
  readonly again: string;
  readonly off: readonly AlertDetector[];
  readonly quiet: boolean;
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly senders: readonly SenderForm[];
  readonly days: string;
  readonly bytes: string;
  readonly hourlyAfterDays: string;
}

const numberText = (value: number | null): string => (value === null ? '' : String(value));

/** A size as a person writes it: "20 GiB", "500 MB", "10,000,000"; NaN for what is none. */
export function typedBytes(text: string): number {
  const match = /^\s*([\d.,\s]+?)\s*(?:([kmgt])(i?)b?|b|bytes)?\s*$/i.exec(text);
  if (match === null) return Number.NaN;
  const amount = typedNumber(match[1] ?? '');
  const power = ' kmgt'.indexOf((match[2] ?? ' ').toLowerCase());
  return Math.round(amount * (match[3] === 'i' || match[3] === 'I' ? 1024 : 1000) ** power);
}

/** The size in words that `typedBytes` reads back to the same number: whole units, or bytes. */
export function bytesText(value: number | null): string {
  if (value === null) return '';
  const words = formatBytes(value).replace('.0 ', ' ');
  return typedBytes(words) === value ? words : String(value);
}

let nextKey = 1;

export function newSender(type: SenderType, taken: readonly string[]): SenderForm {
  let id: string = type;
  for (let at = 2; taken.includes(id); at++) id = `${type}-${at}`;
  return {
    key: nextKey++,
    type,
    id,
    severity: '',
    path: '',
    bytes: bytesText(10_000_000),
    keep: '5',
    url: '',
    secret: '',
    timeout: '10',
    topic: '',
  };
}

function senderForm(sender: AlertSenderSettings): SenderForm {
  const form: SenderForm = { ...newSender(sender.type, []), id: sender.id, severity: sender.severity ?? '' };
  switch (sender.type) {
    case 'log':
      return { ...form, path: sender.path, bytes: bytesText(sender.bytes), keep: String(sender.keep) };
    case 'webhook':
      return { ...form, url: sender.url, secret: sender.secret ?? '', timeout: String(sender.timeout) };
    case 'kafka':
      return { ...form, topic: sender.topic };
    case 'window':
      return form;
  }
}

export function rulesForm({ windows, alerts, retention }: LiveRules): RulesForm {
  const { quiet } = alerts;
  return {
    width: String(windows.width),
    step: String(windows.step),
    lateness: String(windows.lateness),
    severity: alerts.severity,
    perHour: String(alerts.perHour),
    quietWindows: String(alerts.quietWindows),
    again: String(alerts.again),
    off: alerts.off,
    quiet: quiet !== null,
    from: quiet?.from ?? '22:00',
    to: quiet?.to ?? '06:00',
    zone: quiet?.zone ?? 'UTC',
    senders: alerts.senders.map(senderForm),
    days: numberText(retention.days),
    bytes: bytesText(retention.bytes),
    hourlyAfterDays: numberText(retention.hourlyAfterDays),
  };
}

function senderOf(form: SenderForm): unknown {
  const { type } = form;
  const named = { type, id: form.id.trim(), ...(form.severity === '' ? {} : { severity: form.severity }) };
  switch (type) {
    case 'log':
      return { ...named, path: form.path.trim(), bytes: typedBytes(form.bytes), keep: typedNumber(form.keep) };
    case 'webhook':
      return {
        ...named,
        url: form.url.trim(),
        ...(form.secret === '' ? {} : { secret: form.secret }),
        timeout: typedNumber(form.timeout),
      };
    case 'kafka':
      return { ...named, topic: form.topic.trim() };
    case 'window':
      return named;
  }
}

const orNever = (text: string, read: (text: string) => number): number | null => (text.trim() === '' ? null : read(text));

/** What is asked of the core; or what is wrong, by field: "windows.width", "quiet.zone", "senders.0.url", "retention.bytes". */
export function readRules(form: RulesForm): { readonly input: Input<'live.setRules'> } | { readonly errors: FieldErrors } {
  const windows = liveWindowRules.safeParse({
    width: typedNumber(form.width),
    step: typedNumber(form.step),
    lateness: typedNumber(form.lateness),
  });
  const alerts = alertRules.safeParse({
    severity: form.severity,
    perHour: typedNumber(form.perHour),
    quietWindows: typedNumber(form.quietWindows),
    again: typedNumber(form.again),
    off: form.off,
    quiet: form.quiet ? { from: form.from.trim(), to: form.to.trim(), zone: form.zone.trim() } : null,
    senders: form.senders.map(senderOf),
  });
  const retention = retentionRules.safeParse({
    days: orNever(form.days, typedNumber),
    bytes: orNever(form.bytes, typedBytes),
    hourlyAfterDays: orNever(form.hourlyAfterDays, typedNumber),
  });
  const errors = new Map<string, string>();
  const note = (under: string, found: FieldErrors): void =>
    found.forEach((words, field) => errors.set(field === '' ? under : `${under}.${field}`, words));
  if (!windows.success) note('windows', fieldErrors(windows.error));
  else if (windows.data.width % windows.data.step !== 0)
    errors.set('windows.step', 'The step is a whole part of the width: 60 and 15, not 60 and 25.');
  if (!alerts.success) note('alerts', fieldErrors(alerts.error));
  if (!retention.success) note('retention', fieldErrors(retention.error));
  if (!windows.success || !alerts.success || !retention.success || errors.size > 0) return { errors };
  return { input: { windows: windows.data, alerts: alerts.data, retention: retention.data } };
}
