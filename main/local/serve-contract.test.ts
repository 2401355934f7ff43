import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryText } from '../../app/api/coerce.ts';
import type { Json, OpenApi, Operation } from '../../app/api/openapi-types.ts';
import { openApi } from '../../app/api/openapi.ts';
import { statusOf } from '../../app/api/problems.ts';
import { commands, errorCodes, type CaseInfo, type JobState } from '../../app/contract.ts';
import { ServeBench, type Answer, type Ask, type Service } from './testing-serve.ts';

/** Tests made from the document itself: every operation is called as the document says, and as it says that it must not be. */

const api: OpenApi = openApi('0.0.1');
const bench = new ServeBench();
let service: Service;

interface Placed {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}
/** Reading first, then what adds and changes, then what takes away. */
const order = ['get', 'post', 'put', 'patch', 'delete'];
/** More records make runs stale. */
const bringsRecords = ['evidence.import', 'live.watch', 'live.resume'];
const rank = ({ method, operation }: Placed): number => (bringsRecords.includes(operation.operationId) ? 3.5 : order.indexOf(method));
const operations: readonly Placed[] = Object.entries(api.paths)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
  .sort((a, b) => rank(a) - rank(b));
/** A stream that does not end has its own tests; what is posted needs somebody who takes it, and is tested where that is. */
const elsewhere = new Set(['events', 'ingest']);

beforeAll(async () => {
  const host = await bench.withCase(3_000);
  await host.invoke('schedule.save', { name: 'nightly', cron: '@daily', steps: [{ command: 'case.verify' }] });
  service = await bench.serve(host);
  // what is watched is in the case before anything is learned from it
  const watched = { source: { type: 'file', path: 'growing.log' } };
  await bench.writeLog(10, 'growing.log');
  expect((await service.ask('/api/v1/live/sources', { method: 'POST', body: watched })).status).toBe(200);
  while (((await service.ask('/api/v1/case')).json as CaseInfo).connections < 3_010)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const job = async (path: string, body: unknown): Promise<void> => {
    const state = await service.ended(await service.ask(`/api/v1${path}`, { method: 'POST', body }));
    expect(state.error, path).toBeNull();
  };
  // the second job, after the import: it writes a file
  await job('/tables/hosts', { format: 'csv' });
  // runs 1 to 5, as the examples of the document name them
  await job('/runs', { k: 4 });
  await job('/runs', { k: 3, method: 'gmm' });
  await job('/models', { model: 'tree', label: { type: 'column', column: 'service' } });
  await job('/predictions', { model: 3 });
  await job('/anomalies', { of: 'hosts', trees: 20 });
  for (const name of ['seen', 'doubtful']) {
    const target = { type: 'host', host: '10.20.1.77' };
    expect((await service.ask('/api/v1/taggings', { method: 'POST', body: { target, name } })).status).toBe(200);
  }
}, 120_000);
afterAll(() => bench.close());

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const validators = new Map<string, ValidateFunction>();

/** A schema of the document, where nothing may be that it does not name: what is sent and not described would be found. */
function validator(schema: Json): ValidateFunction {
  const key = JSON.stringify(schema);
  const made = validators.get(key) ?? ajv.compile({ ...(closed(schema) as Json), components: closed({ schemas: api.components.schemas }) });
  validators.set(key, made);
  return made;
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isObject = inner['type'] === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return isObject ? { ...inner, additionalProperties: false } : inner;
}

/** Values for an operation beside its examples, where an example would take away what others need. */
const values: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'tag.undo': { undo: 2 },
  'tag.remove': { tagging: 3 },
  'job.file': { job: 'job-2' },
  'live.watch': { source: { type: 'file', path: 'conn.log' } },
};

interface Filled {
  readonly path: string;
  readonly ask: Ask;
}

