import { z } from 'zod';
import { live, read } from './command.ts';
import { id, kind, limit } from './inputs.ts';
import { alertRules } from './live-alerts.ts';
import {
  liveReading,
  liveSource,
  liveWindowRules,
  retentionRules,
  type KeptAlert,
  type LiveRules,
  type LiveSourceStatus,
  type LiveStatus,
  type LiveWindow,
} from './live.ts';

const source = z.strictObject({ source: z.int().min(1) });
/** Microseconds since 1970 UTC; the latest where `to` is not given. */
const span = { from: z.int().optional(), to: z.int().optional() };

/** What is watched while it grows: files, topics, what is sent. */
export const liveCommands = {
  'live.status': live<LiveStatus>()('What is watched, how far it is, and how fast it comes', z.strictObject({})),
  'live.watch': live<LiveSourceStatus>()(
    'Watch a file, a topic or what is sent, and keep what comes',
    z.strictObject({ source: liveSource, ...liveReading, name: z.string().trim().max(200).default('') }),
  ),
  'live.pause': live<null>()('Stop watching a source; it goes on later where it stopped', source),
  'live.resume': live<LiveSourceStatus>()('Go on watching a source', source),
  'live.remove': live<null>()('Take a source off the list; what was received stays', source),
  'live.rules': read<LiveRules>()('How windows are cut, what raises alerts and where they go, and what is kept', z.strictObject({})),
  'live.setRules': live<LiveRules>()(
    'Change how windows are cut, what raises alerts and where they go, or what is kept; what is not given stays',
    z.strictObject({ windows: liveWindowRules.optional(), alerts: alertRules.optional(), retention: retentionRules.optional() }),
  ),
  'live.windows': read<readonly LiveWindow[]>()(
    'Closed windows, the earliest first: records, errors, bytes, clients, and the keys with most of them',
    z.strictObject({ kind, ...span, limit: limit.default(240), top: z.int().min(0).max(1000).default(10) }),
  ),
  'alerts.list': read<readonly KeptAlert[]>()(
    'Alerts, the latest first; each has its finding',
    // numbers only count up: a page that is asked for by them stays where it is, although alerts come meanwhile
    z.strictObject({
      open: z.boolean().default(false),
      limit: limit.default(200),
      /** Only those with a higher number. */
      after: id.optional(),
      /** Only those with a lower number: that of the last of a page asks for the next one, with older alerts. */
      before: id.optional(),
    }),
  ),
};
