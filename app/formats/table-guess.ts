import { once } from '../shared/once.ts';
import type { ColumnType } from '../contract/records.ts';
import { parseIpv4 } from '../shared/ipv4.ts';
import { Ipv6Reader } from './addresses.ts';
import { protocolOf } from './protocols.ts';
import { portOfService } from './service-ports.ts';
import { timeReader, type TimeReader, type TimeUnit } from './table-times.ts';
import { absent } from './table-values.ts';
import { timeZone } from './time-zone.ts';

/** What the values of a column seem to be. `timeFormat`: how its times are written, where it is not ISO 8601 or the like. */
export interface Guess {
  readonly type: ColumnType;
  readonly timeFormat: string | null;
  /** Both day/month and month/day fit. */
  readonly ambiguous: boolean;
  /** Times with digits beyond the microsecond, which a time does not keep. */
  readonly finer?: true;
  /** Times, apart from some values that are none. */
  readonly partial?: true;
}

/** What times are told from, beside the values. */
export interface TimeHints {
  /** At least so many of the values are times: a share of them; all where it is not given. */
  readonly share?: number;
  /** How a person says that times are written. */
  readonly format?: string | undefined;
}

const none: Guess = { type: 'string', timeFormat: null, ambiguous: false };

/** Whether a value of a column that is no text stands for none. */
export function isAbsent(text: string): boolean {
  return absent.has(text.trim().toLowerCase());
}

const wholeNumber = /^-?(?:0|[1-9]\d{0,15})$/;
const decimal = /^-?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const truth: ReadonlySet<string> = new Set(['t', 'f', 'true', 'false']);

const utc = timeZone('UTC');
const iso = timeReader(undefined, utc);

const clocks = ['%H:%M:%S', '%H:%M', '%I:%M:%S %p', '%I:%M %p', '%H:%M:%S.%f', '%I:%M:%S.%f %p'];
const days = [
  '%d/%m/%Y',
  '%m/%d/%Y',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%d.%m.%Y',
  '%d %b %Y',
  '%d-%b-%Y',
  '%d%b%Y',
  '%b %d %Y',
  '%b %d, %Y',
  '%d/%m/%y',
  '%m/%d/%y',
];
/** Ways of writing times beside ISO 8601, day before month first. */
const patterns = once((): readonly (readonly [string, TimeReader])[] =>
  [
    ...days.flatMap((day) => clocks.map((clock) => `${day} ${clock}`)),
    '%d/%b/%Y:%H:%M:%S %z',
    // asctime, date(1), and RFC 2822 with the day of the week and without
    '%a %b %d %H:%M:%S %Y',
    '%a %b %d %H:%M:%S %Z %Y',
    '%a, %d %b %Y %H:%M:%S %z',
    '%d %b %Y %H:%M:%S %z',
    // Wireshark's frame.time
    '%b %d, %Y %H:%M:%S.%f %Z',
  ].map((pattern) => [pattern, timeReader(pattern, utc)] as const),
);

/**
 * The type of a column by a sample of its values, such that no value of the sample loses a digit: leading zeros, more digits than a number keeps
 * exactly, and zeros at the end of some decimals make it a text.
 */
export function guessType(values: readonly string[], hints: TimeHints = {}): Guess {
  const present = values.filter((value) => !isAbsent(value)).map((value) => value.trim());
  if (present.length === 0) return none;
  const all = (is: (value: string) => boolean): boolean => present.every(is);
  if (all(isAddress)) return { ...none, type: 'addr' };
  if (all((value) => truth.has(value.toLowerCase()))) return { ...none, type: 'bool' };
  const numbers = present.filter((value) => !infinite.test(value));
  return (numbers.length === 0 ? null : guessNumber(numbers)) ?? guessTime(present, hints);
}

/** Comes among numbers, and is none that can be kept. */
const infinite = /^[+-]?inf(inity)?$/i;

function guessNumber(present: readonly string[]): Guess | null {
  const all = (is: (value: string) => boolean): boolean => present.every(is);
  if (all((value) => wholeNumber.test(value) && Number.isSafeInteger(Number(value)))) {
    return { ...none, type: present.some((value) => value.startsWith('-')) ? 'int' : 'count' };
  }
  return all(isDecimal) && keepsDigits(present) ? { ...none, type: 'double' } : null;
}

/** Every way of writing times that is known without a word of a person has hours and a colon behind them. */
const withClock = /\d:/;

/**
 * `present`: none of them absent. How times are written is decided by those that are times: that way counts in which most can be read, and of two that
 * read as many the first. What a person says goes before.
 */
