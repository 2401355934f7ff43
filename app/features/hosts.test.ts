import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unwatched } from '../learn/pace.ts';
import { applyRecipe, buildMatrix, type FeatureMatrix } from './build-matrix.ts';
import { failedStates } from './fills.ts';
import { RANDOM_SPREAD } from './groups.ts';
import { recipeNamed } from './recipes.ts';
import { selectRows } from './selection.ts';
import { entropyInBits, meanOf, quantileOfSorted } from './testing-twin.ts';
import { MemoryDictionary, column, connColumns, everyRow, memoryTable, requestColumns, type MemoryColumn, type Value } from './testing.ts';
import type { MatrixOptions, Selection } from './types.ts';
import { groupsByHost, timesOf } from './validation-groups.ts';

const pace = unwatched();
type Rec = Readonly<Record<string, Value>>;

/** Connections and requests of one case. */
async function selections(
  connections: readonly Rec[] | null,
  requests: readonly Rec[] | null = null,
  columns: readonly MemoryColumn[] = connColumns,
): Promise<Selection[]> {
  const dictionaries = { host: new MemoryDictionary('host'), term: new MemoryDictionary('term') };
  const tables = [
    ...(connections === null ? [] : [memoryTable(connections, { columns, chunkRows: 8, dictionaries })]),
    ...(requests === null ? [] : [memoryTable(requests, { columns: requestColumns, chunkRows: 8, dictionaries, kind: 'request' })]),
  ];
  return Promise.all(tables.map((table) => selectRows(table, everyRow, pace)));
}

/** Feature by name of every row, by its host (and window). */
function byHost({ matrix, used, hosts }: FeatureMatrix): Map<string, Record<string, number>> {
  const rows = new Map<string, Record<string, number>>();
  for (let row = 0; row < matrix.rows; row++) {
    const window = hosts?.windows == null ? '' : ` ${hosts.windows[row]}`;
    rows.set(`${hosts?.textOf(row) ?? ''}${window}`, Object.fromEntries(used.map(({ spec }, at) => [spec.name, matrix.get(row, at)])));
  }
  return rows;
}

async function plain(
  from: readonly Selection[],
  options: MatrixOptions = {},
  recipe = 'host-v1',
): Promise<Map<string, Record<string, number>>> {
  return byHost(await buildMatrix(from, recipeNamed(recipe), pace, { scaling: 'none', ...options }));
}

function expectNear(found: number | undefined, wanted: number | null | undefined, what: string): void {
  if (found === undefined) return; // the same everywhere: dropped
  if (wanted === null || wanted === undefined || Number.isNaN(wanted)) expect(found, what).toBeNaN();
  else expect(Math.abs(found - wanted), `${what}: ${found} is not ${wanted}`).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(wanted)));
}

const file = join(import.meta.dirname, '../../../shared/data/zeek/rita-proxy_rolling/conn.16-00-00-17-00-00.log.gz');
const haveShared = existsSync(file);

