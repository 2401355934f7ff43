import { z } from 'zod';
import type { RecordKind } from './case.ts';
import { severities, type Severity } from './records.ts';

/** Alerts of live data: what they say, and what a person sets about them. Times are integer microseconds since 1970 UTC. */

/** One figure of a window beside what is usual for it. */
export interface AlertFigure {
  /** "records", "errors", "bytes_in", ... */
  readonly name: string;
  /** "Requests a minute" */
  readonly title: string;
  readonly value: number;
  /** Its usual range (of nine windows in ten) and middle; null where there is no history that it could be compared with. */
  readonly usual: { readonly low: number; readonly middle: number; readonly high: number; readonly windows: number } | null;
  /** "412 requests, its usual is 9 to 31 (last 120 windows)" */
  readonly words: string;
}

/** What a detector says of one window: all that a finding says, and the window. */
export interface NewAlert {
  /** "baseline", "isolation", "flood", "brute-force", "scan", "exfiltration", "error-burst", "silence", "beacon". */
  readonly detector: string;
  readonly title: string;
  /** Number of the source in the case; null: all sources. */
  readonly source: number | null;
  readonly kind: RecordKind;
  /** A host, a service, who calls what ("10.0.0.7 → 203.0.113.9:443"), or "all". */
  readonly subject: string;
  /** The address it is about; "" where it is about none. */
  readonly host: string;
  /** 0 to 1. */
  readonly score: number;
  readonly severity: Severity;
  /** One or two sentences with the figures against what is usual. */
  readonly why: string;
  /** What would explain it away. */
  readonly doubt: string;
  /** The most deviant first, at most three. */
  readonly figures: readonly AlertFigure[];
  readonly window: { readonly start: number; readonly end: number };
  /** Records of the window that it rests on: how many, and the filter that shows them. */
  readonly records: number;
  readonly filter: string;
}

/** One incident: the alerts of one detector about one subject, while they follow each other. */
export interface LiveAlert extends NewAlert {
  /** Of the incident: the same for the same records, however often they are read. */
  readonly id: string;
  readonly state: 'open' | 'closed';
  /** Begin of the first window and end of the last; `window` is the one with the highest score, which the words are of. */
  readonly first: number;
  readonly last: number;
  /** Windows that raised it. */
  readonly windows: number;
  /** Event time at which it was raised: the end of the first window. */
  readonly raised: number;
  /** What became of sending it out. */
  readonly sent: AlertSent;
}

/** `held`: quiet hours, goes out in a digest at their end; `below`: under the severity that goes out; `limited`: too many in that hour, or in the digest; `again`: the same was sent a short while ago. Of what was sent and has become worse: what became of telling that. */
export const alertSents = ['sent', 'held', 'below', 'limited', 'again'] as const;
export type AlertSent = (typeof alertSents)[number];

/**
 * What goes to a sender: one alert, or those of the quiet hours at once, as they stand then. An alert goes out once, and once more with each severity that
 * is higher than what was told of it. `id` stays the same however often it is tried: receivers drop what they have by it.
 */
export interface AlertMessage {
  readonly id: string;
  readonly type: 'alert' | 'digest';
  /** Name of the case. */
  readonly case: string;
  readonly program: string;
  readonly alerts: readonly LiveAlert[];
  /** Of a digest: alerts beyond those that stand in it; else 0. */
  readonly more: number;
}

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is HH:MM, from 00:00 to 23:59');

/** From `from` to `to` on the clock of `zone`; over midnight where `to` is not behind `from`. */
export const quietHours = z.strictObject({
  from: clock,
  to: clock,
  zone: z.string().min(1).max(100).refine(isZone, 'a time zone is named as Europe/Berlin').default('UTC'),
});
export type QuietHours = z.infer<typeof quietHours>;

const senderId = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'the name of a sender is a short word: letters, digits and -');
const sendsFrom = z.enum(severities).optional();

const logSender = z.strictObject({
  type: z.literal('log'),
  id: senderId.default('log'),
  severity: sendsFrom,
  /** JSON lines. */
  path: z.string().min(1).max(4096),
  /** Bytes after which the file is put aside, and how many of those are kept. */
  bytes: z.int().min(10_000).max(10_000_000_000).default(10_000_000),
  keep: z.int().min(0).max(100).default(5),
});

const webhookSender = z.strictObject({
  type: z.literal('webhook'),
  id: senderId.default('webhook'),
  severity: sendsFrom,
  /** https, or http on this machine. */
  url: z
    .url()
    .max(2000)
    .refine(isSendable, 'a webhook is an https address (http on this machine alone), without a name and password in it'),
  /** Signs what is sent: HMAC-SHA256 over time stamp and body. */
  secret: z.string().min(16).max(1000).optional(),
  timeout: z.number().min(0.1).max(120).default(10),
});

const kafkaSender = z.strictObject({
  type: z.literal('kafka'),
  id: senderId.default('kafka'),
  severity: sendsFrom,
  topic: z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/, 'a topic has letters, digits and . _ -'),
});

const windowSender = z.strictObject({ type: z.literal('window'), id: senderId.default('window'), severity: sendsFrom });

export const alertSender = z.discriminatedUnion('type', [logSender, webhookSender, kafkaSender, windowSender]);
export type AlertSenderSettings = z.infer<typeof alertSender>;

export const alertDetectors = [
  'baseline',
  'isolation',
  'flood',
  'brute-force',
  'scan',
  'exfiltration',
  'error-burst',
  'silence',
  'beacon',
] as const;
export type AlertDetector = (typeof alertDetectors)[number];

/** What a person sets about alerts. An empty object is a good start: alerts are kept and shown, and nothing leaves the machine. */
export const alertRules = z
  .strictObject({
    /** Only from this severity on are alerts sent out. */
    severity: z.enum(severities).default('medium'),
    quiet: quietHours.nullable().default(null),
    /** Most that go out in an hour of event time; more are kept and counted. */
    perHour: z.int().min(1).max(10_000).default(30),
    /** Windows without it after which an alert is over. */
    quietWindows: z.int().min(1).max(1000).default(5),
    /** The same detector and subject is not sent again within so many seconds of event time after it was over; twice as long each time, at most a day. */
    again: z.number().min(0).max(86_400).default(900),
    off: z.array(z.enum(alertDetectors)).max(alertDetectors.length).default([]),
    senders: z.array(alertSender).max(20).default([]),
  })
  .refine(({ senders }) => new Set(senders.map(({ id }) => id)).size === senders.length, {
    message: 'two senders have the same name',
    path: ['senders'],
  });
export type AlertRules = z.infer<typeof alertRules>;

function isSendable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
