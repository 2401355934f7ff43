import { timeReader, type TimeReader } from './table-times.ts';
import { timeZone, type Zone } from './time-zone.ts';

/** From the year 2200 on a time is none. */
const LATEST = 7_258_118_400e6;

/** `dd/Mon/yyyy:HH:MM:SS +zzzz`, without its brackets. */
const WIDTH = 26;

/** Zones of North America by RFC 5322 (section 4.3), and others whose names mean one zone; in hours. */
const zoneNames: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ UTC: 0, GMT: 0, UT: 0, Z: 0, EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
    ...{ WET: 0, WEST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3, MSK: 3, JST: 9, KST: 9, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
  }),
);

/**
 * Times as web servers write them: `10/Feb/2012:16:42:07 -0500` (Apache's %t, nginx's $time_local), maybe with a fraction and without a zone, or
 * ISO 8601. Where no zone is named it is that of the options.
 */
export class AccessTime {
  /** Of times that name none. */
  readonly zone: Zone;
  readonly #common: TimeReader;
  readonly #plain: TimeReader;
  readonly #iso: TimeReader;
  /** The date and the zone that came last, as words of four bytes, and their midnight in UTC. */
  readonly #words = new Int32Array(5);
  #midnight = NaN;
  #known = false;

  /** @throws FlowcaseError INVALID_INPUT for a zone that there is not */
  constructor(zone: string | undefined) {
    this.zone = timeZone(zone);
    this.#common = timeReader('%d/%b/%Y:%H:%M:%S %z', this.zone);
    this.#plain = timeReader('%d/%b/%Y:%H:%M:%S', this.zone);
    this.#iso = timeReader('iso', this.zone);
  }

  /** bytes[start..end) as microseconds since 1970 UTC, NaN where it is no time. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start + 4] === 45 || bytes[start + 4] === 46) return inRange(this.#iso(bytes, start, end));
    // Python's and Ruby's servers have a blank there
    if (bytes[start + 11] === 32 && bytes[start + 2] === 47) return this.#withColon(bytes, start, end);
    const dot = start + 20;
    if (dot < end && (bytes[dot] === 46 || bytes[dot] === 44)) return this.#withFraction(bytes, start, dot, end);
    const common = this.#common(bytes, start, end);
    if (!Number.isNaN(common)) return inRange(common);
    const named = start + 20 < end && bytes[start + 20] === 32 ? this.#withName(bytes, start, end) : null;
    return named ?? inRange(this.#plain(bytes, start, end));
  }

  /** `10/Feb/2012:16:42:07 CDT`, as gunicorn and WEBrick write it; null where nobody knows the name. */
  #withName(bytes: Uint8Array, start: number, end: number): number | null {
    const hours = end - start > 26 ? undefined : zoneNames.get(Buffer.from(bytes.subarray(start + 21, end)).toString('latin1'));
    if (hours === undefined) return null;
    const sign = hours < 0 ? '-' : '+';
    const zone = Buffer.from(` ${sign}${String(Math.abs(hours)).padStart(2, '0')}00`);
    const usual = Buffer.concat([bytes.subarray(start, start + 20), zone]);
    return inRange(this.#common(usual, 0, usual.length));
  }

  /** `10/Feb/2012 16:42:07` */
  #withColon(bytes: Uint8Array, start: number, end: number): number {
    // a copy, also of a Buffer
    const usual = Uint8Array.from(bytes.subarray(start, end));
    usual[11] = 58;
    return this.read(usual, 0, usual.length);
  }

  /** The same for a time of the usual width that begins at `start` and ends with a bracket; NaN where it is another. */
  quick(view: DataView, bytes: Uint8Array, start: number): number {
    if (start + WIDTH + 1 > view.byteLength || bytes[start + WIDTH] !== 93) return NaN;
    if (!this.#known || !this.#same(view, start)) return this.#learn(view, bytes, start);
    if (bytes[start + 14] !== 58 || bytes[start + 17] !== 58) return NaN;
    const hour = two(bytes, start + 12);
    const minute = two(bytes, start + 15);
    const second = two(bytes, start + 18);
    // NaN where one is no number
    if (!(hour < 24 && minute < 60 && second <= 60)) return NaN;
    return this.#midnight + ((hour * 60 + minute) * 60 + second) * 1e6;
  }

  #same(view: DataView, at: number): boolean {
    const words = this.#words;
    return (
      view.getInt32(at, true) === words[0] &&
      view.getInt32(at + 4, true) === words[1] &&
      view.getInt32(at + 8, true) === words[2] &&
      view.getInt32(at + 20, true) === words[3] &&
      view.getInt32(at + 22, true) === words[4]
    );
  }

  #learn(view: DataView, bytes: Uint8Array, at: number): number {
    const value = bytes[at + 20] === 32 ? this.read(bytes, at, at + WIDTH) : NaN;
    if (Number.isNaN(value)) return value;
    for (const [i, from] of [0, 4, 8, 20, 22].entries()) this.#words[i] = view.getInt32(at + from, true);
    this.#midnight = value - ((two(bytes, at + 12) * 60 + two(bytes, at + 15)) * 60 + two(bytes, at + 18)) * 1e6;
    this.#known = true;
    return value;
  }

  /** `10/Feb/2012:16:42:07.123 -0500` */
  #withFraction(bytes: Uint8Array, start: number, dot: number, end: number): number {
    let at = dot + 1;
    let scale = 100_000;
    let micro = 0;
    for (; at < end && bytes[at] >= 48 && bytes[at] <= 57; at++) {
      micro += Math.floor((bytes[at] - 48) * scale);
      scale /= 10;
    }
    if (at === dot + 1) return NaN;
    const whole = Buffer.concat([bytes.subarray(start, dot), bytes.subarray(at, end)]);
    return this.read(whole, 0, whole.length) + micro;
  }
}

function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? NaN : tens * 10 + ones;
}

function inRange(value: number): number {
  return Math.abs(value) < LATEST ? value : NaN;
}
