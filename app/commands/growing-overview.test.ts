import fc from 'fast-check';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { LiveEvidence } from '../case/live-types.ts';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder, source as sourceOf } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import type { ColumnBuffer } from '../columns/types.ts';
import type { MainKind } from '../contract/case.ts';
import type { Overview } from '../contract/records.ts';
import { connectionFields, specOf } from '../formats/fields.ts';
import { requestFields } from '../formats/request-fields.ts';
import { overview } from '../insight/overview.ts';
import { requestOverview } from '../insight/request-overview.ts';
import type { PlainRow } from '../query/testing.ts';
import { Reading } from './reading.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
let cases = 0;
const monday = Date.UTC(2024, 3, 15) * 1000;
const fields = { connection: connectionFields, request: requestFields };

/** Two pieces of evidence that grow by turns, and are sealed and begun anew. */
class Receiver {
  readonly #writer: CaseWriter;
  readonly #kind: MainKind;
  readonly #open = new Map<number, { readonly evidence: LiveEvidence; rows: number }>();

  constructor(writer: CaseWriter, kind: MainKind) {
    this.#writer = writer;
    this.#kind = kind;
    writer.live.addSource('one', { source: 1 });
    writer.live.addSource('two', { source: 2 });
  }

  append(which: number, rows: readonly PlainRow[]): void {
    if (rows.length === 0) return;
    this.#writer.live.commit((transaction) => {
      const open = this.#open.get(which) ?? { evidence: transaction.begin(sourceOf(`${which}.log`, this.#kind)), rows: 0 };
      this.#open.set(which, open);
      open.evidence.append(rows.length, this.#columns(open.evidence, rows));
      open.rows += rows.length;
      const counts = { rows: open.rows, rejected: 0, comments: 0, lines: open.rows, first: null, last: null };
      open.evidence.figures({ ...counts, bytes: 1, unpackedBytes: 1, sha256: '0'.repeat(64), seconds: 0, remarks: [] });
      transaction.position(which + 1, { position: {}, reader: {}, evidence: open.evidence.evidence });
    });
  }

  seal(which: number): void {
    const open = this.#open.get(which);
    this.#open.delete(which);
    if (open !== undefined) this.#writer.live.seal(open.evidence.evidence, []);
  }

  remove(nth: number): void {
    const sealed = this.#writer.evidence().filter(({ status }) => status !== 'live');
    if (sealed.length > 0) this.#writer.removeEvidence(sealed[nth % sealed.length].id);
  }

  /** Those that the rows speak of. */
  #columns(evidence: LiveEvidence, rows: readonly PlainRow[]): { spec: ReturnType<typeof specOf>; buffer: ColumnBuffer }[] {
    const names = new Set(rows.flatMap((row) => Object.keys(row)));
    return fields[this.#kind].map(specOf).flatMap((spec) => {
      if (!names.has(spec.name)) return [];
      const number = (value: unknown): number => (typeof value === 'number' ? value : NaN);
      const dictionary = spec.dictionary === null ? null : evidence.dictionary(spec.dictionary);
      const entry = (value: unknown): number => (typeof value === 'string' ? (dictionary?.internText(value) ?? 0) : 0);
      const buffer: ColumnBuffer =
        spec.storage === 'number'
          ? { storage: 'number', values: Float64Array.from(rows, (row) => number(row[spec.name])) }
          : { storage: 'dictionary', values: Uint32Array.from(rows, (row) => entry(row[spec.name])) };
      return [{ spec: evidence.column(spec), buffer }];
    });
  }
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 6 });
const amount = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.constantFrom(40_000_000, 2 ** 40));
const host = fc.integer({ min: 1, max: 30 }).map((n) => `10.0.0.${n}`);
/** Times of a few minutes, or of years. */
const ts = maybe(
  fc.oneof({ arbitrary: fc.integer({ min: monday, max: monday + 9 * 60e6 }), weight: 9 }, fc.integer({ min: 0, max: monday })),
);
const rowOf: Record<MainKind, fc.Arbitrary<PlainRow>> = {
  request: fc.record({
    ts,
    orig_h: maybe(host),
    method: maybe(fc.constantFrom('GET', 'POST')),
    path: maybe(fc.integer({ min: 0, max: 60 }).map((n) => `/${n}`)),
    status: maybe(fc.constantFrom(200, 301, 404, 500, 777, 12_345)),
    bytes: maybe(amount),
    agent: maybe(fc.constantFrom('curl/8', 'sqlmap/1', '-')),
    agent_kind: maybe(fc.constantFrom('tool', 'scanner')),
    vhost: maybe(fc.constantFrom('a.example', 'b.example')),
  }),
  connection: fc.record({
    ts,
    orig_h: maybe(host),
    resp_h: maybe(host),
    resp_p: maybe(fc.constantFrom(443, 80, 0)),
    service: maybe(fc.constantFrom('ssl', 'http')),
    orig_bytes: maybe(amount),
    resp_bytes: maybe(amount),
    orig_ip_bytes: maybe(amount),
    resp_ip_bytes: maybe(amount),
    conn_state: maybe(fc.constantFrom('SF', 'S0', 'REJ')),
  }),
};
/** Columns that a log may not have. */
const optional = {
  request: ['orig_h', 'method', 'path', 'agent', 'agent_kind', 'vhost'],
  connection: ['resp_h', 'service', 'orig_bytes', 'resp_bytes', 'conn_state'],
};
const filters: Record<MainKind, readonly string[]> = {
  request: ['', 'status >= 400', 'orig_h = 10.0.0.1 or bytes > 1000', 'tag = seen'],
  connection: ['', 'resp_p = 443', 'orig_h = 10.0.0.0/29', 'not resp_p = 80', 'tag = seen'],
};

