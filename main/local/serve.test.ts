import { existsSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken, writeTokens } from '../../app/api/tokens.ts';
import type { CaseInfo, RecordPage, TagResult } from '../../app/contract.ts';
import { isoTime } from '../../app/contract/format.ts';
import type { Host } from '../host/host.ts';
import { codeOf, serveSample, ServeBench, type Service } from './testing-serve.ts';

const bench = new ServeBench();
let host: Host;
let service: Service;

beforeAll(async () => {
  ({ host, service } = await serveSample(bench));
});
afterAll(() => bench.close());

describe('what the API answers', () => {
  it('is what the core answers, with times, durations and truth values as other programs read them', async () => {
    const path = '/api/v1/records/connection?filter=resp_p%20%3D%20443&columns=ts,orig_h,duration,local_orig&sort=-ts&limit=7&offset=3';
    const answer = (await service.ask(path)).json as RecordPage;
    const page = await host.invoke('records.query', {
      kind: 'connection',
      filter: 'resp_p = 443',
      columns: ['ts', 'orig_h', 'duration', 'local_orig'],
      sort: { column: 'ts', descending: true },
      limit: 7,
      offset: 3,
    });
    expect(answer.ids).toEqual(page.ids);
    expect(answer.total).toBe(page.total);
    expect(answer.rows).toEqual(
      page.rows.map(([ts, from, duration, local]) => [
        isoTime(Number(ts)),
        from,
        duration === null ? null : Number(duration) / 1e6,
        local === null ? null : local !== 0,
      ]),
    );
  });

  it('comes in pages that lead to each other, and all of them are everything', async () => {
    const ids: number[] = [];
    let path: string | undefined = '/api/v1/records/connection?filter=proto%20%3D%20udp&limit=200';
    let total = 0;
    while (path !== undefined) {
      const answer = await service.ask(path);
      const page = answer.json as RecordPage;
      ids.push(...page.ids);
      total = Number(answer.headers['x-total-count']);
      [, path] = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link ?? '')) ?? [];
    }
    const all = await host.invoke('records.query', { kind: 'connection', filter: 'proto = udp', limit: 100_000 });
    expect(ids).toEqual(all.ids);
    expect(total).toBe(all.total);
    const middle = await service.ask('/api/v1/records/connection?offset=100&limit=60');
    expect(middle.headers.link).toBe(
      '</api/v1/records/connection?offset=160&limit=60>; rel="next", </api/v1/records/connection?offset=40&limit=60>; rel="prev"',
    );
  });

  it('is not sent again while the case is as it was, and is when it has changed', async () => {
    const first = await service.ask('/api/v1/tags');
    const etag = first.headers.etag ?? '';
    const again = await service.ask('/api/v1/tags', { headers: { 'If-None-Match': `"other", ${etag}` } });
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag]);
    expect((await service.ask('/api/v1/findings', { headers: { 'If-None-Match': etag } })).status).toBe(200);
    const tagged = await service.ask('/api/v1/taggings', {
      method: 'POST',
      body: { target: { type: 'host', host: '10.20.1.77' }, name: 'seen' },
    });
    expect(tagged.status).toBe(200);
    const changed = await service.ask('/api/v1/tags', { headers: { 'If-None-Match': etag } });
    expect(changed.status).toBe(200);
    expect(changed.text).toContain('seen');
    const { tagging } = tagged.json as TagResult;
    expect((await service.ask(`/api/v1/taggings/${tagging}`, { method: 'DELETE' })).status).toBe(200);
  });

  it('is CSV, JSON lines or Parquet where that is asked for, all records of the filter', async () => {
    const { total } = await host.invoke('records.query', { kind: 'connection', filter: 'proto = tcp', limit: 0 });
    const path = '/api/v1/records/connection?filter=proto%20%3D%20tcp';
    const csv = await service.ask(`${path}&columns=ts,orig_h`, { headers: { Accept: 'text/csv' } });
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const lines = csv.text.trimEnd().split('\r\n');
    expect([lines[0], lines.length]).toEqual(['ts,orig_h', total + 1]);
    const json = await service.ask(`${path}&columns=ts,resp_p&limit=50&offset=10`, {
      headers: { Accept: 'application/x-ndjson;q=0.9, text/html' },
    });
    const rows = json.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const page = (await service.ask(`${path}&columns=ts,resp_p&limit=50&offset=10`)).json as RecordPage;
    expect(rows).toEqual(page.rows.map(([ts, port]) => ({ ts, resp_p: port })));
    const parquet = await service.ask(path, { headers: { Accept: 'application/vnd.apache.parquet' } });
    expect(parquet.bytes.subarray(0, 4).toString()).toBe('PAR1');
    expect((await service.ask(path, { headers: { Accept: 'image/png' } })).status).toBe(406);
    expect((await service.ask(`${path}%20and%20resp_p%20%3D%20x`, { headers: { Accept: 'text/csv' } })).status).toBe(400);
  });

  it('has the parts of an overview one by one', async () => {
    const whole = (await service.ask('/api/v1/overview?buckets=10')).json as Record<string, unknown>;
    expect((await service.ask('/api/v1/overview/timeline?buckets=10')).json).toEqual(whole['timeline']);
    expect((await service.ask('/api/v1/overview/total')).json).toBe(3_000);
    expect((await service.ask('/api/v1/overview/__proto__')).status).toBe(404);
  });

  it('starts jobs, tells how they end, and hands out what they wrote', async () => {
    const report = await service.ask('/api/v1/report', { method: 'POST', body: { format: 'json' } });
    const state = await service.ended(report);
    expect(state.status).toBe('done');
    const { file } = state.result as { readonly file: string };
    expect(file).toBe(`${report.headers.location ?? ''}/file`);
    const written = await service.ask(file);
    expect(written.headers['content-disposition']).toBe('attachment; filename="report.json"');
    expect(JSON.parse(written.text)).toBeTypeOf('object');
    expect((await service.ask('/api/v1/jobs')).json).toContainEqual(expect.objectContaining({ id: state.id, result: null }));
    expect((await service.ask('/api/v1/jobs/job-999')).status).toBe(404);
    expect((await service.ask('/api/v1/jobs/job-999/file')).status).toBe(404);
  });

  it('stops a job that is asked to stop', async () => {
    await bench.writeLog(200_000, 'long.log', 9);
    const started = await service.ask('/api/v1/evidence', { method: 'POST', body: { paths: ['long.log'] } });
    const stopped = await service.ask(started.headers.location ?? '', { method: 'DELETE' });
    expect(stopped.status).toBe(204);
    expect((await service.ended(started)).status).toBe('cancelled');
    expect(((await service.ask('/api/v1/case')).json as CaseInfo).connections).toBe(3_000);
  });
});