describe.skipIf(!haveShared)('host-v1 on a real log, against DuckDB (skipped where ../shared/data is missing)', () => {
  let database: DuckDBInstance;
  let sql: DuckDBConnection;
  let from: Selection[];
  const rows = async (text: string): Promise<Record<string, Value>[]> =>
    (await sql.runAndReadAll(text))
      .getRowObjects()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : (value as Value)]),
        ),
      );

  beforeAll(async () => {
    database = await DuckDBInstance.create(':memory:', { threads: '1' });
    sql = await database.connect();
    const names =
      'node ts uid orig_h orig_p resp_h resp_p proto service duration orig_bytes resp_bytes conn_state lo lr missed history orig_pkts oib resp_pkts rib tp';
    await sql.run(`create table log as select row_number() over () as i, round(ts::decimal(20, 6) * 1000000)::bigint as ts, orig_h, resp_h, resp_p::int as resp_p,
      proto, service, (duration::double * 1e6)::double as duration, orig_bytes::double as orig_bytes, resp_bytes::double as resp_bytes, conn_state,
      orig_pkts::double as orig_pkts, resp_pkts::double as resp_pkts, conn_state in (${failedStates.map((state) => `'${state}'`).join(', ')}) as failed
      from read_csv('${file}', delim = '\\t', comment = '#', header = false, nullstr = '-', all_varchar = true, quote = '',
        names = [${names
          .split(' ')
          .map((name) => `'${name}'`)
          .join(', ')}])`);
    const records = await rows('select ts::double as ts, * exclude (i, ts, failed) from log order by i');
    from = await selections(records, null, [...connColumns, column('service', 'string', 'term')]);
  });
  afterAll(() => {
    sql.closeSync();
    database.closeSync();
  });

  /** `place`: what makes a row beside the host. */
  const aggregates = (place: string): string => `
    with begun as (select orig_h as host, ${place} as place, count(*) as connections_out, count(distinct resp_h) as fan_out, count(distinct resp_p) as ports_out,
        entropy(resp_p) as port_entropy, entropy(resp_h) as peer_entropy, case when count(service) > 0 then entropy(service) filter (service is not null) end as service_entropy,
        sum(orig_bytes) as sent, sum(resp_bytes) as got, avg(orig_bytes) as mean_bytes_out, avg(duration) / 1000 as mean_duration,
        avg(failed::int) as failed_share, avg((resp_pkts = 0)::int) as unanswered_share from log group by all),
      taken as (select resp_h as host, ${place} as place, count(*) as connections_in, count(distinct orig_h) as fan_in, count(distinct resp_p) as ports_in,
        sum(resp_bytes) as sent, sum(orig_bytes) as got, avg(failed::int) as refusing_share from log group by all),
      both_ends as (select orig_h as host, ts, ${place} as place from log union all select resp_h, ts, ${place} from log),
      times as (select host, place, count(distinct ts // 3600000000) as active_hours, count(*) / count(distinct ts // 3600000000) as hourly,
        sqrt(pow(avg(cos(((ts // 3600000000) % 24 + 0.5) / 12 * pi())), 2) + pow(avg(sin(((ts // 3600000000) % 24 + 0.5) / 12 * pi())), 2)) as day_rhythm,
        avg(((ts // 3600000000) % 24 >= 22 or (ts // 3600000000) % 24 < 6)::int) as night_share from both_ends group by all),
      pairs as (select orig_h as host, ${place} as place, resp_h, count(*) as calls, min(i) as first from log group by all),
      peers as (select *, calls / sum(calls) over (partition by host, place) as largest_peer from pairs
        qualify row_number() over (partition by host, place order by calls desc, first) = 1),
      gaps as (select p.host, p.place, p.calls, ts - lag(ts) over (partition by p.host, p.place order by ts) as gap from log l join peers p on l.orig_h = p.host and ${place} = p.place and l.resp_h = p.resp_h),
      regular as (select host, place, (quantile_cont(gap, 0.75) - quantile_cont(gap, 0.25)) / (quantile_cont(gap, 0.75) + quantile_cont(gap, 0.25)) as interval_spread
        from gaps where calls >= 8 and gap is not null group by all)
    select times.host, times.place, coalesce(connections_out, 0) as connections_out, coalesce(connections_in, 0) as connections_in, coalesce(fan_out, 0) as fan_out,
      coalesce(fan_in, 0) as fan_in, coalesce(ports_out, 0) as ports_out, coalesce(ports_in, 0) as ports_in, port_entropy, peer_entropy, service_entropy, largest_peer,
      case when begun.sent is null and taken.sent is null then null else coalesce(begun.sent, 0) + coalesce(taken.sent, 0) end as bytes_out,
      case when begun.got is null and taken.got is null then null else coalesce(begun.got, 0) + coalesce(taken.got, 0) end as bytes_in,
      mean_bytes_out, mean_duration, failed_share, refusing_share, unanswered_share, active_hours, hourly, day_rhythm, night_share, interval_spread
    from times left join begun using (host, place) left join taken using (host, place) left join peers using (host, place) left join regular using (host, place)`;

  it.each([
    ['the whole case', null, '0'],
    ['windows of ten minutes', 600e6, '(ts // 600000000) * 600000000'],
  ])('over %s', async (_, window, place) => {
    const found = await plain(from, { window });
    const wanted = await rows(aggregates(place));
    expect(found.size).toBe(wanted.length);
    expect(wanted.length).toBeGreaterThan(700);
    const one = found.values().next().value ?? {};
    expect(Object.keys(one).length).toBeGreaterThan(18);
    for (const { host, place: at, ...figures } of wanted) {
      const key = window === null ? String(host) : `${host} ${at}`;
      const own = found.get(key) ?? {};
      for (const [name, value] of Object.entries(figures)) expectNear(own[name], value as number | null, `${name} of ${key}`);
    }
  });
});

