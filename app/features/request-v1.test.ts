import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwatched } from '../learn/pace.ts';
import { applyRecipe, buildMatrix, type FeatureMatrix } from './build-matrix.ts';
import { recipeNamed } from './recipes.ts';
import { selectRows } from './selection.ts';
import { column, everyRow, memoryTable, requestColumns, type Value } from './testing.ts';
import { entropyInBits } from './testing-twin.ts';
import { depthOf, entropyOf, lettersOf, parametersOf, percentsOf } from './text-measures.ts';
import type { MatrixOptions } from './types.ts';

const pace = unwatched();
type Rec = Readonly<Record<string, Value>>;

async function build(records: readonly Rec[], options: MatrixOptions = { scaling: 'none' }): Promise<FeatureMatrix> {
  const table = memoryTable(records, { columns: requestColumns, chunkRows: 3, kind: 'request' });
  return buildMatrix(await selectRows(table, everyRow, pace), recipeNamed('request-v1'), pace, options);
}

function valuesOf({ matrix, used }: FeatureMatrix, name: string): number[] {
  const at = used.findIndex(({ spec }) => spec.name === name);
  return Array.from({ length: at < 0 ? 0 : matrix.rows }, (_, row) => matrix.get(row, at));
}

const browser = { agent: 'Mozilla/5.0', agent_name: 'Firefox', agent_kind: 'browser' };
const records: readonly Rec[] = [
  {
    ts: 0,
    orig_h: 'a',
    method: 'GET',
    path: '/shop/item7.php',
    query: 'id=1&x=%27',
    status: 200,
    bytes: 900,
    duration: 5000,
    referrer: 'http://x/',
    ...browser,
  },
  { ts: 30e6, orig_h: 'a', method: 'GET', path: '/', query: null, status: 404, bytes: null, duration: 1000, referrer: null, ...browser },
  {
    ts: 61e6,
    orig_h: 'a',
    method: 'POST',
    path: '/shop/item7.php',
    query: '',
    status: 500,
    bytes: 0,
    duration: 1000,
    referrer: null,
    agent: 'sqlmap/1',
    agent_name: 'sqlmap',
    agent_kind: 'scanner',
  },
  {
    ts: 0,
    orig_h: 'b',
    method: 'GET',
    path: '/robots.txt',
    query: null,
    status: 301,
    bytes: 1,
    duration: 1000,
    referrer: null,
    agent: '?',
    agent_name: null,
    agent_kind: 'bot',
  },
  {
    ts: 0,
    orig_h: null,
    method: null,
    path: null,
    query: null,
    status: null,
    bytes: 1,
    duration: 1000,
    referrer: null,
    agent: null,
    agent_name: null,
    agent_kind: null,
  },
];

