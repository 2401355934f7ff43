import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CaseInfo, LiveSourceSpec } from '../contract.ts';
import type { EventHub } from './events.ts';
import type { Revisions } from './revision.ts';
import type { ApiOptions } from './types.ts';

const statuses = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

/** Prometheus' text format at /metrics: requests, jobs, the case, the process and its event loop, and what `options.metrics` adds. */
export function addMetrics(app: FastifyInstance, options: ApiOptions, revisions: Revisions, hub: EventHub): void {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'flowcase_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'flowcase_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer',
    labelNames: ['method', 'route'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  // what was not found has no route: its address is the client's, and must not make a series of its own
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    requests.inc({ method: request.method, route, status: reply.statusCode });
    seconds.observe({ method: request.method, route }, reply.elapsedTime / 1000);
    done();
  });
  addCase(registry, options, revisions);
  new Gauge({
    name: 'flowcase_event_streams',
    help: 'Clients that listen to events',
    registers,
    collect() {
      this.set(hub.streams);
    },
  });
  const lookAtLive = addLive(registry, options);
  options.metrics?.(registry);
  app.get('/metrics', { config: { scope: 'read' } }, async (_, reply) => {
    await lookAtLive();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

function addCase(registry: Registry, { core, version }: ApiOptions, revisions: Revisions): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: (info: CaseInfo) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(value(await revisions.now()));
      },
    });
  gauge('flowcase_case_revision', 'Counts up with every change of the case', (info) => info.revision);
  gauge('flowcase_case_hosts', 'Addresses in the case', (info) => info.hosts);
  gauge('flowcase_case_findings', 'Findings of the latest run of each method', (info) => info.findings);
  gauge('flowcase_case_rejected_lines', 'Lines that could not be taken', (info) => info.rejects);
  new Gauge({
    name: 'flowcase_case_records',
    help: 'Records by kind',
    labelNames: ['kind'] as const,
    registers,
    async collect() {
      const { kinds } = await revisions.now();
      this.reset();
      for (const { kind, records } of kinds) this.set({ kind }, records);
    },
  });
  new Gauge({
    name: 'flowcase_jobs',
    help: 'Jobs that run and the latest that ended, by how they stand',
    labelNames: ['status'] as const,
    registers,
    async collect() {
      const jobs = await core.invoke('jobs.list', {});
      for (const status of statuses) this.set({ status }, jobs.filter((job) => job.status === status).length);
    },
  });
  const about = new Gauge({ name: 'flowcase_info', help: 'Which Flowcase answers', labelNames: ['version'] as const, registers });
  about.set({ version }, 1);
}

/** What is watched, by source; the answer takes a look. A case that is open for reading only watches nothing. */
function addLive(registry: Registry, { core, readOnly }: ApiOptions): () => Promise<void> {
  if (readOnly) return () => Promise.resolve();
  // two sources may have one name: a/x.log and b/x.log
  const labelNames = ['source', 'id', 'path'] as const;
  type Label = (typeof labelNames)[number];
  const gauge = (name: string, help: string): Gauge<Label> => new Gauge({ name, help, labelNames, registers: [registry] });
  const counter = (name: string, help: string): Counter<Label> => new Counter({ name, help, labelNames, registers: [registry] });
  const counts = [
    [counter('flowcase_live_records_total', 'Records that came since it is watched here'), 'records'],
    [counter('flowcase_live_rejected_lines_total', 'Lines that could not be taken'), 'rejected'],
    [counter('flowcase_live_bytes_total', 'Bytes that came'), 'bytes'],
    [counter('flowcase_live_late_records_total', 'Records that came too late for their windows'), 'late'],
    [counter('flowcase_live_early_records_total', 'Records that are too far ahead of all others for windows'), 'early'],
    [counter('flowcase_live_errors_total', 'Errors of the source'), 'errors'],
  ] as const;
  const figures = [
    [gauge('flowcase_live_records_per_second', 'Over the last ten seconds'), 'rate'],
    [gauge('flowcase_live_lag_records', 'Records that are there and not yet in the case'), 'lagRecords'],
    [gauge('flowcase_live_lag_bytes', 'Bytes that are there and not yet in the case'), 'lagBytes'],
    [gauge('flowcase_live_behind_seconds', 'Between the time stamp of the latest record and now'), 'behind'],
  ] as const;
  const alerts = new Gauge({ name: 'flowcase_live_alerts', help: 'Alerts that are open', registers: [registry] });
  const held = new Gauge({
    name: 'flowcase_live_held',
    help: '1 where something keeps the case from being written: an import, a full disk',
    registers: [registry],
  });
  const writer = new Gauge({ name: 'flowcase_writer_up', help: '0 where what writes the case is gone', registers: [registry] });
  const running = new Gauge({
    name: 'flowcase_live_running',
    help: 'Whether a source is being watched',
    labelNames: [...labelNames, 'state'] as const,
    registers: [registry],
  });
  // all at once: each metric by itself would be read before another one's answer sets it
  return async () => {
    const status = await core.invoke('live.status', {}).catch(() => null);
    running.reset();
    for (const [one] of [...counts, ...figures]) one.reset();
    writer.set(status === null ? 0 : 1);
    if (status === null) return;
    const { sources, alerts: open } = status;
    held.set(status.held === '' ? 0 : 1);
    for (const source of sources) {
      const label = { source: source.name, id: String(source.id), path: placeOf(source.watch.source) };
      running.set({ ...label, state: source.state }, 1);
      // what was reset counts from 0: the source has the sum
      for (const [one, figure] of counts) one.inc(label, source[figure]);
      for (const [one, figure] of figures) {
        const value = source[figure];
        if (value !== null) one.set(label, value);
      }
    }
    alerts.set(open);
  };
}

/** Where a source's lines come from; "" for what has no place but its name. */
function placeOf(source: LiveSourceSpec): string {
  switch (source.type) {
    case 'file':
      return source.path;
    case 'kafka':
      return source.url;
    case 'syslog':
      return `syslog${source.protocol === 'tcp' ? '+tcp' : ''}://${source.host}:${source.port}`;
    case 'pipe':
      return source.path ?? '';
    case 'http':
      return '';
  }
}
