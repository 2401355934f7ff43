import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnRoom, PAGES } from '../columns/kernels/number-memory.ts';
import { StringPool } from '../columns/string-pool.ts';
import type { ColumnSpec } from '../columns/types.ts';
import { ColumnSlots, type Slot } from './column-slots.ts';
import type { RecordSink } from './types.ts';

/** Keeps what it is handed, by column: a number, or null where absent. */
class KeptColumns implements RecordSink {
  readonly chunks: ReadonlyMap<string, readonly (number | null)[]>[] = [];
  readonly room: ColumnRoom | null;
  readonly #pool = new StringPool('term');

  constructor(room: ColumnRoom | null) {
    this.room = room;
  }

  dictionary(): StringPool {
    return this.#pool;
  }
  known(): undefined {
    return undefined;
  }
  column(spec: ColumnSpec): ColumnSpec {
    return spec;
  }
  append(rows: number, columns: Parameters<RecordSink['append']>[1]): void {
    const kept = columns.map(({ spec, buffer }): [string, readonly (number | null)[]] => {
      if (buffer.storage === 'text') throw new Error('no texts here');
      return [spec.name, Array.from(buffer.values.subarray(0, rows), (value) => (Number.isNaN(value) || value === 0 ? null : value))];
    });
    this.chunks.push(new Map(kept));
  }
  reject(): void {
    throw new Error('nothing is refused here');
  }
}

const specs: readonly ColumnSpec[] = Array.from({ length: 6 }, (_, i) =>
  i % 2 === 0
    ? { name: `n${i}`, type: 'count', title: '', storage: 'number', dictionary: null }
    : { name: `d${i}`, type: 'string', title: '', storage: 'dictionary', dictionary: 'term' },
);

/** Rows one by one, or all at once into some columns; or the end of the chunk. */
type Act = { readonly rows: number; readonly at: 'once' | 'single'; readonly columns: readonly number[] } | 'flush';

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      rows: fc.integer({ min: 1, max: 700 }),
      at: fc.constantFrom('once', 'single'),
      columns: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant('flush' as const) },
);

function fill(slot: Slot, row: number, value: number): void {
  if (slot.storage === 'text') throw new Error('no texts here');
  slot.values[row] = value;
}

/** What kernels leave behind where not all rows come that they read. */
function tooMany(slot: Slot, from: number, rows: number): void {
  if (slot.storage === 'number') slot.values.fill(-1, from, from + rows);
}

const memory = new ArrayBuffer(PAGES * 2 ** 16);

/** The acts on slots, and the same on plain lists. `shared`: in shared memory, where more rows are written than come. */
function both(acts: readonly Act[], shared: boolean): { readonly chunks: KeptColumns['chunks']; readonly expected: KeptColumns['chunks'] } {
  const sink = new KeptColumns(shared ? new ColumnRoom(memory) : null);
  const slots = new ColumnSlots(sink);
  const expected: Map<string, (number | null)[]>[] = [];
  const names = new Set<string>();
  let open: ReadonlyMap<number, number>[] = [];
  let next = 0;
  const flush = (): void => {
    if (open.length > 0)
      expected.push(
        new Map([...names].map((name) => [name, open.map((row) => row.get(specs.findIndex((spec) => spec.name === name)) ?? null)])),
      );
    open = [];
    slots.flush();
  };
  for (const one of acts) {
    if (one === 'flush') {
      flush();
      continue;
    }
    const taken = one.columns.map((column): [number, Slot] => [column, slots.slot(specs[column].name, specs[column].type, specs[column])]);
    for (const column of one.columns) names.add(specs[column].name);
    const written = Array.from({ length: one.rows }, () => new Map(one.columns.map((column) => [column, ++next])));
    open.push(...written);
    if (one.at === 'once' && shared) for (const [column, slot] of taken) if (column % 2 === 0) tooMany(slot, slots.rows, one.rows + 400);
    if (one.rows % 7 === 0) slots.noneCame();
    if (one.at === 'once') slots.makeWay(slots.rows + one.rows, new Set(taken.map(([, slot]) => slot)));
    const first = slots.rows;
    for (const [i, row] of written.entries()) {
      if (one.at === 'single') slots.prepare();
      for (const [column, slot] of taken) fill(slot, first + i, row.get(column) ?? NaN);
      if (one.at === 'single') slots.rows = first + i + 1;
    }
    if (one.at === 'once') slots.rowsPut(first + one.rows);
  }
  flush();
  return { chunks: sink.chunks, expected };
}

describe('the columns of the chunk being filled', () => {
  it.each([false, true])(
    'say absent wherever nothing was put, however rows come and whenever columns do (in shared memory: %s)',
    (shared) => {
      fc.assert(
        fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
          const { chunks, expected } = both(acts, shared);
          expect(chunks).toEqual(expected);
        }),
        { numRuns: 100, seed: 1 },
      );
    },
  );

  it.each([false, true])('say absent in the row behind many that were put at once (in shared memory: %s)', (shared) => {
    const once: Act = { rows: 300, at: 'once', columns: [0, 1] };
    const { chunks, expected } = both(
      [once, 'flush', once, { rows: 1, at: 'single', columns: [2] }, { rows: 2, at: 'single', columns: [0, 3] }],
      shared,
    );
    expect(chunks).toEqual(expected);
  });
});