function guessTime(present: readonly string[], { share = 1, format }: TimeHints = {}): Guess {
  const bytes = present.map((value) => Buffer.from(value));
  const allowed = present.length - Math.ceil(present.length * share);
  const misses = (reader: TimeReader): number => missesOf(reader, bytes, allowed);
  const found = (way: string | null, missed: number, ambiguous: boolean): Guess => {
    const finer = present.some((value) => /[.,]\d{6}\d*[1-9]/.test(value)) ? ({ finer: true } as const) : {};
    return { type: 'time', timeFormat: way, ambiguous, ...finer, ...(missed > 0 ? ({ partial: true } as const) : {}) };
  };
  const turnedOf = (way: string): string => way.replace('%d/%m', '%m/%d').replace('%d-%m', '%m-%d');
  if (format !== undefined) {
    const missed = misses(timeReader(format, utc));
    const turned = turnedOf(format);
    if (missed <= allowed) return found(format, missed, turned !== format && misses(timeReader(turned, utc)) === missed);
  }
  if (present.filter((value) => !withClock.test(value)).length > allowed) return none;
  const ways = [[null, iso] as const, ...patterns()].map(([way, reader]) => ({ way, missed: misses(reader) }));
  const best = ways.reduce((a, b) => (b.missed < a.missed ? b : a));
  if (best.missed > allowed) return none;
  const turned = best.way === null ? null : turnedOf(best.way);
  return found(best.way, best.missed, turned !== best.way && ways.some(({ way, missed }) => way === turned && missed === best.missed));
}

/** How many values are no times; counted as far as one more than `allowed`. */
function missesOf(reader: TimeReader, values: readonly Uint8Array[], allowed: number): number {
  let missed = 0;
  for (let i = 0; i < values.length && missed <= allowed; i++) if (Number.isNaN(reader(values[i], 0, values[i].length))) missed++;
  return missed;
}

/** Whether at least this share of the values, and any at all, are times that are written in this way. */
export function areWrittenAs(values: readonly string[], format: string, share: number): boolean {
  const present = values.filter((value) => !isAbsent(value)).map((value) => Buffer.from(value.trim()));
  const allowed = present.length - Math.max(1, Math.ceil(present.length * share));
  return present.length > 0 && missesOf(timeReader(format, utc), present, allowed) <= allowed;
}

const clock = /^\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[ap]m)?(?: ?(?:z|utc|[+-]\d\d:?\d\d))?$/i;

/**
 * The times that days in one column and times of day in another are together; null where they are none, most of them. `values`: both, a line each.
 * `format`: how a person says that they are written.
 */
export function joinedTime(values: readonly (readonly [string, string])[], format?: string): Guess | null {
  const present = values
    .map(([day, time]) => [day.trim(), time.trim()] as const)
    .filter(([day, time]) => !isAbsent(day) && !isAbsent(time));
  const apart = present.filter(([day, time]) => !day.includes(':') && clock.test(time)).length;
  if (present.length === 0 || apart < present.length * NAMED_SHARE) return null;
  const guess = guessTime(
    present.map(([day, time]) => `${day} ${time}`),
    { share: NAMED_SHARE, format },
  );
  return guess.type === 'time' ? guess : null;
}

/** So many of the values of a column that is called as a time is, or that a person calls one, have to be times. */
export const NAMED_SHARE = 0.5;
/** So many of any other's. */
export const VALUES_SHARE = 0.9;

const ipv6 = new Ipv6Reader();

export function isAddress(text: string): boolean {
  const bytes = Buffer.from(text.trim());
  return parseIpv4(bytes, 0, bytes.length) >= 0 || ipv6.read(bytes, 0, bytes.length);
}

/** Longer ones are no numbers of anything. */
const LONGEST = 400;

/** A whole number so large that it is no exact one any more is kept as its digits, whatever these are. */
const tooLarge = (text: string): boolean => /^-?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text));

const isDecimal = (text: string): boolean =>
  text.length <= LONGEST && !tooLarge(text) && /\d/.test(text) && decimal.test(text) && Number.isFinite(Number(text)) && isExact(text);

/** A number keeps fifteen digits whatever they are; of more, those that it writes again. */
function isExact(text: string): boolean {
  const digits = significant(text);
  return digits.length <= 15 || digits === significant(String(Number(text)));
}

const significant = (text: string): string =>
  text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '');