/** The request of the document's examples, with some parameters and fields replaced. */
function filled({ path, method, operation }: Placed, replaced: ReadonlyMap<string, unknown> = new Map()): Filled {
  const valueOf = (name: string, example: unknown): unknown =>
    replaced.has(name) ? replaced.get(name) : (values[operation.operationId]?.[name] ?? example);
  const parameters = operation.parameters ?? [];
  const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(queryText(valueOf(name, parameters.find((one) => one.name === name)?.example))),
  );
  const query = parameters.filter((one) => one.in === 'query').map((one) => [one.name, valueOf(one.name, one.example)] as const);
  const names = new Set(query.map(([name]) => name));
  const content = operation.requestBody?.content['application/json'];
  const fields = { ...(content?.example as object | undefined), ...values[operation.operationId] };
  const strays = [...replaced].filter(([name]) => !names.has(name) && !parameters.some((one) => one.name === name));
  const body = content === undefined ? undefined : { ...fields, ...Object.fromEntries(strays) };
  const more = content === undefined ? strays : [];
  const search = new URLSearchParams(
    [...query, ...more].flatMap(([name, value]) => (value === undefined ? [] : [[name, queryText(value)] as [string, string]])),
  );
  const address = search.size === 0 ? place : `${place}?${search.toString()}`;
  return { path: address, ask: { method: method.toUpperCase(), ...(body === undefined ? {} : { body }) } };
}

/** Holds an answer against what the document says of its status and type. */
function expectDocumented({ operation }: Placed, answer: Answer, told: string): void {
  const said = operation.responses[String(answer.status)];
  expect(said, `${told}: ${answer.status} is not documented: ${answer.text.slice(0, 300)}`).toBeDefined();
  const content = ('$ref' in said ? (api.components['responses'] as Record<string, Json>)['Problem'] : said)['content'] as
    Readonly<Record<string, { readonly schema: Json }>> | undefined;
  if (content === undefined) {
    expect(answer.text, told).toBe('');
    return;
  }
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';');
  expect(Object.keys(content), told).toContain(type);
  if (!type.includes('json') || type.includes('ndjson')) return;
  const validate = validator(content[type].schema);
  validate(answer.json);
  expect(validate.errors, `${told}: ${answer.text.slice(0, 300)}`).toBeNull();
}

describe('the document', () => {
  it('is OpenAPI 3.1', async () => {
    const validated = await new Validator().validate(structuredClone(api) as unknown as Record<string, unknown>);
    expect(validated.errors ?? []).toEqual([]);
    expect(validated.valid).toBe(true);
  });

  it('is what the server says of itself', async () => {
    expect((await service.ask('/openapi.json', { token: null })).json).toEqual(JSON.parse(JSON.stringify(api)));
  });

  it.each(Object.keys(api.paths))('%s takes the methods that it says, and no others (405)', async (path) => {
    const address = path.replaceAll(/\{\w+\}/g, '1');
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const known = Object.hasOwn(api.paths[path], method.toLowerCase());
      // without a token: what is there says so (the document open to all aside), what is not is 405 (`undocumented` compares Allow)
      if (!known) expect((await service.ask(address, { method, token: null })).status, `${method} ${address}`).toBe(405);
    }
  });

  it('says of every whole number how large it may be', () => {
    const unbounded: string[] = [];
    const look = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { type, maximum, exclusiveMaximum } = value as Json;
      if ([type].flat().includes('integer') && maximum === undefined && exclusiveMaximum === undefined) unbounded.push(at);
      for (const [name, inner] of Object.entries(value)) look(inner, `${at}.${name}`);
    };
    for (const { operation } of operations) {
      look(operation.parameters, operation.operationId);
      look(operation.requestBody, operation.operationId);
    }
    expect(unbounded).toEqual([]);
  });

  it('knows every status that the core, or the server before it, can answer an operation with', () => {
    const all = [...errorCodes.map(statusOf), 429, 503];
    for (const { operation } of operations) {
      const isCommand = Object.hasOwn(commands, operation.operationId.replace(/\.part$/, ''));
      for (const status of isCommand ? all : [403, 429, 503])
        expect(Object.keys(operation.responses), `${operation.operationId}: ${status}`).toContain(String(status));
    }
  });

  it('has examples that its own schemas take', () => {
    for (const { operation } of operations) {
      for (const { name, schema, example } of operation.parameters ?? []) {
        if (example !== undefined) expect(ajv.validate(schema, example), `${operation.operationId} ${name}`).toBe(true);
      }
      for (const { schema, example } of Object.values(operation.requestBody?.content ?? {}))
        expect(ajv.validate(schema, example), `${operation.operationId}: ${ajv.errorsText()}`).toBe(true);
    }
  });
});

