import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken, writeTokens } from '../../app/api/tokens.ts';
import type { JobState, LiveStatus, Schedule } from '../../app/contract.ts';
import type { Host } from '../host/host.ts';
import { codeOf, detailOf, ServeBench, type Answer, type Service } from './testing-serve.ts';

/** What a token that writes may not have this machine do, and how a client is told why something is not done. */

const bench = new ServeBench();
let host: Host;
let service: Service;

beforeAll(async () => {
  host = await bench.withCase(0);
  service = await bench.serve(host);
});
afterAll(() => bench.close());

const watch = (to: Service, source: object): Promise<Answer> => to.ask('/api/v1/live/sources', { method: 'POST', body: { source } });
const watched = async (): Promise<number> => (await host.invoke('live.status', {})).sources.length;

describe('what a client may have watched', () => {
  it.each([
    ['syslog on every address', { type: 'syslog', host: '0.0.0.0', port: 0 }, /flowcase watch.+--allow-source syslog:\/\/0\.0\.0\.0:0/],
    ['syslog on every address of IPv6', { type: 'syslog', protocol: 'tcp', host: '::', port: 0 }, /syslog\+tcp/],
    ['syslog by a name', { type: 'syslog', host: 'server.example', port: 0 }, /flowcase watch/],
    ['any broker', { type: 'kafka', url: 'kafka://10.0.0.1:9092/access' }, /credentials would go to 10\.0\.0\.1:9092/],
    ['a broker in other letters', { type: 'kafka', url: ' KAFKA://127.0.0.1/access?group=a' }, /127\.0\.0\.1:9092/],
    ['standard input', { type: 'pipe', path: null }, /standard input or a pipe/],
    ['a file elsewhere', { type: 'file', path: '/etc/passwd' }, /--files/],
  ])('not %s', async (_, source, words) => {
    const before = await watched();
    const answer = await watch(service, source);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'FORBIDDEN']);
    expect(detailOf(answer)).toMatch(words);
    expect(await watched()).toBe(before);
  });

  it('what is posted, and syslog on loopback', async () => {
    for (const source of [
      { type: 'http', name: 'shop' },
      { type: 'syslog', port: 0 },
      { type: 'syslog', protocol: 'tcp', host: 'localhost', port: 0 },
    ]) {
      const answer = await watch(service, source);
      expect(answer.status, JSON.stringify(source)).toBe(200);
      await host.invoke('live.remove', { source: (answer.json as LiveStatus['sources'][number]).id });
    }
  });

  it('what whoever started the server allowed, and nothing beside it', async () => {
    const other = await bench.serve(host, {
      sources: ['kafka://127.0.0.1:1,b.example:9093', 'syslog+tcp://0.0.0.0', 'syslog://[::]:5514'],
    });
    const status = async (source: object): Promise<number> => {
      const answer = await watch(other, source);
      if (answer.status === 200) await host.invoke('live.remove', { source: (answer.json as LiveStatus['sources'][number]).id });
      return answer.status;
    };
    expect(await status({ type: 'kafka', url: 'kafka://127.0.0.1:1/access' })).toBe(200);
    expect(await status({ type: 'kafka', url: 'kafka://127.0.0.1:1,c.example:9093/access' })).toBe(403);
    expect(await status({ type: 'kafka', url: 'kafka://b.example/access' })).toBe(403);
    expect(await status({ type: 'syslog', protocol: 'tcp', host: '0.0.0.0', port: 0 })).toBe(200);
    expect(await status({ type: 'syslog', protocol: 'udp', host: '0.0.0.0', port: 0 })).toBe(403);
    expect(await status({ type: 'syslog', protocol: 'udp', host: '::', port: 0 })).toBe(403);
    await expect(bench.serve(host, { sources: ['ftp://x'] })).rejects.toMatchObject({ code: 'PARAMETER' });
  });

  it('not a file that a link in the folder leads out to', async () => {
    symlinkSync('/etc/passwd', join(bench.files, 'link.log'));
    expect((await watch(service, { type: 'file', path: 'link.log' })).status).toBe(403);
  });
});

it('a file of tokens that others may read is a matter of the server, and nobody is told where it lies', async () => {
  const file = join(bench.folder, 'tokens.json');
  const { token, secret } = makeToken('a', 'write', null, Date.now() * 1000);
  writeTokens(file, [token]);
  const log: string[] = [];
  const other = await bench.serve(host, { tokenFile: file, heartbeat: 0.05, log: { write: (line) => void log.push(line) } });
  expect((await other.ask('/api/v1/case', { token: secret })).status).toBe(200);
  const stream = other.ask('/api/v1/events', { token: secret });
  await new Promise((resolve) => setTimeout(resolve, 100));
  chmodSync(file, 0o644);
  const answer = await other.ask('/api/v1/case', { token: secret });
  expect([answer.status, codeOf(answer)]).toEqual([500, 'MISCONFIGURED']);
  expect(answer.text).not.toContain(bench.folder);
  expect(log.join('')).toContain(`chmod 600 ${file}`);
  // who listens to events is not welcome any more, and the server goes on
  expect((await stream).status).toBe(200);
  chmodSync(file, 0o600);
  expect((await other.ask('/api/v1/case', { token: secret })).status).toBe(200);
  chmodSync(file, 0o644);
  await expect(bench.serve(host, { tokenFile: file })).rejects.toThrow(file);
});

describe('schedules', () => {
  it('one that is not there cannot be run', async () => {
    const answer = await service.ask('/api/v1/schedules/nothere/run', { method: 'POST' });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'NOT_FOUND']);
  });

  it('a step that fails is a job that failed, with the why, in the list too', async () => {
    writeFileSync(join(bench.files, 'empty.log'), '');
    const steps = [
      { command: 'case.verify' as const, input: {} },
      { command: 'evidence.import' as const, input: { paths: [join(bench.files, 'nothing.log')] } },
    ];
    await host.invoke('schedule.save', { name: 'nightly', cron: '@daily', steps });
    const started = await service.ask('/api/v1/schedules/nightly/run', { method: 'POST' });
    const state: JobState = await service.ended(started);
    expect(state).toMatchObject({
      status: 'failed',
      error: { message: expect.stringMatching(/^Step 2 \(evidence\.import\) failed: .*nothing\.log/) as string, details: { step: 2 } },
      result: { ok: false, steps: [{ ok: true }, { ok: false }] },
    });
    expect(state.error?.code).not.toBe('INTERNAL');
    const listed = (await service.ask('/api/v1/jobs')).json as readonly JobState[];
    expect(listed.at(-1)).toMatchObject({ status: 'failed', result: null, error: state.error });
    const [schedule] = (await service.ask('/api/v1/schedules')).json as readonly Schedule[];
    expect(schedule.last?.steps[1].words).toContain('nothing.log');
  });
});

it.each([
  ['PUT', '/live/rules', /whoever is at the machine sets them.*flowcase rules/],
  ['POST', '/live/rules', /flowcase rules/],
  ['POST', '/schedules', /whoever is at the machine sets them.*flowcase schedule/],
  ['PUT', '/schedules/nightly', /flowcase schedule/],
])('%s %s says why it is not there', async (method, path, words) => {
  const answer = await service.ask(`/api/v1${path}`, { method, body: {} });
  expect([answer.status, codeOf(answer)]).toEqual([405, 'METHOD_NOT_ALLOWED']);
  expect(detailOf(answer)).toMatch(words);
  const document = (await service.ask('/openapi.json', { token: null })).text;
  expect(document).toMatch(words);
});
