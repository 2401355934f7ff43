import { FlowcaseError } from '../errors.ts';
import { blanks, fraction, lastRead, number, zone, type Clock } from './table-clock.ts';

/** One part of a way of writing times: reads it into the clock, and returns where it ends, or -1. */
export type Step = (clock: Clock, bytes: Uint8Array, start: number, end: number) => number;

export function match(steps: readonly Step[], clock: Clock, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (const step of steps) {
    at = step(clock, bytes, at, end);
    if (at < 0) return -1;
  }
  return at;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const numeric =
  (most: number, set: (clock: Clock, value: number) => void): Step =>
  (clock, bytes, start, end) => {
    const at = number(bytes, bytes[start] === 32 ? blanks(bytes, start, end) : start, end, most);
    if (at >= 0) set(clock, lastRead());
    return at;
  };

/** The name of a month or a day: where it ends, and its first three letters. */
function word(bytes: Uint8Array, start: number, end: number): readonly [number, string] {
  let at = start;
  while (at < end && (bytes[at] | 32) >= 97 && (bytes[at] | 32) <= 122) at++;
  return [at, Buffer.from(bytes.subarray(start, at)).toString('latin1').toLowerCase().slice(0, 3)];
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Zones by names that mean one alone, in minutes east. */
const zones: ReadonlyMap<string, number> = new Map(
  'wet:0 west:60 bst:60 cet:60 cest:120 mez:60 mesz:120 eet:120 eest:180 msk:180 jst:540 kst:540 est:-300 edt:-240 cdt:-300 mst:-420 mdt:-360 pst:-480 pdt:-420 akst:-540 akdt:-480 hst:-600'
    .split(' ')
    .map((one) => one.split(':') as [string, string])
    .map(([name, minutes]) => [name, Number(minutes)]),
);

/** What `zone` reads, or a name. */
function namedZone(clock: Clock, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] | 32) >= 97 && (bytes[at] | 32) <= 122) at++;
  const minutes = zones.get(Buffer.from(bytes.subarray(start, at)).toString('latin1').toLowerCase());
  if (minutes === undefined) return zone(clock, bytes, start, end);
  clock.offset = minutes;
  return at;
}

const directives: Readonly<Record<string, Step>> = {
  Y: numeric(4, (clock, value) => (clock.year = value)),
  y: numeric(2, (clock, value) => (clock.year = value < 69 ? 2000 + value : 1900 + value)),
  m: numeric(2, (clock, value) => (clock.month = value)),
  d: numeric(2, (clock, value) => (clock.day = value)),
  e: numeric(2, (clock, value) => (clock.day = value)),
  j: numeric(3, (clock, value) => (clock.dayOfYear = value > 366 ? 0 : value)),
  H: numeric(2, (clock, value) => (clock.hour = value)),
  I: numeric(2, (clock, value) => (clock.hour = value)),
  M: numeric(2, (clock, value) => (clock.minute = value)),
  S: numeric(2, (clock, value) => (clock.second = value)),
  s: (clock, bytes, start, end) => {
    const at = number(bytes, start, end, 12);
    clock.epoch = lastRead() * 1e6;
    return at;
  },
  f: fraction,
  z: zone,
  Z: namedZone,
  p: (clock, bytes, start, end) => {
    const half = start + 2 <= end && (bytes[start + 1] | 32) === 109 ? bytes[start] | 32 : 0;
    clock.half = half === 97 ? 0 : half === 112 ? 1 : -1;
    return clock.half < 0 ? -1 : start + 2;
  },
  b: (clock, bytes, start, end) => {
    const [at, name] = word(bytes, start, end);
    clock.month = 1 + months.indexOf(name);
    return clock.month > 0 ? at : -1;
  },
  // the date says it better
  a: (_, bytes, start, end) => {
    const [at, name] = word(bytes, start, end);
    return weekdays.includes(name) ? at : -1;
  },
};

const shorthands: Readonly<Record<string, string>> = { T: '%H:%M:%S', F: '%Y-%m-%d', D: '%m/%d/%y', R: '%H:%M', h: '%b', B: '%b', A: '%a' };

export function compile(pattern: string): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character !== '%') {
      steps.push(literal(character));
      continue;
    }
    const name = pattern[++at] ?? '';
    if (name === '%') steps.push(literal('%'));
    else if (Object.hasOwn(shorthands, name)) steps.push(...compile(shorthands[name]));
    else if (Object.hasOwn(directives, name)) steps.push(directives[name]);
    else {
      const message = `The time format "${pattern}" has "%${name}" in it, which stands for nothing. Known: ${[...Object.keys(directives), ...Object.keys(shorthands)].map((one) => `%${one}`).join(' ')}.`;
      throw new FlowcaseError('INVALID_INPUT', message, { timeFormat: pattern });
    }
  }
  return steps;
}

/** One blank of a pattern stands for any number of them. */
function literal(character: string): Step {
  if (character === ' ') return (_, bytes, start, end) => (bytes[start] === 32 && start < end ? blanks(bytes, start, end) : -1);
  const wanted = Buffer.from(character);
  return (_, bytes, start, end) => {
    if (start + wanted.length > end) return -1;
    for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return -1;
    return start + wanted.length;
  };
}
