import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { addMetrics } from './metrics.ts';

/** A source of one name with another, as `live.status` has it. */
const source = (id: number, path: string, records: number): unknown => ({
  ...{ id, name: 'x.log', watch: { source: { type: 'file', path, from: 'beginning' } }, state: 'running' },
  ...{ records, rejected: 1, bytes: 70, rate: 2, late: 0, early: 0, lagRecords: null, lagBytes: 5, behind: null, errors: 0 },
});

async function metrics(sources: () => unknown[]): Promise<() => Promise<string[]>> {
  const answers: Record<string, unknown> = { 'jobs.list': [] };
  const info = { kinds: [], revision: 1, hosts: 0, findings: 0, rejects: 0 };
  const invoke = (name: string): Promise<unknown> =>
    Promise.resolve(name === 'live.status' ? { sources: sources(), alerts: 0, held: '' } : answers[name]);
  const app = Fastify();
  addMetrics(
    app,
    { core: { invoke }, readOnly: false, version: '1' } as never,
    { now: () => Promise.resolve(info) } as never,
    { streams: 0 } as never,
  );
  await app.ready();
  return async () => (await app.inject('/metrics')).body.split('\n');
}

it('has each source by its number and path, though two have one name, and counts up what only grows', async () => {
  let records = 20;
  const ask = await metrics(() => [source(1, '/a/x.log', records), source(2, '/b/x.log', 30)]);
  const first = await ask();
  expect(first).toContain('flowcase_live_records_total{source="x.log",id="1",path="/a/x.log"} 20');
  expect(first).toContain('flowcase_live_records_total{source="x.log",id="2",path="/b/x.log"} 30');
  expect(first).toContain('# TYPE flowcase_live_records_total counter');
  expect(first).toContain('flowcase_live_lag_bytes{source="x.log",id="2",path="/b/x.log"} 5');
  expect(first).toContain('flowcase_live_running{source="x.log",id="1",path="/a/x.log",state="running"} 1');
  records = 25;
  expect(await ask()).toContain('flowcase_live_records_total{source="x.log",id="1",path="/a/x.log"} 25');
  // a name that ends with _total is that of a counter, and the other way round
  const types = first.filter((line) => line.startsWith('# TYPE flowcase_')).map((line) => line.split(' '));
  for (const [, , name, type] of types) expect(name.endsWith('_total'), name).toBe(type === 'counter');
});
