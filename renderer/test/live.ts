/** What the test double watches: `?live=12` sources (0 without it), `&alerts=3000`, `&tick=1000` milliseconds between statuses, `&hold=1`. */
import type {
  Checked,
  CommandName,
  EventName,
  Events,
  KeptAlert,
  LiveRules,
  LiveSourceStatus,
  LiveState,
  LiveStatus,
  LiveWindow,
  Severity,
  WindowKey,
} from '../../app/contract.ts';
import { severities } from '../../app/contract/records.ts';
import { alertRules } from '../../app/contract/live-alerts.ts';
import { liveWindowRules, retentionRules } from '../../app/contract/live.ts';
import { mix } from './rows.ts';

const parameters = new URLSearchParams(typeof location === 'undefined' ? '' : location.search);
const asked = (name: string, fallback: number): number => Number(parameters.get(name) ?? fallback);
const minute = 60e6;

const names = [
  '/var/log/nginx/access.log',
  'kafka://broker-1.prod.example.org:9092,broker-2.prod.example.org:9092/access-events?group=flowcase&tls=true&sasl=SCRAM-SHA-512',
  '/srv/www/very/deep/folder/structure/of/a/large/hosting/company/customer-4711/logs/*/access.log',
];
const states: readonly LiveState[] = ['running', 'running', 'waiting', 'failed', 'paused', 'starting'];

function source(id: number, now: number): LiveSourceStatus {
  const state = states[(id - 1) % states.length] ?? 'running';
  const kafka = id % 3 === 2;
  const path = names[(id - 1) % names.length] ?? '';
  const rate = state === 'running' ? 300 + (mix(id, Math.floor(now / 1e6)) % 200) : 0;
  return {
    id,
    name: id === 5 ? 'The shop’s front door <b>bold</b> \u202eevil' : '',
    watch: { source: kafka ? { type: 'kafka', url: path, from: 'end' } : { type: 'file', path, from: 'beginning' } },
    state,
    why:
      state === 'waiting'
        ? 'for the file to appear'
        : state === 'failed'
          ? 'the broker broker-1.prod.example.org refused the password of SCRAM-SHA-512'
          : '',
    kind: state === 'starting' ? null : 'connection',
    format: state === 'starting' ? null : 'access',
    formatTitle: state === 'starting' ? '' : 'Access log (combined)',
    evidence: state === 'starting' ? null : id + 2,
    records: state === 'starting' ? 0 : Math.floor((now / 1e6) % 100_000) * 31 + id * 977,
    rejected: id === 2 ? 12 : 0,
    bytes: Math.floor((now / 1e6) % 100_000) * 4711,
    rate,
    lagBytes: kafka ? null : id === 1 ? 0 : 1_260_000,
    lagRecords: kafka ? 3120 : null,
    late: id === 2 ? 31 : 0,
    early: 0,
    behind: state === 'starting' ? null : 0.8 + id,
    lastRecord: state === 'starting' ? null : now - 800_000,
    lastCommit: state === 'starting' ? null : now - 300_000,
    errors: id === 2 ? 3 : state === 'failed' ? 17 : 0,
    error:
      id === 2 ? 'The broker closed the connection; it was opened again.' : state === 'failed' ? 'The broker refused the password.' : '',
  };
}

function keys(list: readonly string[], at: number, salt: number): readonly WindowKey[] {
  return list
    .map((key, index) => ({
      key,
      records: Math.round(9000 / (index + 1)) + (mix(at, salt + index) % 300),
      errors: mix(at, index) % 20,
      bytes: 4000 * (list.length - index),
    }))
    .sort((a, b) => b.records - a.records);
}

function window(start: number, top: number): LiveWindow {
  const at = start / minute;
  const records = 22_000 + Math.round(9000 * Math.sin(at / 70)) + (mix(at, 1) % 4000) + (at % 97 === 5 ? 30_000 : 0);
  return {
    kind: 'connection',
    start,
    width: minute,
    records,
    errors: 200 + (mix(at, 2) % 400) + (at % 97 === 5 ? 18_000 : 0),
    bytes: records * (4000 + (mix(at, 3) % 900)),
    clients: 800 + (mix(at, 4) % 90),
    p95: 180_000 + (mix(at, 5) % 90_000),
    late: at % 50 === 0 ? 4 : 0,
    top:
      top === 0
        ? {}
        : {
            path: keys(
              ['/', '/api/cart', '/login', '/<script>alert(1)</script>', `/search?q=${'a'.repeat(300)}`, '/static/app.js'],
              at,
              10,
            ),
            orig_h: keys(['10.20.4.87', '10.20.4.9', '2001:db8::17', '192.0.2.41', '198.51.100.7', '203.0.113.200', '10.20.7.1'], at, 30),
            status: keys(['200', '304', '404', '500', '301', '403'], at, 50),
            service: keys(['shop.example.org', 'api.example.org', 'www.example.org'], at, 70),
          },
  };
}