describe('hosts', () => {
  const call = (orig_h: string, resp_h: string, ts: number, more: Rec = {}): Rec => ({ orig_h, resp_h, ts, resp_p: 443, ...more });
  const request = (orig_h: string, ts: number, path: string, status: number): Rec => ({ orig_h, ts, path, status, bytes: 10, agent: 'x' });

  it('are those of connections and of requests, in the order of their first record', async () => {
    const from = await selections(
      [call('b', 'a', 5e6), call('a', 'c', 6e6)],
      [request('d', 7e6, '/', 200), request('a', 8e6, '/x', 404), request('a', 9e6, '/', 200)],
    );
    const rows = await plain(from);
    expect([...rows.keys()]).toEqual(['b', 'a', 'c', 'd']);
    expect(rows.get('a')).toMatchObject({
      connections_out: 1,
      connections_in: 1,
      fan_in: 1,
      requests: 2,
      request_errors: 0.5,
      request_paths: 2,
      bytes_in: 20,
    });
    expect(rows.get('b')).toMatchObject({ requests: 0, request_errors: Number.NaN });
    expect(rows.get('d')).toMatchObject({ connections_out: 0, requests: 1, bytes_in: 10 });
  });

  it('have rows where they do anything, with windows; their group is the host, their time the window', async () => {
    const from = await selections([
      call('a', 'b', 0),
      call('a', 'b', 59e6),
      call('a', 'b', 61e6),
      call('c', 'a', -1),
      { orig_h: 'z', resp_h: 'z', ts: null },
    ]);
    const built = await buildMatrix(from, recipeNamed('host-v1'), pace, { window: 60e6, scaling: 'none' });
    expect([...byHost(built).keys()]).toEqual(['a 0', 'b 0', 'a 60000000', 'b 60000000', 'c -60000000', 'a -60000000']);
    const { hosts } = built;
    expect(hosts).not.toBeNull();
    if (hosts === null) return;
    expect([...groupsByHost(hosts).of]).toEqual([0, 1, 0, 1, 2, 0]);
    expect([...timesOf(hosts)]).toEqual([0, 0, 60e6, 60e6, -60e6, -60e6]);
    for (const window of [0, -1, 1.5, 999_999]) {
      await expect(buildMatrix(from, recipeNamed('host-v1'), pace, { window })).rejects.toMatchObject({ code: 'PARAMETER' });
    }
  });

  it('without records of a kind say so, and a fitted recipe takes other hosts', async () => {
    const [requests] = await selections(null, [request('d', 7e6, '/', 200), request('a', 8e6, '/x', 404), request('a', 9e6, '/', 200)]);
    const { features, fitted } = await buildMatrix(requests, recipeNamed('host-v1'), pace);
    expect(features.find(({ name }) => name === 'fan_out')?.dropped).toBe('the case has no connections here');
    expect(fitted.features.map(({ name }) => name)).toContain('request_errors');
    const fresh = await applyRecipe(await selections(null, [request('q', 1e6, '/', 404)]), fitted, pace);
    expect(fresh.matrix.rows).toBe(1);
    expect(fresh.features.find(({ name }) => name === 'requests')).toMatchObject({ absent: 0, dropped: null });
  });

  it('are what a plain twin gives, whatever the records', async () => {
    const host = fc.constantFrom('a', 'b', 'c', null);
    const time = fc.oneof(
      fc.constant(null),
      fc.integer({ min: 0, max: 3 * 86_400 }).map((seconds) => seconds * 1e6),
    );
    const record = fc.record({
      orig_h: host,
      resp_h: host,
      ts: time,
      resp_p: fc.constantFrom(22, 80, 443, null),
      orig_bytes: fc.constantFrom(null, -8, 0, 5, 1e6),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 2, maxLength: 80 }), async (records) => {
        const rows = await plain(await selections(records), { absent: 'nan' });
        for (const [name, own] of rows) {
          const begun = records.filter(({ orig_h }) => orig_h === name);
          const taken = records.filter(({ resp_h }) => resp_h === name);
          const all = [...begun, ...taken].flatMap(({ ts }) => (ts === null ? [] : [ts]));
          const sent = begun.flatMap(({ orig_bytes: bytes }) => (bytes === null || bytes < 0 ? [] : [bytes]));
          const ports = begun.flatMap(({ resp_p }) => (resp_p === null ? [] : [resp_p]));
          expectNear(own.connections_out, begun.length, 'connections_out');
          expectNear(own.connections_in, taken.length, 'connections_in');
          expectNear(own.fan_out, new Set(begun.map(({ resp_h }) => resp_h).filter((peer) => peer !== null)).size, 'fan_out');
          expectNear(own.ports_in, new Set(taken.map(({ resp_p }) => resp_p).filter((port) => port !== null)).size, 'ports_in');
          expectNear(own.port_entropy, ports.length === 0 ? null : entropyInBits(ports), 'port_entropy');
          expectNear(own.mean_bytes_out, sent.length === 0 ? null : meanOf(sent), 'mean_bytes_out');
          expectNear(own.active_hours, all.length === 0 ? null : new Set(all.map((ts) => Math.floor(ts / 3600e6))).size, 'active_hours');
          expectNear(own.interval_spread, spreadOf(begun), 'interval_spread');
        }
      }),
      { numRuns: 150 },
    );
  });

  function spreadOf(begun: readonly { readonly resp_h: string | null; readonly ts: number | null }[]): number | null {
    const calls = new Map<string, number[]>();
    const counts = new Map<string, number>();
    for (const { resp_h, ts } of begun) {
      if (resp_h === null) continue;
      counts.set(resp_h, (counts.get(resp_h) ?? 0) + 1);
      if (ts !== null) calls.set(resp_h, [...(calls.get(resp_h) ?? []), ts]);
    }
    const most = [...counts].reduce<[string, number] | null>((best, one) => (best === null || one[1] > best[1] ? one : best), null);
    const times = [...(calls.get(most?.[0] ?? '') ?? [])].sort((a, b) => a - b);
    if (most === null || times.length < 8) return null;
    const gaps = times.slice(1).map((ts, i) => ts - times[i]);
    const [low, high] = [quantileOfSorted(gaps, 0.25), quantileOfSorted(gaps, 0.75)];
    return low + high === 0 ? 0 : (high - low) / (high + low);
  }

  it('tell a clock from chance', async () => {
    const clock = Array.from({ length: 30 }, (_, i) => call('clock', 'c2', i * 60e6 + (i % 3) * 1e6));
    const chance = Array.from({ length: 30 }, (_, i) => call('chance', 'shop', i ** 3 * 1e6));
    const rows = await plain(await selections([...clock, ...chance]));
    expect(rows.get('clock')?.interval_spread).toBeLessThan(0.05);
    expect(rows.get('chance')?.interval_spread).toBeGreaterThan(0.5);
    const scaled = byHost(await buildMatrix(await selections([...clock, ...chance]), recipeNamed('host-v1'), pace));
    expect(scaled.get('c2')?.interval_spread).toBe(0);
    expect(RANDOM_SPREAD).toBeCloseTo(0.66, 2);
  });
});

describe('tstat-client-v1', () => {
  it('sums and averages the connections of every client', async () => {
    const columns = [...connColumns, column('s_bytes_retx', 'count'), column('s_rtt_avg', 'double'), column('s_first', 'double')];
    const flow = (
      orig_h: string,
      resp_bytes: number,
      orig_bytes: number,
      s_bytes_retx: number,
      s_rtt_avg: number | null,
      s_first: number | null,
    ): Rec => ({
      orig_h,
      resp_h: 's',
      resp_bytes,
      orig_bytes,
      s_bytes_retx,
      s_rtt_avg,
      s_first,
    });
    const from = await selections([flow('a', 100, 10, 1, 4, 8), flow('b', 7, 3, 0, null, 5), flow('a', 50, 20, 2, 6, null)], null, columns);
    const rows = await plain(from, {}, 'tstat-client-v1');
    expect([...rows]).toEqual([
      ['a', { connections: 2, s_bytes_all: 150, s_bytes_retx: 3, c_bytes_all: 30, s_rtt_avg: 5, s_first: 8 }],
      ['b', { connections: 1, s_bytes_all: 7, s_bytes_retx: 0, c_bytes_all: 3, s_rtt_avg: Number.NaN, s_first: 5 }],
    ]);
  });
});