describe('every operation', () => {
  it.each(
    operations.filter(({ operation }) => !elsewhere.has(operation.operationId)).map((one) => [one.operation.operationId, one] as const),
  )('%s answers as documented to what is documented', async (name, placed) => {
    const { path, ask } = filled(placed);
    const answer = await service.ask(path, ask);
    expect(answer.status, `${name}: ${answer.text.slice(0, 300)}`).toBeLessThan(300);
    expectDocumented(placed, answer, name);
    const result = placed.operation['x-result'];
    if (answer.status !== 202) return;
    const state: JobState = await service.ended(answer);
    expect(state.error, name).toBeNull();
    if (result === undefined) return;
    const validate = validator(result);
    validate(state.result);
    expect(validate.errors, `${name}: ${JSON.stringify(state.result).slice(0, 300)}`).toBeNull();
  });

  it.each(operations.filter(({ operation }) => operation.security === undefined).map((one) => [one.operation.operationId, one] as const))(
    '%s needs a token, and one of its scope',
    async (name, placed) => {
      const { path, ask } = filled(placed);
      const without = await service.ask(path, { ...ask, token: null });
      expect(without.status, name).toBe(401);
      expectDocumented(placed, without, name);
      if (placed.operation['x-scope'] !== 'write') return;
      const reading = await service.ask(path, { ...ask, token: service.served.tokens.read ?? null });
      expect(reading.status, name).toBe(403);
      expectDocumented(placed, reading, name);
    },
  );

  const wrong = operations
    .filter(
      ({ operation }) =>
        operation['x-scope'] !== 'open' &&
        !elsewhere.has(operation.operationId) &&
        !['metrics', 'job.file', 'job.get', 'jobs.list'].includes(operation.operationId),
    )
    .flatMap((placed) =>
      wrongInputs(placed).map(
        ([field, value]) => [`${placed.operation.operationId} with ${field} = ${JSON.stringify(value)}`, placed, field, value] as const,
      ),
    );
  it.each(wrong)('%s is refused by name', async (name, placed, field, value) => {
    const { path, ask } = filled(placed, new Map([[field, value]]));
    const answer = await service.ask(path, ask);
    expect(answer.status, `${name}: ${answer.text.slice(0, 300)}`).toBe(400);
    expectDocumented(placed, answer, name);
    expect(answer.json).toMatchObject({ code: 'INVALID_INPUT', status: 400 });
    expect((answer.json as { readonly details: { readonly field: string } }).details.field.split('.')[0], name).toBe(field);
  });
});

/** Fields that are not there, and for every field that has a schema a value that it does not take. */
function wrongInputs({ operation }: Placed): (readonly [field: string, value: unknown])[] {
  const body = operation.requestBody?.content['application/json']?.schema as
    { readonly properties?: Readonly<Record<string, Json>> } | undefined;
  const fields = Object.entries(body?.properties ?? {});
  const ofBody = fields.flatMap(([name, schema]) => {
    const candidates: readonly unknown[] = [{ a: { b: 1 } }, [[]], true, 'x'.repeat(30_000)];
    const value = candidates.find((one): boolean => !ajv.validate(schema, one));
    return value === undefined ? [] : [[name, value] as const];
  });
  const ofAddress = (operation.parameters ?? []).flatMap(({ name, schema }) => {
    // as text: what a schema of numbers, words and patterns does not take
    const value = ['-1.5', 'No Such Word!', 'x'.repeat(400)].find((one) => !takesText(schema, one));
    return value === undefined || operation['x-scope'] === 'open' || name === 'part' || name === 'sort' ? [] : [[name, value] as const];
  });
  return [['nope', '1'], ...ofBody, ...ofAddress];
}

function takesText(schema: Json, text: string): boolean {
  const number = Number(text);
  const list = text.split(',');
  return ajv.validate(schema, text) || (!Number.isNaN(number) && ajv.validate(schema, number)) || ajv.validate(schema, list);
}