describe('request-v1', () => {
  it('computes each feature as its description says', async () => {
    const built = await build(records);
    const value = (name: string): number[] => valuesOf(built, name);
    const none = Number.NaN;
    expect(value('status_2xx')).toEqual([1, 0, 0, 0, none]);
    expect(value('status_4xx')).toEqual([0, 1, 0, 0, none]);
    expect(value('status_5xx')).toEqual([0, 0, 1, 0, none]);
    expect(value('bytes')).toEqual([900, none, 0, 1, 1]);
    expect(value('duration')).toEqual([5, 1, 1, 1, 1]);
    expect(value('path_length')).toEqual([15, 1, 15, 11, none]);
    expect(value('path_depth')).toEqual([2, 0, 2, 1, none]);
    expect(value('path_digits')[0]).toBeCloseTo(1 / 15, 6);
    expect(value('query_length')).toEqual([10, 0, 0, 0, 0]);
    expect(value('parameters')).toEqual([2, 0, 0, 0, 0]);
    expect(value('query_percents')).toEqual([1, 0, 0, 0, 0]);
    expect(value('agent_known')).toEqual([1, 1, 1, 0, 0]);
    expect(value('agent_bot')).toEqual([0, 0, 0, 1, 0]);
    expect(value('agent_tool')).toEqual([0, 0, 1, 0, 0]);
    expect(value('referrer_present')).toEqual([1, 0, 0, 0, 0]);
    expect(value('client_rate')).toEqual([1.5, 1.5, 1.5, 1, none]);
    expect(value('client_errors').map((share) => Math.round(share * 3))).toEqual([2, 2, 2, 0, none]);
    expect(value('client_paths')).toEqual([2, 2, 2, 1, none]);
    expect(value('method=GET')).toEqual([1, 1, 0, 1, 0]);
    expect(value('method=(absent)')).toEqual([0, 0, 0, 0, 1]);
  });

  it('reads path, query and referrer however the case keeps them: the same matrix, row for row', async () => {
    const kept = ['path', 'query', 'referrer'];
    const records = fc.array(
      fc.record({
        ts: fc.integer({ min: 0, max: 5e8 }),
        orig_h: fc.constantFrom('a', 'b', null),
        path: fc.constantFrom('/', '/a', '/é/%2e%2E', '/a/1', null),
        query: fc.oneof(fc.constant(null), fc.constantFrom('a=1', "id=1' or 1=1--", 'ü=%41&;', '%%%')),
        referrer: fc.constantFrom(null, 'http://x/', 'y'),
        status: fc.constantFrom(200, 404),
      }),
      { minLength: 1, maxLength: 20 },
    );
    const matrices = async (list: readonly Rec[], storages: readonly ('term' | 'text')[]): Promise<unknown> => {
      const columns = requestColumns.map((one) => {
        const at = kept.indexOf(one.name);
        return at < 0 ? one : column(one.name, 'string', storages[at]);
      });
      const selection = await selectRows(memoryTable(list, { columns, chunkRows: 3, kind: 'request' }), everyRow, pace);
      const { matrix, used } = await buildMatrix(selection, recipeNamed('request-v1'), pace);
      return { values: [...matrix.values], used: used.map(({ spec }) => spec.name) };
    };
    await fc.assert(
      fc.asyncProperty(records, async (list) => {
        const usual = await matrices(list, ['term', 'text', 'term']);
        expect(await matrices(list, ['term', 'term', 'term'])).toEqual(usual);
        expect(await matrices(list, ['text', 'text', 'text'])).toEqual(usual);
        expect(await matrices(list, ['text', 'term', 'text'])).toEqual(usual);
      }),
      { numRuns: 40 },
    );
  });

  it('is finite, and the same when applied to what it was fitted on, whatever the clients send', async () => {
    const number = fc.constantFrom(null, 0, -5, 200, 404, 1e12);
    const text = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('%', '%%41', '&&=;', '/../..//', '__proto__'),
    );
    const record = fc.record(Object.fromEntries(requestColumns.map(({ name, storage }) => [name, storage === 'number' ? number : text])));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 20 }), async (list) => {
        const table = memoryTable(list, { columns: requestColumns, chunkRows: 4, kind: 'request' });
        const selection = await selectRows(table, everyRow, pace);
        const { matrix, fitted } = await buildMatrix(selection, recipeNamed('request-v1'), pace);
        expect(matrix.values.every((value) => Number.isFinite(value))).toBe(true);
        expect([...(await applyRecipe(selection, fitted, pace)).matrix.values]).toEqual([...matrix.values]);
      }),
      { numRuns: 80 },
    );
  });
});

describe('what is counted in texts', () => {
  it('is counted in bytes, and nothing is decoded', () => {
    expect(['/', '', '/a', '/a/', '//a//b', 'a/b'].map((path) => depthOf(lettersOf(path)))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(['', 'a', 'a=1&b=2', '&&', 'a;b&', '='].map((query) => parametersOf(lettersOf(query)))).toEqual([0, 1, 2, 0, 2, 1]);
    expect(['%41', '%4', '%zz%2f', '%%41', 'a%2E%2e'].map((path) => percentsOf(lettersOf(path)))).toEqual([1, 0, 1, 1, 2]);
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(entropyOf(lettersOf(text))).toBeCloseTo(entropyInBits([...Buffer.from(text)]), 9);
      }),
    );
    expect(entropyOf([])).toBe(0);
  });
});
