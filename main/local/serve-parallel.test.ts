import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecordPage } from '../../app/contract.ts';
import type { Host } from '../host/host.ts';
import { ServeBench, type Service } from './testing-serve.ts';

const bench = new ServeBench();
const OLD = 2_000;
const NEW = 60_000;
let host: Host;
let service: Service;

beforeAll(async () => {
  host = await bench.withCase(OLD);
  await bench.writeLog(NEW, 'more.log', 11);
  service = await bench.serve(host);
});
afterAll(() => bench.close());

/** What one address answers, without how long it took. */
async function told(path: string): Promise<unknown> {
  const answer = await service.ask(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return without(answer.json);
}

function without(json: unknown): unknown {
  return typeof json === 'object' && json !== null && 'milliseconds' in json ? { ...json, milliseconds: 0 } : json;
}

it('gives 200 readers at once right answers while an import runs: the case as it was before, or as it is after', async () => {
  const paths = [
    '/api/v1/records/connection?filter=resp_p%20%3D%20443&limit=20',
    '/api/v1/records/connection?sort=-orig_bytes&limit=5&columns=orig_h,orig_bytes',
    '/api/v1/overview?buckets=12&top=3',
    '/api/v1/hosts?limit=5',
    '/api/v1/evidence',
    '/api/v1/overview/services',
    '/api/v1/records/connection/17',
    '/api/v1/records/connection?filter=proto%20%3D%20udp%20and%20duration%20%3E%201s&limit=3&offset=2',
  ];
  const before = await Promise.all(paths.map(told));
  const started = await service.ask('/api/v1/evidence', { method: 'POST', body: { paths: ['more.log'] } });
  let running = true;
  const ended = service.ended(started).finally(() => {
    running = false;
  });
  const seen = paths.map(() => [] as unknown[]);
  let rounds = 0;
  while (running) {
    rounds++;
    const asked = await Promise.all(Array.from({ length: 200 }, (_, i) => told(paths[i % paths.length])));
    for (const [i, answer] of asked.entries()) seen[i % paths.length].push(answer);
  }
  expect((await ended).status).toBe('done');
  expect(rounds).toBeGreaterThan(0);
  const after = await Promise.all(paths.map(told));
  for (const [i, answers] of seen.entries()) {
    const [old, fresh] = [JSON.stringify(before[i]), JSON.stringify(after[i])];
    const strange = answers.find((answer) => ![old, fresh].includes(JSON.stringify(answer)));
    expect(strange, paths[i]).toBeUndefined();
  }
  const page = (await told('/api/v1/records/connection?limit=0')) as RecordPage;
  expect(page.all).toBe(OLD + NEW);
});

it.each(['', '&sort=-orig_bytes'])('gives a stream of all records whole while a case grows, each record once (%s)', async (sort) => {
  const uidsNow = async (): Promise<unknown[]> => {
    const page = await host.invoke('records.query', { kind: 'connection', columns: ['uid'], limit: 100_000 });
    return page.rows.map(([uid]) => uid);
  };
  const before = await uidsNow();
  const name = `more${before.length}.log`;
  await bench.writeLog(8_000, name, before.length);
  const started = await service.ask('/api/v1/evidence', { method: 'POST', body: { paths: [name] } });
  const answer = await service.ask(`/api/v1/records/connection?columns=uid${sort}`, { headers: { Accept: 'text/csv' } });
  expect((await service.ended(started)).status).toBe('done');
  const given = answer.text.trimEnd().split('\r\n').slice(1);
  const distinct = new Set(given);
  expect(distinct.size).toBe(given.length);
  expect(before.filter((uid) => !distinct.has(String(uid)))).toEqual([]);
  const after = new Set(await uidsNow());
  expect(given.filter((uid) => !after.has(uid))).toEqual([]);
});
