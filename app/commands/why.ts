import type { ChunkView, RecordTable } from '../columns/types.ts';
import { formatBytes, formatCount, formatDuration, formatShare } from '../contract/format.ts';
import type { RecordDetail } from '../contract/records.ts';
import { medianOf } from '../insight/robust.ts';
import { sumOf } from '../query/numbers.ts';
import { rhythmReason } from './why-rhythm.ts';

type Reason = RecordDetail['why'][number];

/** Below this many connections nothing is called rare. */
const LEAST = 100;
/** The share that counts as standing out. */
const RARE = 0.01;
const RARE_PORT = 0.001;
/** Of the originator's own connections, before its habits are spoken of. */
const LEAST_OWN = 20;
const HOUR = 3600e6;
const DAY = 24 * HOUR;
const BYTE_COLUMNS = ['orig_bytes', 'resp_bytes'];

/** What is rare about a connection among all, each with its figures. One pass per reason over columns in memory. */
export function reasonsFor(table: RecordTable, chunk: ChunkView, index: number): readonly Reason[] {
  if (table.kind !== 'connection' || table.rows < LEAST) return [];
  const bytes = sumOf(chunk, BYTE_COLUMNS)[index];
  const duration = chunk.numbers('duration')[index];
  const found = [
    rankReason(table, 'bytes', bytes, (one) => sumOf(one, BYTE_COLUMNS), formatBytes),
    rankReason(table, 'duration', duration, (one) => one.numbers('duration'), formatDuration),
    portReason(table, chunk.numbers('resp_p')[index]),
    rhythmReason(table, chunk, index),
    ...ownHabits(table, chunk, index),
  ];
  return found.filter((reason) => reason !== null);
}

function rankReason(
  table: RecordTable,
  what: string,
  value: number,
  valuesOf: (chunk: ChunkView) => Float64Array,
  words: (value: number) => string,
): Reason | null {
  if (!(value > 0)) return null;
  let more = 0;
  let known = 0;
  for (const chunk of table.chunks) {
    for (const other of valuesOf(chunk)) {
      if (other !== other) continue;
      known++;
      if (other > value) more++;
    }
  }
  if (known < LEAST || more + 1 > RARE * known) return null;
  const place = more === 0 ? 'none has more' : `${formatCount(more)} ${more === 1 ? 'has' : 'have'} more`;
  return { what, words: `${words(value)}: of ${formatCount(known)} connections ${place} (top ${formatShare((more + 1) / known)}).` };
}

function portReason(table: RecordTable, port: number): Reason | null {
  if (port !== port) return null;
  let same = 0;
  let known = 0;
  for (const chunk of table.chunks) {
    for (const other of chunk.numbers('resp_p')) {
      if (other !== other) continue;
      known++;
      if (other === port) same++;
    }
  }
  if (same > RARE_PORT * known) return null;
  return { what: 'port', words: `Port ${port} of the responder: ${formatCount(same)} of ${formatCount(known)} connections go there.` };
}

/** How the connection differs from the others of its originator. */
function ownHabits(table: RecordTable, chunk: ChunkView, index: number): (Reason | null)[] {
  const host = chunk.ids('orig_h')[index];
  if (host === 0) return [];
  const own = ownConnections(table, host);
  const name = table.dictionary('host').textOf(host);
  return [
    directionReason(own, name, chunk.numbers('orig_bytes')[index], chunk.numbers('resp_bytes')[index]),
    hourReason(own, name, chunk.numbers('ts')[index]),
  ];
}

interface Own {
  readonly ratios: Float64Array;
  readonly times: Float64Array;
}

function ownConnections(table: RecordTable, host: number): Own {
  const ratios: number[] = [];
  const times: number[] = [];
  for (const chunk of table.chunks) {
    const stats = chunk.stats('orig_h');
    if (stats === null || stats.min === null || stats.max === null || host < stats.min || host > stats.max) continue;
    const ids = chunk.ids('orig_h');
    const out = chunk.numbers('orig_bytes');
    const back = chunk.numbers('resp_bytes');
    const ts = chunk.numbers('ts');
    for (let i = 0; i < ids.length; i++) {
      if (ids[i] !== host) continue;
      if (out[i] + back[i] > 0) ratios.push(ratioOf(out[i], back[i]));
      if (ts[i] === ts[i]) times.push(ts[i]);
    }
  }
  return { ratios: Float64Array.from(ratios), times: Float64Array.from(times) };
}

/** Sent per byte received; one byte is added to both so that nothing is divided by zero. */
function ratioOf(out: number, back: number): number {
  return (out + 1) / (back + 1);
}

function directionReason({ ratios }: Own, host: string, out: number, back: number): Reason | null {
  if (!(out >= 10_000) || back !== back || ratios.length < LEAST_OWN) return null;
  const ratio = ratioOf(out, back);
  const median = medianOf(ratios);
  if (ratio < 2 || ratio < 10 * median) return null;
  const times = (value: number): string =>
    value.toLocaleString('en-US', { maximumSignificantDigits: 3, notation: value >= 1e6 ? 'scientific' : 'standard' });
  return {
    what: 'direction',
    words: `The originator sent ${formatBytes(out)}, the responder ${formatBytes(back)}: ${times(ratio)} bytes sent for each received; the median of the ${formatCount(ratios.length)} connections that ${host} originated is ${times(median)}.`,
  };
}

/** Was the originator ever active at this hour of the day before? Only said once it was seen on three days before. */
function hourReason({ times }: Own, host: string, ts: number): Reason | null {
  if (ts !== ts) return null;
  const today = Math.floor(ts / DAY);
  const hour = Math.floor(ts / HOUR) - today * 24;
  const days = new Set<number>();
  let before = 0;
  for (const time of times) {
    const day = Math.floor(time / DAY);
    if (day >= today) continue;
    if (Math.floor(time / HOUR) - day * 24 === hour) return null;
    days.add(day);
    before++;
  }
  if (days.size < 3 || before < LEAST_OWN) return null;
  const from = String(hour).padStart(2, '0');
  return {
    what: 'hour',
    words: `${host} was never active between ${from}:00 and ${from}:59 UTC on the ${days.size} days before (${formatCount(before)} connections).`,
  };
}
