import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCase } from '../../app/case/open.ts';
import { makeToken, writeTokens } from '../../app/api/tokens.ts';
import type { KeptAlert } from '../../app/contract.ts';
import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { ServeBench, type Answer, type Service } from './testing-serve.ts';

/** What the custody log says of acts that were asked for over the API. */
const bench = new ServeBench();
const now = Date.now() * 1000;
const tokens = ['nightly', 'Ada’s board'].map((name) => makeToken(name, 'write', null, now));
let host: Host;
let service: Service;

beforeAll(async () => {
  const writer = createCase(bench.casePath, { name: 'a', number: '', examiner: 'A. Examiner', who: 'ada', program: 'Flowcase 0' });
  const finding = {
    kind: 'flood',
    title: 'Flood',
    subject: 's',
    host: '',
    score: 1,
    severity: 'high',
    why: '',
    doubt: '',
    of: 'requests',
  } as const;
  writer.live.commit((transaction) => {
    for (let i = 0; i < 7; i++)
      transaction.raise(`k${i}`, finding, new Float64Array(), { ...finding, id: `k${i}`, state: 'open', raised: now });
  });
  writer.close();
  host = bench.host();
  await host.invoke('case.open', { path: bench.casePath });
  const file = join(bench.folder, 'tokens.json');
  writeTokens(
    file,
    tokens.map(({ token }) => token),
  );
  await bench.writeLog(500);
  service = await bench.serve(host, { tokenFile: file });
});
afterAll(() => bench.close());

const by = (which: number, path: string, body: unknown, method = 'POST'): Promise<Answer> =>
  service.ask(`/api/v1${path}`, { method, token: tokens[which].secret, body });
/** What was written down, from entry `from` on: act and token. */
const acts = async (from: number): Promise<readonly (readonly [string, string | undefined])[]> =>
  (await host.invoke('custody.list', {})).slice(from).map(({ act, who }) => [act, who.token] as const);
const ended = async (answer: Answer): Promise<void> => {
  for (;;) {
    const { json } = await service.ask(answer.headers.location ?? '', { token: tokens[0].secret });
    if (!['queued', 'running'].includes((json as { readonly status: string }).status)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

it('names the token of each act, through jobs and what is watched, and of none that nobody asked for', async () => {
  const before = (await acts(0)).length;
  await ended(await by(0, '/evidence', { paths: ['conn.log'] }));
  await ended(await by(1, '/runs', { k: 3 }));
  const report = await by(0, '/report', { format: 'json' });
  expect((await by(1, '/taggings', { target: { type: 'host', host: '10.20.1.77' }, name: 'seen' })).status).toBe(200);
  await ended(report);
  await host.invoke('tag.add', { target: { type: 'host', host: '10.20.1.77' }, name: 'here' });
  expect(Object.fromEntries(await acts(before))).toEqual({
    'evidence.imported': 'nightly',
    'run.saved': 'Ada’s board',
    'report.exported': 'nightly',
    'tag.added': undefined,
  });
  expect((await acts(before)).filter(([act]) => act === 'tag.added')).toEqual([
    ['tag.added', 'Ada’s board'],
    ['tag.added', undefined],
  ]);
  const log = (await host.invoke('custody.list', {})).map(({ who }) => who);
  expect(log.at(-1)).toEqual({ account: 'Ada', examiner: 'A. Examiner' });
  expect(JSON.stringify(await host.invoke('custody.list', {}))).not.toContain(tokens[0].secret);
  const verified = await host.runJob('case.verify', {});
  expect(verified).toMatchObject({ ok: true, custody: { ok: true } });
});

it('a source that a token began is watched by nobody’s token: what it seals and raises has none', async () => {
  const before = (await acts(0)).length;
  const line = '192.0.2.7 - - [21/Nov/2026:10:00:00 +0000] "GET /basket HTTP/1.1" 200 512 "-" "curl/8.5.0"\n';
  const posted = await service.ask('/api/v1/ingest?source=shop', {
    method: 'POST',
    token: tokens[1].secret,
    body: line,
    headers: { 'Content-Type': 'text/plain' },
  });
  expect(posted.status).toBe(200);
  expect((await by(0, '/live/sources/1/pause', {})).status).toBe(204);
  expect(await acts(before)).toEqual([
    ['live.watched', 'Ada’s board'],
    ['evidence.began', undefined],
    ['evidence.imported', undefined],
    ['live.stopped', 'nightly'],
  ]);
});

it('alerts come in pages that lead to each other', async () => {
  const numbers: number[] = [];
  let path: string | undefined = '/api/v1/alerts?open=true&limit=3';
  for (let pages = 0; path !== undefined; pages++) {
    expect(pages).toBeLessThan(4);
    const answer: Answer = await service.ask(path, { token: tokens[0].secret });
    numbers.push(...(answer.json as readonly KeptAlert[]).map(({ number }) => number));
    [, path] = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link ?? '')) ?? [];
  }
  expect(numbers).toEqual([7, 6, 5, 4, 3, 2, 1]);
});