/** Zeros at the end of decimals say nothing where all have as many, or where it is the one that some languages write behind whole numbers. */
function keepsDigits(values: readonly string[]): boolean {
  const places = values.map((value) => /\.(\d+)/.exec(value)?.[1] ?? '');
  if (places.every((one) => one.length === places[0]?.length)) return true;
  return places.every((one) => one === '' || one === '0' || !one.endsWith('0'));
}

/** The numbers among the values; none where fewer than this share of them are numbers. */
function numbersAmong(values: readonly string[], share: number): readonly number[] {
  const present = values.filter((value) => !isAbsent(value));
  const numbers = present.map(Number).filter((value) => Number.isFinite(value));
  return numbers.length >= present.length * share ? numbers : [];
}

type EpochUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';
const epochUnits = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'] as const;

/** By how large a time since 1970 is. */
const unitOfSize = (value: number): EpochUnit =>
  value < 1e11 ? 'seconds' : value < 1e14 ? 'milliseconds' : value < 1e17 ? 'microseconds' : 'nanoseconds';

/** What numbers of an absolute time count, by how large most of them are (zeros say nothing); null where most of the values are no times of this age. */
export function epochUnit(values: readonly string[], share = NAMED_SHARE): TimeUnit | null {
  const numbers = numbersAmong(values, share);
  const [positive, negative] = [numbers.filter((value) => value > 0), numbers.filter((value) => value < 0)];
  if (numbers.length === 0 || negative.length > positive.length) return null;
  const count = (unit: EpochUnit): number => positive.filter((value) => unitOfSize(value) === unit).length;
  return epochUnits.reduce((best, unit) => (count(unit) >= Math.max(1, count(best)) ? unit : best), 'seconds');
}

/** Whether numbers, and nearly all of the values are such, are times between 2000 and 2100, in any unit. */
export function looksLikeEpoch(values: readonly string[]): boolean {
  const unit = epochUnit(values, VALUES_SHARE);
  if (unit === null) return false;
  const second = { seconds: 1, milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9 }[unit];
  const numbers = numbersAmong(values, VALUES_SHARE);
  const times = numbers.filter((value) => value > 946_684_800 * second && value < 4_102_444_800 * second);
  return times.length >= numbers.length * VALUES_SHARE;
}

/** Whether most of these are numbers with digits behind the point that say something: they count no unit as small as microseconds. */
export function areMostlyFractions(values: readonly string[]): boolean {
  const present = values.filter((value) => !isAbsent(value) && Number(value) !== 0);
  return (
    present.length > 0 && present.filter((value) => /\.\d*[1-9]/.test(value) && Number.isFinite(Number(value))).length * 2 > present.length
  );
}

/** Seconds since 1970 that lie before this are counted from another beginning: 3 March 1973. */
const FIRST_SECONDS = 1e8;

/** Whether these are numbers, most of them, and too small for times of this age in any unit. */
export function looksRelative(values: readonly string[]): boolean {
  const numbers = numbersAmong(values, NAMED_SHARE);
  return numbers.length > 0 && numbers.filter((value) => Math.abs(value) < FIRST_SECONDS).length * 2 > numbers.length;
}

/** Whether these are times of day, without a day. */
export function areClocks(values: readonly string[]): boolean {
  const present = values.map((value) => value.trim()).filter((value) => !isAbsent(value));
  return present.length > 0 && present.every((value) => clock.test(value));
}

/** Whether at least half of the values may stand in a column of this type; true where there are none. */
export function fitsType(values: readonly string[], type: ColumnType, column: string): boolean {
  const present = values.filter((value) => !isAbsent(value)).map((value) => value.trim());
  if (present.length === 0) return true;
  const least = present.length / 2;
  const count = (is: (value: string) => boolean): boolean => present.filter(is).length >= least;
  if (column === 'proto') return count((value) => protocolOf(value) !== null);
  switch (type) {
    case 'addr':
      return count(isAddress);
    case 'time':
      return guessTime(present, { share: NAMED_SHARE }).type === 'time' || epochUnit(present) !== null;
    case 'interval':
    case 'double':
      return count((value) => value !== '' && Number.isFinite(Number(value)));
    case 'count':
      return count((value) => /^\d+(\.0+)?$/.test(value));
    case 'port':
      return count((value) => /^(\d{1,5}(\.0+)?|0x[0-9a-fA-F]{1,4})$/.test(value) || portOfService(value) !== undefined);
    case 'int':
      return count((value) => /^-?\d+(\.0+)?$/.test(value));
    case 'bool':
      return count((value) => truth.has(value.toLowerCase()) || value === '0' || value === '1');
    case 'subnet':
    case 'enum':
    case 'string':
    case 'set':
    case 'vector':
      return true;
  }
}
