import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken, writeTokens } from '../../app/api/tokens.ts';
import type { Host } from '../host/host.ts';
import { codeOf, serveSample, ServeBench, type Service } from './testing-serve.ts';

const bench = new ServeBench();
let host: Host;
let service: Service;

beforeAll(async () => {
  ({ host, service } = await serveSample(bench));
});
afterAll(() => bench.close());

describe('the door of the API', () => {
  it('lets nobody in without a token, with a wrong one, or with one in the address', async () => {
    const { read = '' } = service.served.tokens;
    for (const token of [null, 'x', `${read}x`, read.slice(0, -1), read.toUpperCase()]) {
      const answer = await service.ask('/api/v1/case', { token });
      expect(answer.status, String(token)).toBe(401);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
      expect(codeOf(answer)).toBe('UNAUTHORIZED');
    }
    for (const query of [`token=${read}`, `access_token=${read}`])
      expect((await service.ask(`/api/v1/case?${query}`, { token: null })).status, query).toBe(401);
    for (const Authorization of [`Basic ${Buffer.from(`x:${read}`).toString('base64')}`, read, `Bearer ${read} ${read}`, 'Bearer'])
      expect((await service.ask('/api/v1/case', { token: null, headers: { Authorization } })).status, Authorization).toBe(401);
    expect((await service.ask('/api/v1/case', { token: read })).status).toBe(200);
  });

  it('lets a token that reads change nothing', async () => {
    const { read = '' } = service.served.tokens;
    const before = (await host.invoke('case.info', {})).revision;
    const tries = [
      ['PUT', '/api/v1/case'],
      ['POST', '/api/v1/evidence'],
      ['DELETE', '/api/v1/evidence/1'],
      ['POST', '/api/v1/runs'],
      ['POST', '/api/v1/taggings'],
      ['POST', '/api/v1/ingest?source=a'],
      ['DELETE', '/api/v1/jobs/job-1'],
    ] as const;
    for (const [method, path] of tries) {
      const answer = await service.ask(path, { method, token: read, body: {} });
      expect([answer.status, codeOf(answer)], `${method} ${path}`).toEqual([403, 'FORBIDDEN']);
    }
    expect((await host.invoke('case.info', {})).revision).toBe(before);
  });

  it('takes tokens from a file until their time is over or they are removed, without being started again', async () => {
    const file = join(bench.folder, 'tokens.json');
    const now = Date.now() * 1000;
    const good = makeToken('good', 'read', now + 60_000_000, now);
    const over = makeToken('over', 'write', now - 1, now - 10);
    writeTokens(file, [good.token, over.token]);
    const other = await bench.serve(host, { tokenFile: file });
    expect(other.served.tokens).toEqual({});
    expect((await other.ask('/api/v1/case', { token: good.secret })).status).toBe(200);
    expect((await other.ask('/api/v1/case', { token: over.secret })).status).toBe(401);
    expect((await other.ask('/api/v1/runs', { method: 'POST', token: good.secret, body: {} })).status).toBe(403);
    expect((await other.ask('/api/v1/case', { token: service.served.tokens.read ?? '' })).status).toBe(401);
    writeTokens(file, []);
    expect((await other.ask('/api/v1/case', { token: good.secret })).status).toBe(401);
  });

  it('is shut for other names and for pages of other sites, with the right token too', async () => {
    const { port } = service.served;
    for (const Host of ['evil.example', `evil.example:${port}`, `127.0.0.1:${port + 1}`, '127.0.0.1', `127.0.0.1.evil.example:${port}`])
      expect((await service.ask('/api/v1/case', { headers: { Host } })).status, Host).toBe(403);
    for (const Origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${port + 1}`,
      `https://127.0.0.1:${port}`,
      'https://board.example.evil.example',
    ]) {
      const answer = await service.ask('/api/v1/case', { headers: { Origin } });
      expect(answer.status, Origin).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect((await service.ask('/health', { token: null, headers: { Origin } })).status, Origin).toBe(403);
    }
    expect((await service.ask('/api/v1/case', { headers: { Origin: `http://127.0.0.1:${port}` } })).status).toBe(200);
    expect((await service.ask('/api/v1/case', { headers: { Host: `localhost:${port}` } })).status).toBe(200);
  });

  it('answers CORS for sites that were named, and for no others', async () => {
    const headers = {
      Origin: 'https://board.example',
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'authorization',
    };
    const before = await service.ask('/api/v1/case', { method: 'OPTIONS', token: null, headers });
    expect(before.status).toBe(204);
    expect(before.headers['access-control-allow-origin']).toBe('https://board.example');
    expect(before.headers['access-control-allow-headers']).toContain('Authorization');
    expect(before.headers['access-control-allow-credentials']).toBeUndefined();
    const then = await service.ask('/api/v1/case', { headers: { Origin: 'https://board.example' } });
    expect([then.status, then.headers['access-control-allow-origin']]).toEqual([200, 'https://board.example']);
    expect(
      (await service.ask('/api/v1/case', { method: 'OPTIONS', token: null, headers: { ...headers, Origin: 'https://evil.example' } }))
        .status,
    ).toBe(403);
  });

  it('slows one token down and not another, and says when to go on', async () => {
    const other = await bench.serve(host, { rate: 5 });
    const { read, write } = other.served.tokens;
    const answers = await Promise.all(Array.from({ length: 30 }, () => other.ask('/api/v1/case', { token: read ?? null })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(codeOf(refused[0])).toBe('TOO_MANY_REQUESTS');
    expect(Number(refused[0].headers['retry-after'])).toBeGreaterThan(0);
    expect((await other.ask('/api/v1/case', { token: write ?? null })).status).toBe(200);
  });

  it('says whether it is there, how it is used and what it looks like to anybody, and nothing of the case', async () => {
    expect((await service.ask('/health', { token: null })).json).toEqual({ status: 'ok' });
    for (const path of ['/docs', '/openapi.json']) {
      const answer = await service.ask(path, { token: null });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(bench.folder);
    }
    expect((await service.ask('/metrics', { token: null })).status).toBe(401);
    // the examples of the page are for the address that it was asked by
    for (const Host of [`127.0.0.1:${service.served.port}`, `localhost:${service.served.port}`])
      expect((await service.ask('/docs', { token: null, headers: { Host } })).text).toContain(`export FLOWCASE=http://${Host}\n`);
  });
});

describe('what is sent to the API', () => {
  it('is refused where it is too large, no JSON, or of another type', async () => {
    const large = await service.ask('/api/v1/taggings', { method: 'POST', body: { note: 'x'.repeat(30_000) } });
    expect([large.status, codeOf(large)]).toEqual([413, 'TOO_LARGE']);
    const headers = { 'Content-Type': 'application/json' };
    for (const body of ['{"a":', '{a:1}', '', 'null x', '\u0000', '{"__proto__":{"x":1}}']) {
      const answer = await service.ask('/api/v1/runs', { method: 'POST', headers, body });
      expect([answer.status, codeOf(answer)], body).toEqual([400, 'MALFORMED']);
    }
    for (const body of ['[]', '"x"', '3']) {
      const answer = await service.ask('/api/v1/runs', { method: 'POST', headers, body });
      expect([answer.status, codeOf(answer)], body).toEqual([400, 'INVALID_INPUT']);
    }
    const typed = await service.ask('/api/v1/runs', { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body: '<a/>' });
    expect([typed.status, codeOf(typed)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('has no field that the operation does not have', async () => {
    const query = await service.ask('/api/v1/hosts?nope=1');
    expect(query.json).toMatchObject({ status: 400, code: 'INVALID_INPUT', details: { field: 'nope' } });
    const body = await service.ask('/api/v1/runs', { method: 'POST', body: { k: 3, nope: 1 } });
    expect(body.json).toMatchObject({ status: 400, code: 'INVALID_INPUT', details: { field: 'nope' } });
    const twice = await service.ask('/api/v1/hosts?limit=1&limit=2');
    expect(twice.json).toMatchObject({ status: 400, details: { field: 'limit' } });
    const both = await service.ask('/api/v1/runs/1/repeat', { method: 'POST', body: { run: 2 } });
    expect(both.json).toMatchObject({ status: 400, details: { field: 'run' } });
    const target = await service.ask('/api/v1/report', { method: 'POST', body: { path: '/tmp/x.pdf' } });
    expect(target.json).toMatchObject({ status: 400, details: { field: 'path' } });
    const stray = await service.ask('/api/v1/runs?k=3', { method: 'POST', body: {} });
    expect(stray.json).toMatchObject({ status: 400, details: { field: 'k' } });
  });

  it('tells where a filter is wrong, as the terminal does', async () => {
    const answer = await service.ask(`/api/v1/records/connection?filter=${encodeURIComponent('resp_p = 44x3')}`);
    expect(answer.json).toMatchObject({ status: 400, code: 'FILTER_SYNTAX', details: { position: 9, length: 4 } });
  });

  it('cannot lead to another place: nothing but the table of operations is there', async () => {
    for (const path of [
      '/../../etc/passwd',
      '/api/v1/../../../etc/passwd',
      '/docs/../../package.json',
      '/docs/..%2f..%2fpackage.json',
      '/api/v1/jobs/..%2f..%2fetc/file',
      '//etc/passwd',
      '/api/v1/case%00',
      '/api/v2/case',
      '/docs/',
    ])
      expect([404, 400], path).toContain((await service.ask(path)).status);
    const method = await service.ask('/api/v1/case', { method: 'DELETE' });
    expect([method.status, method.headers.allow]).toEqual([405, 'GET, PUT']);
  });

  it('names no file outside of the folders that may be read, by no way round', async () => {
    writeFileSync(join(bench.folder, 'secret.log'), 'secret\n');
    mkdirSync(join(bench.folder, 'files-too'));
    writeFileSync(join(bench.folder, 'files-too', 'b.log'), 'secret\n');
    symlinkSync(join(bench.folder, 'secret.log'), join(bench.files, 'link.log'));
    symlinkSync(bench.folder, join(bench.files, 'up'));
    const names = [
      '../secret.log',
      join(bench.folder, 'secret.log'),
      '/etc/passwd',
      'link.log',
      'up/secret.log',
      '../files-too/b.log',
      'nothing.log',
      'conn.log/../../secret.log',
      'a\u0000b',
    ];
    for (const path of names) {
      const shown = await service.ask('/api/v1/evidence/preview', { method: 'POST', body: { path } });
      expect([shown.status, codeOf(shown)], path).toEqual([403, 'FORBIDDEN']);
      expect(shown.text).not.toContain('secret\n');
      const taken = await service.ask('/api/v1/evidence', { method: 'POST', body: { paths: ['conn.log', path] } });
      expect(taken.status, path).toBe(403);
      expect((await service.ask('/api/v1/predictions', { method: 'POST', body: { model: path } })).status, path).toBe(403);
      expect((await service.ask('/api/v1/case/verify', { method: 'POST', body: { originals: path } })).status, path).toBe(403);
    }
    expect((await service.ask('/api/v1/evidence/preview', { method: 'POST', body: { path: 'conn.log' } })).status).toBe(200);
    const closed = await bench.serve(host, { files: [] });
    expect((await closed.ask('/api/v1/evidence/preview', { method: 'POST', body: { path: 'conn.log' } })).status).toBe(403);
  });

  it('that is no HTTP is told so, and the server goes on', async () => {
    const socket = createConnection(service.served.port, '127.0.0.1');
    let text = '';
    socket.on('data', (part) => (text += part.toString()));
    socket.end('hello\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect((await service.ask('/health', { token: null })).status).toBe(200);
  });
});
