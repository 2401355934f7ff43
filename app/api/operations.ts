import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { commands, FlowcaseError, type Client } from '../contract.ts';
import { fieldsOf, type QueryValue } from './coerce.ts';
import { encodeOutput } from './encode.ts';
import { FileRoots } from './files.ts';
import { inputOf } from './input.ts';
import { ApiJobs } from './jobs.ts';
import { negotiate, recordTypes } from './negotiate.ts';
import { parquetStream, recordStream } from './records.ts';
import { etagOf, matches, Revisions } from './revision.ts';
import { allRoutes, type AnyRoute } from './routes.ts';
import { SourceRules } from './sources.ts';
import { call, type ApiOptions } from './types.ts';

export const base = '/api/v1';
/** The path as Fastify writes it. */
export const fastifyPath = (path: string): string => `${base}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;

/** What every operation works with. */
interface Parts {
  readonly options: ApiOptions;
  readonly files: FileRoots;
  readonly sources: SourceRules;
  readonly jobs: ApiJobs;
  readonly revisions: Revisions;
}

/** Every row of the table of routes, as operations of the server. */
export function addOperations(app: FastifyInstance, options: ApiOptions, revisions: Revisions): ApiJobs {
  const jobs = new ApiJobs(options.core, options.scratch, base);
  const parts: Parts = { options, files: new FileRoots(options.files), sources: new SourceRules(options.sources), jobs, revisions };
  for (const route of allRoutes) {
    if (route.command === 'jobs.list') continue;
    const handler = handlerOf(route, parts);
    const config = { scope: route.scope, because: route.because, command: route.command };
    app.route({ method: route.method, url: fastifyPath(route.path), config, handler });
    if (route.parts) app.route({ method: route.method, url: `${fastifyPath(route.path)}/:part`, config, handler });
  }
  app.get(`${base}/jobs`, { config: { scope: 'read' } }, () => jobs.list());
  app.get<{ Params: { job: string } }>(`${base}/jobs/:job`, { config: { scope: 'read' } }, ({ params }) => jobs.get(params.job));
  app.get<{ Params: { job: string } }>(`${base}/jobs/:job/file`, { config: { scope: 'read' } }, async ({ params }, reply) => {
    const { name, stream } = await jobs.file(params.job);
    return reply.type('application/octet-stream').header('Content-Disposition', `attachment; filename="${name}"`).send(stream);
  });
  return jobs;
}

/** Whether an operation can be carried out on a case that is open for reading only: what writes a file and not the case can. */
function worksReadOnly(route: AnyRoute): boolean {
  const { access } = commands[route.command];
  return route.method === 'GET' || access === 'read' || access === 'app' || route.download !== null || route.command === 'case.verify';
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

function handlerOf(route: AnyRoute, parts: Parts): Handler {
  const { access } = commands[route.command];
  const { options, files, sources, jobs } = parts;
  return async (request, reply) => {
    if (options.readOnly && !worksReadOnly(route))
      throw new FlowcaseError(
        'CASE_READ_ONLY',
        'This server has its case open for reading only (--read-only); nothing in it can be changed.',
      );
    const { part, ...params } = request.params as Record<string, string>;
    const query = request.query as Record<string, QueryValue>;
    const input = inputOf(route, { params, query, body: request.body }, files);
    if (route.command === 'live.watch') sources.check(input['source']);
    if (route.command === 'schedule.run') await checkSchedule(options.core, input);
    if (access === 'read') return answerRead(route, parts, input, part ?? null, request, reply);
    if (access === 'job') {
      const handle = await jobs.start(route, input);
      return reply.code(202).header('Location', `${base}/jobs/${handle.job}`).send(handle);
    }
    return answer(route, await call(options.core, route.command, input), null, reply);
  };
}

/** A job of a schedule that is not there would begin, and fail. What is no name the core refuses. @throws FlowcaseError NOT_FOUND */
async function checkSchedule(core: Client, input: unknown): Promise<void> {
  const asked = commands['schedule.run'].input.safeParse(input);
  if (!asked.success) return;
  const { name } = asked.data;
  if ((await core.invoke('schedules.list', {})).some((one) => one.name === name)) return;
  throw new FlowcaseError('NOT_FOUND', `There is no schedule “${name}” in this case.`, { schedule: name });
}

async function answerRead(
  route: AnyRoute,
  parts: Parts,
  input: Record<string, unknown>,
  part: string | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { core, version, scratch } = parts.options;
  const type = route.command === 'records.query' ? negotiate(request.headers.accept, recordTypes) : 'json';
  const etag = etagOf(await parts.revisions.now(), version, `${request.url}\n${type}`);
  void reply.header('ETag', etag).header('Vary', 'Accept, Origin').header('Cache-Control', 'private, no-cache');
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  if (type === 'parquet') return reply.type(recordTypes.parquet).send(await parquetStream(core, scratch, input));
  if (type !== 'json') return reply.type(`${recordTypes[type]}; charset=utf-8`).send(await recordStream(core, input, type));
  const value = await call(core, route.command, input);
  addPaging(route, value, input, request, reply);
  addNext(route, value, input, request, reply);
  return answer(route, value, part, reply);
}

/** null has no body; of a part only the part is sent. @throws FlowcaseError NOT_FOUND for a part that the answer does not have */
function answer(route: AnyRoute, value: unknown, part: string | null, reply: FastifyReply): unknown {
  if (value === null || value === undefined) return reply.code(204).send();
  const told = encodeOutput(route.command, value);
  if (part === null) return reply.send(told);
  const found = new Map(Object.entries(told as object)).get(part) as unknown;
  if (found === undefined)
    throw new FlowcaseError(
      'NOT_FOUND',
      `The answer has no part "${part.slice(0, 100)}"; it has ${Object.keys(told as object).join(', ')}.`,
      { part },
    );
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(found));
}

/** Links to the next and the previous page (RFC 8288), and how many there are in all. */
function addPaging(route: AnyRoute, value: unknown, input: Record<string, unknown>, request: FastifyRequest, reply: FastifyReply): void {
  if (typeof value !== 'object' || value === null || !('total' in value) || typeof value.total !== 'number') return;
  const fields = fieldsOf(route.command);
  if (!fields.has('offset') || !fields.has('limit')) return;
  const read = (name: 'offset' | 'limit'): number => Number(fields.get(name)?.parse(input[name]));
  const [offset, limit] = [read('offset'), read('limit')];
  void reply.header('X-Total-Count', value.total);
  const at = (place: number): string => addressWith(request, { offset: place, limit });
  const links: string[] = [];
  if (limit > 0 && offset + limit < value.total) links.push(`<${at(offset + limit)}>; rel="next"`);
  if (limit > 0 && offset > 0) links.push(`<${at(Math.max(0, offset - limit))}>; rel="prev"`);
  if (links.length > 0) void reply.header('Link', links.join(', '));
}

/** Link to the page behind the last entry of this one, where the page is full: there may be more. */
function addNext(
  { command, cursor }: AnyRoute,
  value: unknown,
  input: Record<string, unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (cursor === null || !Array.isArray(value)) return;
  const limit = Number(fieldsOf(command).get('limit')?.parse(input['limit']));
  const last = (value as readonly Readonly<Record<string, unknown>>[]).at(-1);
  if (last === undefined || value.length < limit) return;
  void reply.header('Link', `<${addressWith(request, { [cursor.field]: last[cursor.of], limit })}>; rel="next"`);
}

/** The address of a request, with other values of some of its fields. */
function addressWith(request: FastifyRequest, values: Readonly<Record<string, unknown>>): string {
  const [path = '', search = ''] = request.url.split('?', 2);
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(values)) query.set(name, String(value));
  return `${path}?${query.toString()}`;
}