function alert(number: number, count: number, now: number): KeptAlert {
  const severity: Severity = severities[mix(number, 1) % 4] ?? 'low';
  const host = `10.20.${mix(number, 2) % 9}.${1 + (mix(number, 3) % 250)}`;
  const end = Math.floor(now / minute - (count - number) * 7) * minute;
  return {
    number,
    finding: 100 + number,
    id: `baseline-${number.toString(16).padStart(12, '0')}`,
    state: count - number < 4 ? 'open' : 'closed',
    detector: number % 3 === 0 ? 'error-burst' : 'baseline',
    title: number % 3 === 0 ? 'Burst of errors' : 'Unusual window',
    source: number % 2 === 0 ? null : 1,
    kind: 'connection',
    subject: number % 5 === 0 ? 'shop.example.org/<img src=x>' : host,
    host: number % 5 === 0 ? '' : host,
    score: 0.6 + (mix(number, 4) % 40) / 100,
    severity,
    why: `${host}: 412 requests in a minute, its usual is 9 to 31 (last 120 windows); 380 of them were answered with 404.`,
    doubt: 'A crawler or a monitor that was set up anew looks like this too: ask who owns the address.',
    figures: [
      {
        name: 'records',
        title: 'Requests a minute',
        value: 412,
        usual: { low: 9, middle: 17, high: 31, windows: 120 },
        words: '412 requests, its usual is 9 to 31 (last 120 windows)',
      },
      {
        name: 'errors',
        title: 'Errors a minute',
        value: 380,
        usual: { low: 0, middle: 1, high: 4, windows: 120 },
        words: '380 errors, its usual is 0 to 4 (last 120 windows)',
      },
      { name: 'entropy', title: 'Variety of paths', value: 6.1, usual: null, words: '6.1 bits; no history to compare it with' },
    ],
    window: { start: end - minute, end },
    records: 412,
    filter: `orig_h = ${host}`,
    first: end - 3 * minute,
    last: end,
    windows: 3,
    raised: end - 2 * minute,
    sent: (['sent', 'below', 'held', 'again', 'limited'] as const)[mix(number, 6) % 5] ?? 'sent',
  };
}

/** Sources that come and go, statuses once a tick, alerts. */
export class FakeLive {
  #sources: readonly LiveSourceStatus[];
  #paused = new Set<number>();
  #rules: LiveRules = { windows: liveWindowRules.parse({}), alerts: alertRules.parse({}), retention: retentionRules.parse({}) };
  #rates: number[] = [];
  #next: number;
  readonly #alerts = asked('alerts', 0);
  readonly #tell: <E extends EventName>(event: E, payload: Events[E]) => void;

  constructor(tell: <E extends EventName>(event: E, payload: Events[E]) => void) {
    this.#tell = tell;
    this.#sources = Array.from({ length: asked('live', 0) }, (_, at) => source(at + 1, this.#now));
    this.#next = this.#sources.length + 1;
    this.#rates = Array.from({ length: 60 }, (_, at) => 500 + (mix(at, 5) % 300));
    setInterval(() => this.#tick(), asked('tick', 1000));
  }

  get #now(): number {
    return Date.now() * 1000;
  }

  #tick(): void {
    if (this.#sources.length === 0) return;
    this.#rates = [...this.#rates.slice(1), 500 + (mix(Math.floor(this.#now / 1e6), 5) % 300)];
    this.#tell('live', this.status());
  }

  status(): LiveStatus {
    const sources = this.#sources.map((one) => {
      const now = { ...source(one.id, this.#now), watch: one.watch, name: one.name };
      return this.#paused.has(one.id) ? { ...now, state: 'paused' as const, why: '', rate: 0 } : now;
    });
    return {
      at: this.#now,
      running: sources.length > 0,
      sources,
      rates: sources.length === 0 ? [] : this.#rates,
      held: parameters.has('hold') ? 'an import is under way; what comes waits.' : '',
      alerts: this.alerts(true).length,
      learning: { have: asked('learned', 30), need: 30 },
      caseBytes: 412_000_000,
    };
  }

  alerts(open: boolean): readonly KeptAlert[] {
    return Array.from({ length: this.#alerts }, (_, at) => alert(this.#alerts - at, this.#alerts, this.#now)).filter(
      ({ state }) => !open || state === 'open',
    );
  }

  readonly answers: { readonly [N in CommandName]?: (input: Checked<N>) => unknown } = {
    'live.status': () => this.status(),
    'live.watch': ({ source: spec, name }) => {
      const id = this.#next++;
      const one = { ...source(1, this.#now), id, name, watch: { source: spec } };
      this.#sources = [...this.#sources, one];
      return one;
    },
    'live.pause': ({ source: id }) => {
      this.#paused.add(id);
      return null;
    },
    'live.resume': ({ source: id }) => {
      this.#paused.delete(id);
      return this.status().sources.find((one) => one.id === id);
    },
    'live.remove': ({ source: id }) => {
      this.#sources = this.#sources.filter((one) => one.id !== id);
      return null;
    },
    'live.rules': () => this.#rules,
    'live.setRules': (more) => {
      this.#rules = {
        windows: more.windows ?? this.#rules.windows,
        alerts: more.alerts ?? this.#rules.alerts,
        retention: more.retention ?? this.#rules.retention,
      };
      return this.#rules;
    },
    'live.windows': ({ from, to, limit, top }) => {
      if (this.#sources.length === 0) return [];
      const last = Math.floor(this.#now / minute) * minute - minute;
      const first = Math.max(from ?? 0, last - 1500 * minute);
      const found: LiveWindow[] = [];
      for (let start = Math.ceil(first / minute) * minute; start <= Math.min(last, to ?? last); start += minute)
        found.push(window(start, top));
      return found.slice(-limit);
    },
    'alerts.list': ({ open, limit }) => this.alerts(open).slice(0, limit),
  };
}