type Step =
  | { readonly do: 'append'; readonly which: number; readonly rows: readonly PlainRow[] }
  | { readonly do: 'ask'; readonly filter: number; readonly buckets: number; readonly top: number }
  | { readonly do: 'seal' | 'remove' | 'tag'; readonly which: number }
  | { readonly do: 'tidy' };

const stepOf = (kind: MainKind): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        which: fc.nat(1),
        rows: fc
          .tuple(fc.array(rowOf[kind], { minLength: 1, maxLength: 20 }), fc.subarray(optional[kind]))
          .map(([rows, left]) => rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !left.includes(name))))),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('ask' as const),
        filter: fc.nat(4),
        buckets: fc.constantFrom(10, 10, 10, 50),
        top: fc.constantFrom(2, 8),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('seal' as const, 'remove' as const, 'tag' as const), which: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.constant({ do: 'tidy' as const }) },
  );

function withoutClock(answer: Overview): unknown {
  return { ...answer, milliseconds: 0 };
}

it.each(['request', 'connection'] as const)(
  'the overview of what grows is that of all of it, bit for bit, whatever came, went, was merged or chosen: %s',
  (kind) => {
    fc.assert(
      fc.property(fc.array(stepOf(kind), { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
        const writer = createCase(join(scratch.path, `${++cases}.flowcase`), caseFields);
        const reader = openCaseForReading(writer.path);
        const reading = new Reading(reader);
        const receiver = new Receiver(writer, kind);
        const ask = (filter: string, buckets: number, top: number): void => {
          const table = reading.refresh().table(kind);
          const make = kind === 'connection' ? overview : requestOverview;
          const compiled = reading.filter(kind, { filter });
          expect(withoutClock(reading.overview({ filter }, buckets, top, kind))).toEqual(
            withoutClock(make(table, compiled, { buckets, top })),
          );
        };
        for (const step of steps) {
          if (step.do === 'append') receiver.append(step.which, step.rows);
          else if (step.do === 'tidy') writer.live.tidy();
          else if (step.do === 'seal') receiver.seal(step.which % 2);
          else if (step.do === 'remove') receiver.remove(step.which);
          else if (step.do === 'ask') ask(filters[kind][step.filter % filters[kind].length], step.buckets, step.top);
          else {
            const target = { type: 'host' as const, host: `10.0.0.${step.which}` };
            tagged(() => writer.addTag({ target, name: 'seen', color: undefined, note: '' }));
          }
        }
        for (const filter of filters[kind]) ask(filter, 10, 8);
        reader.close();
        writer.close();
      }),
      { numRuns: 25, endOnFailure: true },
    );
  },
  120_000,
);

/** A host that is not there cannot be tagged. */
function tagged(tag: () => void): void {
  try {
    tag();
  } catch (error) {
    expect(error).toMatchObject({ code: 'NOT_FOUND' });
  }
}
