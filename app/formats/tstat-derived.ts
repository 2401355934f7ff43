import type { Slot } from './column-slots.ts';
import type { TermCache } from './intern-cache.ts';
import type { DerivedWords } from './kernels/line-blocks.ts';
import { services } from './tstat-columns.ts';
import type { TstatLayout } from './tstat-layout.ts';

const noNumbers = new Float64Array(0);
const noIds = new Uint32Array(0);

/** A bit for each service that a connection may be; others mean nothing. */
const SERVICE_BITS = 2 ** services.length - 1;

/** What follows from the fields of a row: transport, service, how long a UDP flow lasted, and which zeros say nothing. */
export class TstatDerived {
  readonly #terms: TermCache;
  #ts: Float64Array = noNumbers;
  #gates: readonly { readonly counter: Float64Array; readonly targets: readonly Float64Array[] }[] = [];
  #proto: Uint32Array = noIds;
  #protoId = 0;
  #conT: Float64Array = noNumbers;
  #service: Uint32Array | null = null;
  /** By the bits of `con_t`: the id of the services' names and one, 0 where nobody has asked for it. */
  #serviceIds = noIds;
  #flow: { readonly duration: Float64Array; readonly own: readonly Float64Array[] } | null = null;

  constructor(terms: TermCache) {
    this.#terms = terms;
  }

  /** Rows from here on have this layout and these slots, in the order of its plans. */
  bind(layout: TstatLayout, slots: readonly Slot[]): void {
    const numbers = (place: number): Float64Array => {
      const slot = slots.at(place);
      return place >= 0 && slot?.storage === 'number' ? slot.values : noNumbers;
    };
    const ids = (place: number): Uint32Array => {
      const slot = slots.at(place);
      return place >= 0 && slot?.storage === 'dictionary' ? slot.values : noIds;
    };
    const named = (name: string): Float64Array => numbers(layout.fields.findIndex((field) => field.name === name));
    this.#ts = numbers(layout.fields.findIndex(({ column }) => column === 'ts'));
    this.#gates = layout.gates.map(({ counter, targets }) => ({ counter: numbers(counter), targets: targets.map(numbers) }));
    this.#proto = ids(layout.proto);
    this.#protoId = this.#terms.id(Buffer.from(layout.transport), 0, layout.transport.length);
    this.#service = layout.service < 0 ? null : ids(layout.service);
    if (this.#service !== null && this.#serviceIds.length === 0) this.#serviceIds = new Uint32Array(SERVICE_BITS + 1);
    this.#conT = named('con_t');
    this.#flow = layout.duration < 0 ? null : { duration: numbers(layout.duration), own: ['c_durat', 's_first_abs', 's_durat'].map(named) };
  }

  /** The names of services that a block of rows would be the first to have; null where the layout has none. `field`: that of `con_t`. */
  servicesOf(layout: TstatLayout): DerivedWords | null {
    const field = layout.fields.findIndex(({ name }) => name === 'con_t');
    if (layout.service < 0 || field < 0) return null;
    return {
      field,
      newOnes: (values, rows, out) => newServices(this.#serviceIds, values, rows, out),
      make: (conT) => void this.#serviceOf(conT),
    };
  }

  /** The same as `row` for many, from `from` on. */
  rows(from: number, count: number): void {
    const to = from + count;
    for (const { counter, targets } of this.#gates) {
      for (let row = from; row < to; row++) {
        if (counter[row] !== 0) continue;
        for (const target of targets) target[row] = NaN;
      }
    }
    this.#proto.fill(this.#protoId, from, to);
    const service = this.#service;
    if (service !== null) this.#services(service, from, to);
    const flow = this.#flow;
    if (flow !== null) for (let row = from; row < to; row++) flow.duration[row] = durationOf(this.#ts[row], flow.own, row);
  }

  /** To be called once the fields of `row` are filled. Returns its time. */
  row(row: number): number {
    const ts = this.#ts[row];
    for (const { counter, targets } of this.#gates) {
      if (counter[row] !== 0) continue;
      for (const target of targets) target[row] = NaN;
    }
    this.#proto[row] = this.#protoId;
    if (this.#service !== null) this.#service[row] = this.#serviceOf(this.#conT[row]);
    if (this.#flow !== null) this.#flow.duration[row] = durationOf(ts, this.#flow.own, row);
    return ts;
  }

  #services(service: Uint32Array, from: number, to: number): void {
    const conT = this.#conT;
    const ids = this.#serviceIds;
    for (let row = from; row < to; row++) {
      const there = conT[row] > 0 ? ids[conT[row] & SERVICE_BITS] : 1;
      service[row] = there > 0 ? there - 1 : this.#serviceOf(conT[row]);
    }
  }

  #serviceOf(conT: number): number {
    if (!(conT > 0)) return 0;
    // of whole numbers up to 2^53 these are the lowest bits
    const bits = conT & SERVICE_BITS;
    const there = this.#serviceIds[bits];
    if (there > 0) return there - 1;
    const words = Buffer.from(services.filter((_, bit) => (bits & (1 << bit)) !== 0).join(','));
    const id = words.length === 0 ? 0 : this.#terms.id(words, 0, words.length);
    this.#serviceIds[bits] = id + 1;
    return id;
  }
}

function newServices(ids: Uint32Array, conT: Float64Array, rows: number, out: Uint32Array): number {
  let count = 0;
  for (let row = 0; row < rows; row++) if (conT[row] > 0 && ids[conT[row] & SERVICE_BITS] === 0) out[count++] = row;
  return count;
}

/** From the first packet to the last of either side of a UDP flow: starts are microseconds, lengths seconds. */
function durationOf(ts: number, [length, start, answerLength]: readonly Float64Array[], row: number): number {
  const own = length.length === 0 ? NaN : Math.round(length[row] * 1e6);
  const answer = start.length === 0 || answerLength.length === 0 ? NaN : start[row] + Math.round(answerLength[row] * 1e6) - ts;
  if (!(own >= 0)) return NaN;
  return answer > own ? answer : own;
}
