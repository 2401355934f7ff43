import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { CallTable, type PairCalls } from './call-table.ts';
import { hashOf } from './hash.ts';

type Call = readonly [time: number, from: number, to: number, port: number, bytes: number, local: number];

const calls = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 500 }),
    fc.nat(4),
    fc.nat(6),
    fc.constantFrom(0, 22, 443, 65_535),
    fc.nat(1000),
    fc.constantFrom(0, 1, Number.NaN),
  ),
  { maxLength: 300 },
);

function add(table: CallTable, some: readonly Call[]): CallTable {
  const keysOf = (texts: string[]): { keys: string[]; hashes: Uint32Array } => ({ keys: texts, hashes: Uint32Array.from(texts, hashOf) });
  table.add(
    {
      originators: keysOf(some.map(([, from]) => `10.0.0.${from}`)),
      responders: keysOf(some.map(([, , to]) => `192.0.2.${to}`)),
      ports: Float64Array.from(some, ([, , , port]) => port),
      localOriginators: Float64Array.from(some, ([, , , , , local]) => local),
      localResponders: null,
      times: Float64Array.from(some, ([time]) => time),
      bytesOut: Float64Array.from(some, ([, , , , bytes]) => bytes),
    },
    Uint32Array.from(some.keys()),
    some.length,
  );
  return table;
}

const words = (all: readonly PairCalls[]): string[] => all.map((one) => JSON.stringify(one)).sort();
const tableOf = (some: readonly Call[], capacity = 1000): CallTable => add(new CallTable(capacity), some);

it('has every pair with its calls, the earliest 64 of them', () => {
  fc.assert(
    fc.property(calls, (some) => {
      const pairs = new Map<string, Call[]>();
      for (const call of some.filter(([, , , port]) => port > 0)) {
        const key = JSON.stringify([`10.0.0.${call[1]}`, `192.0.2.${call[2]}`, call[3]]);
        pairs.set(key, [...(pairs.get(key) ?? []), call]);
      }
      const found = tableOf(some)
        .calls()
        .map(({ originator, responder, port, ...rest }) => [JSON.stringify([originator, responder, port]), rest] as const);
      expect(new Map(found)).toEqual(
        new Map(
          [...pairs].map(([key, own]) => [
            key,
            {
              localOriginator: Math.max(...own.map(([, , , , , local]) => (Number.isNaN(local) ? -1 : local))),
              localResponder: -1,
              records: own.length,
              bytesOut: own.reduce((sum, [, , , , bytes]) => sum + bytes, 0),
              times: own
                .map(([time]) => time)
                .sort((a, b) => a - b)
                .slice(0, 64),
            },
          ]),
        ),
      );
    }),
  );
});

it('is the same in whatever order and parts its records come, merged or written and read in between, also where there are too many pairs', () => {
  fc.assert(
    fc.property(
      calls,
      fc.array(fc.nat(300), { maxLength: 5 }),
      fc.constantFrom(4, 9, 1000),
      fc.boolean(),
      (some, cuts, capacity, merges) => {
        const whole = words(tableOf(some, capacity).calls());
        const places = [0, ...cuts.sort((a, b) => a - b), some.length];
        let table = new CallTable(capacity);
        for (const [i, end] of places.slice(1).entries()) {
          const part = some.slice(places[i], end).reverse();
          if (merges) table.merge(tableOf(part, capacity));
          else add(table, part);
          const out = new ByteWriter();
          table.write(out);
          table = new CallTable(capacity);
          const bytes = new ByteReader(out.done(), 'calls');
          table.read(bytes);
          bytes.end();
        }
        expect(words(table.calls())).toEqual(whole);
        expect(whole.length).toBeLessThanOrEqual(capacity);
      },
    ),
    { numRuns: 300 },
  );
});

it('of too many pairs the same ones are kept each time: their rhythm goes on', () => {
  const pairs = (shift: number): Call[] => Array.from({ length: 5000 }, (_, i) => [shift + i, i % 250, Math.floor(i / 250), 443, 1, 0]);
  const kept = (table: CallTable): string[] => table.calls().map(({ originator, responder }) => `${originator} ${responder}`);
  const first = kept(tableOf(pairs(0), 500));
  expect(first.length).toBeGreaterThan(150);
  expect(kept(tableOf(pairs(9000), 500))).toEqual(first);
});