describe('a case that is served', () => {
  it('for reading only is not changed, and may be open elsewhere', async () => {
    const reader = bench.host();
    await reader.invoke('case.open', { path: bench.casePath, readOnly: true });
    const other = await bench.serve(reader, { readOnly: true });
    expect(Object.keys(other.served.tokens)).toEqual(['read']);
    const etag = (await other.ask('/api/v1/case')).headers.etag ?? '';
    await host.invoke('case.update', { name: 'b', number: '', examiner: '' });
    const after = await other.ask('/api/v1/case', { headers: { 'If-None-Match': etag } });
    expect([after.status, (after.json as CaseInfo).name]).toEqual([200, 'b']);
    const file = join(bench.folder, 'write.json');
    const now = Date.now() * 1000;
    const { token, secret } = makeToken('w', 'write', null, now);
    writeTokens(file, [token]);
    const writing = await bench.serve(reader, { readOnly: true, tokenFile: file });
    const refused = await writing.ask('/api/v1/case', { method: 'PUT', token: secret, body: { name: 'c', number: '', examiner: '' } });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'CASE_READ_ONLY']);
  });

  it('lets what runs finish when it is stopped, and leaves one file and nothing of its own', async () => {
    const own = new ServeBench();
    try {
      const one = await own.withCase(2_000);
      const stopping = await own.serve(one);
      const running = stopping.ask('/api/v1/records/connection?limit=2000');
      await once(stopping.served.app.server, 'request');
      await stopping.served.close();
      const answer = await running;
      expect(answer.status).toBe(200);
      expect((answer.json as RecordPage).rows).toHaveLength(2_000);
      await one.close();
      expect(readdirSync(own.folder).filter((name) => name.startsWith('a.flowcase'))).toEqual(['a.flowcase']);
      await expect(stopping.ask('/health')).rejects.toThrow('ECONNREFUSED');
    } finally {
      await own.close();
    }
    expect(existsSync(own.folder)).toBe(false);
  });

  it('tells an address in use, and takes no other than loopback without a certificate', async () => {
    await expect(bench.serve(host, { port: service.served.port })).rejects.toMatchObject({ code: 'BUSY' });
    for (const address of ['0.0.0.0', '::', '192.0.2.1', 'example.org'])
      await expect(bench.serve(host, { host: address }), address).rejects.toMatchObject({
        code: 'PARAMETER',
        message: expect.stringContaining('openssl req') as string,
      });
  });

  it('writes one JSON line a request where that is asked for, without tokens', async () => {
    const log: string[] = [];
    const logged = await bench.serve(host, { log: { write: (line) => log.push(line) } });
    await logged.ask('/api/v1/case');
    const lines = log.map((line) => JSON.parse(line) as { readonly msg: string; readonly req?: { readonly url: string } });
    expect(lines.some(({ req }) => req?.url === '/api/v1/case')).toBe(true);
    expect(log.join('')).not.toContain(logged.served.tokens.write);
  });
});
