import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commands } from '../contract.ts';
import { coerce, fieldsOf, queryText } from './coerce.ts';
import { encodeOutput } from './encode.ts';
import { FileRoots } from './files.ts';
import { inputOf } from './input.ts';
import { matches } from './revision.ts';
import { negotiate, recordTypes } from './negotiate.ts';
import { allRoutes, type AnyRoute } from './routes.ts';

const routeOf = (command: string): AnyRoute => {
  const found = allRoutes.find((route) => route.command === command);
  if (found === undefined) throw new Error(`no route ${command}`);
  return found;
};
const noFiles = new FileRoots([]);

describe('texts of an address', () => {
  it('become what the schema wants, and stay as they are where they cannot', () => {
    const schema = z.int().min(1).default(3);
    expect(coerce('a', schema, '12')).toBe(12);
    expect(coerce('a', schema, '-1.5e3')).toBe(-1500);
    for (const text of ['', ' 1', '0x10', '1_000', 'NaN', 'Infinity', '١']) expect(coerce('a', schema, text), text).toBe(text);
    expect(coerce('a', z.boolean().optional(), 'true')).toBe(true);
    expect(coerce('a', z.boolean(), 'yes')).toBe('yes');
    expect(coerce('a', z.array(z.string()).optional(), 'a,b')).toEqual(['a', 'b']);
    expect(coerce('a', z.array(z.string()), ['a,b', 'c'])).toEqual(['a,b', 'c']);
    expect(coerce('a', z.array(z.int()), '')).toEqual([]);
    expect(coerce('a', z.union([z.int(), z.string()]), '17')).toBe(17);
    expect(coerce('a', z.union([z.int(), z.string()]), '10.0.0.1')).toBe('10.0.0.1');
    expect(() => coerce('a', schema, ['1', '2'])).toThrow('more than once');
  });

  it('an order is a column, upwards or downwards', () => {
    const sort = fieldsOf('hosts.list').get('sort') ?? z.never();
    expect(coerce('sort', sort, '-bytes_out')).toEqual({ column: 'bytes_out', descending: true });
    expect(coerce('sort', sort, 'host')).toEqual({ column: 'host', descending: false });
    expect(queryText({ column: 'a', descending: true })).toBe('-a');
  });

  it('give back every input that a query can say', () => {
    const { input } = commands['hosts.list'];
    const route = routeOf('hosts.list');
    fc.assert(
      fc.property(
        fc.record({ filter: fc.string(), search: fc.string({ maxLength: 300 }), offset: fc.nat(), limit: fc.nat(100_000) }),
        (given) => {
          const query = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, queryText(value)]));
          expect(input.parse(inputOf(route, { params: {}, query, body: undefined }, noFiles))).toEqual(given);
        },
      ),
    );
  });
});

describe('files', () => {
  it('are those of the folders that may be read, wherever in a request they are named', () => {
    const files = new FileRoots([import.meta.dirname]);
    const asked = (source: object): unknown => inputOf(routeOf('live.watch'), { params: {}, query: {}, body: { source } }, files)['source'];
    const path = join(import.meta.dirname, 'files.ts');
    expect(asked({ type: 'file', path: 'files.ts', folders: ['.'] })).toEqual({ type: 'file', path, folders: [import.meta.dirname] });
    expect(asked({ type: 'http', name: 'shop' })).toEqual({ type: 'http', name: 'shop' });
    for (const source of [
      { type: 'file', path: '../errors.ts' },
      { type: 'file', path, folders: ['/'] },
    ])
      expect(() => asked(source)).toThrow(/may read/);
    // not one word about whether a pattern would find anything
    for (const pattern of ['*.ts', '../*.ts', '/etc/{passwd,none}', 'file-[0-9].ts'])
      expect(() => asked({ type: 'file', path: pattern })).toThrow(/is a pattern: .*each file is named by itself.*flowcase watch/);
  });
});

describe('units', () => {
  it('of what is sent are seconds and ISO 8601, of what the core gets microseconds', () => {
    const run = inputOf(routeOf('cluster.run'), { params: {}, query: {}, body: { of: 'hosts', window: 3600 } }, noFiles);
    expect(run).toEqual({ of: 'hosts', window: 3_600_000_000 });
    const asked = (from: string): unknown =>
      inputOf(routeOf('live.windows'), { params: { kind: 'request' }, query: { from }, body: undefined }, noFiles)['from'];
    expect(asked('2026-11-21T10:00:00.000001Z')).toBe(Date.UTC(2026, 10, 21, 10) * 1000 + 1);
    expect(asked('2026-11-21T12:00:00+02:00')).toBe(Date.UTC(2026, 10, 21, 10) * 1000);
    expect(asked('2026-11-21')).toBe(Date.UTC(2026, 10, 21) * 1000);
    for (const text of ['yesterday', '12', '2026-13-01', '']) expect(asked(text), text).toBe(text);
  });

  it('of what is answered are seconds and ISO 8601, in variants and lists too, and free text stays as it is', () => {
    const timeline = {
      start: 1_000_000,
      step: 2_500_000,
      connections: new Float64Array([1, 2]),
      bytesOut: new Float64Array(),
      bytesIn: new Float64Array(),
      failed: new Float64Array(),
    };
    const rest = { volume: 'payload', bytesOut: 0, bytesIn: 0, hosts: 0, talkers: [], responders: [], services: [], states: [], ports: [] };
    const overview = {
      kind: 'connection',
      ...rest,
      timeline,
      total: 2,
      all: 2,
      first: 1_500_000,
      last: null,
      sentences: [],
      milliseconds: 1,
    };
    expect(encodeOutput('insight.overview', overview)).toMatchObject({
      first: '1970-01-01T00:00:01.500000Z',
      last: null,
      timeline: { start: '1970-01-01T00:00:01.000000Z', step: 2.5, connections: [1, 2] },
    });
    const entry = {
      seq: 1,
      form: 2,
      at: 0,
      who: 'Ada',
      act: 'x',
      summary: 'first',
      details: { at: 5, first: 7, __proto__: null },
      previous: '',
      hash: '',
    };
    expect(encodeOutput('custody.list', [entry])).toMatchObject([{ at: '1970-01-01T00:00:00.000000Z', details: { at: 5, first: 7 } }]);
  });
});

describe('headers', () => {
  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['text/csv', 'csv'],
    ['text/*;q=0.5, application/json;q=0.4', 'csv'],
    ['application/x-ndjson, application/json;q=0.9', 'ndjson'],
    ['*/*;q=0.1, application/vnd.apache.parquet', 'parquet'],
    ['application/json;q=0, */*', 'csv'],
  ])('Accept %s is %s', (accept, type) => {
    expect(negotiate(accept, recordTypes)).toBe(type);
  });

  it('that take nothing that there is are refused', () => {
    for (const accept of ['image/png', 'text/csv;q=0', '', 'x']) expect(() => negotiate(accept, recordTypes), accept).toThrow();
  });

  it('If-None-Match is compared weakly, and by whole tags', () => {
    const etag = 'W/"7-abc"';
    for (const header of [etag, '"7-abc"', '"x", W/"7-abc"', '*']) expect(matches(header, etag), header).toBe(true);
    for (const header of [undefined, '', '7-abc', '"7-ab"', 'W/"7-abcd"']) expect(matches(header, etag), header).toBe(false);
  });
});
