import { z } from 'zod';
import { formatBytes, formatCount, formatDuration, formatShare, isoTime, plural } from '../../contract/format.ts';
import type { AlertFigure } from '../../contract/live-alerts.ts';
import type { Severity } from '../../contract/records.ts';
import { isLocalAddress, isManyAddress } from '../../features/ends.ts';
import { printText } from '../../query/print.ts';
import { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import type { PairCalls } from '../windows/call-table.ts';
import type { ClosedWindow } from '../windows/types.ts';
import type { Baselines } from './baselines.ts';
import { LONGEST, Rhythm, type Beat } from './rhythm.ts';
import type { LiveDetector, NewAlert } from './types.ts';

/** Pairs that are remembered; those that called but once go first, then those that called the longest ago. */
const MOST_PAIRS = 10_000;
/** Who has not called for so long begins anew. */
const FORGOTTEN = 3 * LONGEST;
/** Clocks are set by a clock (NTP). */
const TIME_PORT = 123;
/** Where so many hosts call, and so large a share of all that call outside, is a service of the house and nobody's secret. */
const COMMON_HOSTS = 4;
const COMMON_SHARE = 0.25;
/** From so many calls with so small a spread on it is of high severity, where it called in at least half of the time. */
const MANY_CALLS = 100;
const NARROW_SPREAD = 0.1;
const LEAST_CALLED = 0.5;

const DOUBT =
  'Updates, monitoring, mail and chat programs call like a clock too: check who owns the address, when it was first seen and what program calls.';

interface Pair {
  readonly originator: string;
  readonly responder: string;
  readonly port: number;
  readonly rhythm: Rhythm;
}

/**
 * What calls one port of one address outside like a clock, as a backdoor calls home: at least 20 calls at intervals from a second to two hours, of which
 * three quarters lie within a quarter of the median (rhythm.ts). A little that goes out every hour is told by that too. It is raised with the window of
 * the 20th call, and goes on until three intervals pass without one.
 *
 * What is known to call like a clock is left out: clocks that are set (port 123), pings (no port), addresses of one's own network (monitoring) and of
 * many (multicast, broadcast), what at least four hosts and a quarter of all call, and whoever calls in (programs that try passwords on a server).
 */
export class Beacon implements LiveDetector {
  readonly id = 'beacon';
  readonly title = 'Calls like a clock';
  /** The one that called last stands last. */
  #pairs = new Map<string, Pair>();
  #taken: ClosedWindow | null = null;

  observe(window: ClosedWindow, usual: Baselines): NewAlert[] {
    this.#take(window);
    if (!usual.ready) return [];
    const alerts: NewAlert[] = [];
    let common: ReadonlySet<string> | null = null;
    for (const pair of this.#pairs.values()) {
      const beat = pair.rhythm.beatFrom(window.start);
      if (beat === null) continue;
      common ??= this.#common();
      if (!common.has(doorOf(pair))) alerts.push(alertOf(window, pair, beat));
    }
    return alerts;
  }

  /** Calls are remembered while nobody asks, too. */
  learn(window: ClosedWindow): void {
    if (this.#taken !== window) this.#take(window);
    this.#taken = null;
  }

  save(): unknown {
    const out = new ByteWriter();
    out.whole(this.#pairs.size);
    for (const { originator, responder, port, rhythm } of this.#pairs.values()) {
      out.text(originator);
      out.text(responder);
      out.whole(port);
      rhythm.write(out);
    }
    return Buffer.from(out.done()).toString('base64');
  }

  restore(state: unknown): void {
    const read = z.string().safeParse(state);
    // not in cases of earlier versions
    if (!read.success) return;
    const bytes = new ByteReader(Buffer.from(read.data, 'base64'), 'What calls like a clock');
    this.#pairs = new Map();
    for (let left = bytes.count(7); left > 0; left--) {
      const pair: Pair = { originator: bytes.text(), responder: bytes.text(), port: bytes.whole(), rhythm: Rhythm.read(bytes) };
      this.#pairs.set(keyOf(pair), pair);
    }
    bytes.end();
  }

  #take(window: ClosedWindow): void {
    this.#taken = window;
    for (const calls of window.calls) {
      const key = keyOf(calls);
      const known = this.#pairs.get(key);
      if (known === undefined && !isOutward(calls)) continue;
      const { originator, responder, port } = calls;
      const pair = known ?? { originator, responder, port, rhythm: new Rhythm() };
      pair.rhythm.add(calls);
      this.#pairs.delete(key);
      this.#pairs.set(key, pair);
    }
    this.#forget(window.end);
  }

  #forget(now: number): void {
    for (const [key, { rhythm }] of this.#pairs) {
      if (now - rhythm.last <= FORGOTTEN) break;
      this.#pairs.delete(key);
    }
    for (const most of [1, Infinity]) {
      if (this.#pairs.size <= MOST_PAIRS) return;
      for (const [key, { rhythm }] of this.#pairs) {
        if (rhythm.calls <= most) this.#pairs.delete(key);
        if (this.#pairs.size <= MOST_PAIRS * 0.75) return;
      }
    }
  }

  /** Doors that many call. */
  #common(): ReadonlySet<string> {
    const callers = new Map<string, number>();
    const originators = new Set<string>();
    for (const pair of this.#pairs.values()) {
      originators.add(pair.originator);
      callers.set(doorOf(pair), (callers.get(doorOf(pair)) ?? 0) + 1);
    }
    const least = Math.max(COMMON_HOSTS, COMMON_SHARE * originators.size);
    return new Set([...callers].filter(([, count]) => count >= least).map(([door]) => door));
  }
}

/** From one's own network to the outside: as the log says, and where that says nothing by the addresses. */
function isOutward({ originator, responder, port, localOriginator, localResponder }: PairCalls): boolean {
  const isOut = localResponder < 1 && isLocalAddress(responder) === 0 && isManyAddress(responder) === 0;
  return port !== TIME_PORT && isOut && (localOriginator < 0 ? isLocalAddress(originator) : localOriginator) === 1;
}

function keyOf({ originator, responder, port }: Omit<Pair, 'rhythm'>): string {
  return `${originator} ${responder} ${port}`;
}

function doorOf({ responder, port }: Pair): string {
  return `${responder.includes(':') ? `[${responder}]` : responder}:${port}`;
}

function alertOf(window: ClosedWindow, pair: Pair, beat: Beat): NewAlert {
  const { originator, responder, port, rhythm } = pair;
  const { first, last, calls } = rhythm;
  const door = doorOf(pair);
  const records = calls - rhythm.told;
  rhythm.told = calls;
  const span = `ts >= ${isoTime(first)} and ts < ${isoTime(window.end)}`;
  const sent = rhythm.sent === 0 ? '' : `, sending about ${formatBytes(rhythm.sent)} each lately`;
  return {
    detector: 'beacon',
    title: 'Calls like a clock',
    source: window.source,
    kind: window.kind,
    subject: `${originator} → ${door}`,
    host: originator,
    score: (1 - beat.spread) * Math.min(1, Math.log10(calls) / 3) * (beat.near / beat.intervals),
    severity: severityOf(rhythm, beat),
    why: `${originator} called ${door} ${plural(calls, 'time')} in ${formatDuration(last - first)}${sent}. ${beatWords(beat)}`,
    doubt: DOUBT,
    figures: figuresOf(rhythm, beat),
    window: { start: window.start, end: window.end },
    records,
    filter: `orig_h = ${printText(originator)} and resp_h = ${printText(responder)} and resp_p = ${port} and ${span}`,
  };
}

function beatWords({ median, quartiles: [low, high], near, intervals }: Beat): string {
  const middle = `Of its last ${plural(intervals, 'interval')} the median is ${formatDuration(median)}, the middle half ${formatDuration(low)} to ${formatDuration(high)}`;
  return `${middle}; ${formatCount(near)} (${formatShare(near / intervals)}) lie within a quarter of the median.`;
}

function figuresOf({ calls }: Rhythm, { median, near, intervals }: Beat): AlertFigure[] {
  const share = near / intervals;
  return [
    { name: 'calls', title: 'calls', value: calls, usual: null, words: plural(calls, 'call') },
    {
      name: 'interval',
      title: 'median interval in seconds',
      value: median / 1e6,
      usual: null,
      words: `one every ${formatDuration(median)}`,
    },
    {
      name: 'near',
      title: 'share of intervals near the median',
      value: share,
      usual: null,
      words: `${formatShare(share)} of them on time`,
    },
  ];
}

function severityOf({ calls, first, last }: Rhythm, { median, spread }: Beat): Severity {
  return calls >= MANY_CALLS && spread <= NARROW_SPREAD && calls * median >= LEAST_CALLED * (last - first) ? 'high' : 'medium';
}
