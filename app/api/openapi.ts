import { z } from 'zod';
import { commands, errorCodes } from '../contract.ts';
import { fieldsOf, isOrder, queryText, unwrapped } from './coerce.ts';
import { outputs, type Schema } from './encode.ts';
import { base } from './operations.ts';
import { recordTypes } from './negotiate.ts';
import { problemsOf, ref, type Json, type OpenApi, type Operation, type Parameter } from './openapi-types.ts';
import { ownOperations } from './own-operations.ts';
import { coreStatuses, doorStatuses, requestCodes } from './problems.ts';
import { allRoutes, insteadOf, notRemote, refusedMethods, type AnyRoute } from './routes.ts';

/** The API's description (OpenAPI 3.1), made from the contract: inputs from its zod schemas, answers from its types. */

/** Sections by the first part of a path, in the order of the documentation. */
const sections: Readonly<Record<string, readonly [tag: string, about: string]>> = {
  case: ['Case', 'The case that is served, its custody log and its verification'],
  custody: ['Case', ''],
  evidence: ['Evidence', 'Imported files, lines that could not be taken, formats that are read'],
  formats: ['Evidence', ''],
  rejects: ['Evidence', ''],
  records: ['Records', 'What the logs say, through the filter language'],
  filter: ['Records', ''],
  overview: ['Insight', 'Timeline, volumes, top talkers, hosts, findings'],
  labels: ['Insight', ''],
  hosts: ['Insight', ''],
  findings: ['Insight', ''],
  runs: ['Clusterings', 'Groups of connections, requests or hosts that are alike'],
  comparison: ['Clusterings', ''],
  crosschecks: ['Clusterings', ''],
  recipes: ['Clusterings', ''],
  models: ['Models', 'What is learned from labels, and what it says of other records'],
  predictions: ['Models', ''],
  anomalies: ['Anomalies', 'Rows that are told apart from all others sooner than most'],
  tags: ['Tags', 'What the analyst says'],
  taggings: ['Tags', ''],
  live: ['Live', 'What is watched while it grows: sources, windows, alerts'],
  alerts: ['Live', ''],
  schedules: ['Schedules', 'Work that is done at set times'],
  report: ['Exports', 'Files for others: the report, tables'],
  tables: ['Exports', ''],
  jobs: ['Jobs', 'Long work: started, told of, stopped'],
  server: ['Server', 'The server itself'],
};
export const sectionOf = (path: string): string => {
  const [, first = ''] = path.split('/');
  return Object.hasOwn(sections, first) ? sections[first][0] : 'Other';
};

export function openApi(version: string): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  const add = (path: string, method: string, operation: Operation): void => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  };
  for (const route of allRoutes) {
    if (route.command === 'jobs.list') continue;
    add(`${base}${route.path}`, route.method, operationOf(route));
    if (route.parts) add(`${base}${route.path}/{part}`, route.method, partOf(operationOf(route)));
  }
  for (const { path, method, operation } of ownOperations) add(path, method, operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Flowcase',
      version,
      summary: 'One case of network forensics over HTTP',
      description:
        'Times are ISO 8601 UTC with microseconds, sizes bytes, durations seconds. Absent is null. Every answer that rests on the case has an ETag: sent back in If-None-Match, it is answered with 304 while the case is as it was. Errors are problem details (RFC 9457) with a code of the list below.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: Object.values(sections).flatMap(([name, description]) => (description === '' ? [] : [{ name, description }])),
    paths,
    components: {
      schemas: { ...outputs.schemas, ...ownSchemas },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of `flowcase serve` or `flowcase token`; its scope is read or write.',
        },
      },
      responses: { Problem: { description: 'What went wrong', content: { 'application/problem+json': { schema: ref('Problem') } } } },
    },
  };
}

const ownSchemas: Readonly<Record<string, Schema>> = {
  Problem: {
    type: 'object',
    description: 'An error (RFC 9457)',
    properties: {
      type: { type: 'string', description: 'Where the code is explained' },
      title: { type: 'string' },
      status: { type: 'number' },
      detail: { type: 'string', description: 'What happened, to which file or object, and what to do next' },
      code: { enum: [...errorCodes, ...Object.keys(requestCodes)] },
      details: { type: 'object', description: 'For programs: the field, the position in a filter, …' },
    },
    required: ['type', 'title', 'status', 'detail', 'code'],
  },
  IngestAnswer: {
    type: 'object',
    description: 'What became of lines that were posted',
    properties: {
      accepted: { type: 'number', description: 'Records of this body that are in the case now' },
      rejected: { type: 'number', description: 'Lines of it that are no records: /rejects says why' },
      comments: { type: 'number', description: 'Header lines, comments and blank lines of it' },
      format: { type: ['string', 'null'], description: 'How they were read: an id of /formats; null where there were no lines' },
      formatTitle: { type: 'string', description: 'The same for a person' },
      recognised: { type: 'boolean', description: 'Nobody named the format: it was told by the first lines of the source' },
    },
    required: ['accepted', 'rejected', 'comments', 'format', 'formatTitle', 'recognised'],
  },
};

function operationOf(route: AnyRoute): Operation {
  const command = commands[route.command];
  const inQuery = route.method === 'GET' || route.method === 'DELETE';
  const fields = [...fieldsOf(route.command)].filter(([name]) => name !== route.download?.field);
  const parameters = fields
    .filter(([name]) => inQuery || route.inPath.includes(name))
    .map(([name, schema]) => parameterOf(route, name, schema));
  const body = fields.filter(([name]) => !inQuery && !route.inPath.includes(name));
  return {
    operationId: route.command,
    summary: command.about,
    ...aboutOf(route),
    tags: [sectionOf(route.path)],
    'x-scope': route.scope,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body.length === 0 ? {} : { requestBody: bodyOf(route, body) }),
    responses: { ...answersOf(route), ...problemsOf(...doorStatuses, 401, ...coreStatuses, ...(body.length === 0 ? [] : [413, 415])) },
    ...(command.access === 'job' && Object.hasOwn(outputs.results, route.command)
      ? { 'x-result': outputs.results[route.command] as Json }
      : {}),
  };
}

function aboutOf(route: AnyRoute): { readonly description?: string } {
  const said: string[] = [];
  if (route.method === 'GET' && route.scope === 'write') said.push(`Needs a token of the scope write: ${route.because}.`);
  if (commands[route.command].access === 'job')
    said.push('A job: the answer names it, and /jobs/{job} tells how it goes and what it ends with.');
  if (route.download !== null) said.push('The file is at /jobs/{job}/file when the job is done.');
  if (route.files.length > 0)
    said.push('Files are those of the folders that the server was started with (--files); names are relative to the first.');
  if (route.about !== '') said.push(route.about);
  for (const { method, path, command } of refusedMethods)
    if (path === route.path) said.push(`${method} is refused (405): ${notRemote[command]}. ${insteadOf[command] ?? ''}.`);
  if (route.command === 'schedules.list' || route.command === 'schedule.run')
    said.push('A run with a step that failed is a job that failed; `last` of the schedule has what became of each step, and why.');
  if (route.command === 'records.query')
    said.push('As text/csv and application/x-ndjson all records come in one stream, with `limit` so many; as Parquet all of them.');
  return said.length === 0 ? {} : { description: said.join(' ') };
}

function parameterOf(route: AnyRoute, name: string, schema: z.ZodType): Parameter {
  const inPath = route.inPath.includes(name);
  const example = route.example[name];
  const isList = unwrapped(schema) instanceof z.ZodArray;
  const about = aboutField(route, name);
  return {
    name,
    in: inPath ? 'path' : 'query',
    required: inPath || !schema.safeParse(undefined).success,
    ...(about === undefined ? {} : { description: about }),
    schema: isOrder(unwrapped(schema)) ? { type: 'string', pattern: '^-?.+$' } : fieldSchema(route, name, schema),
    ...(isList ? { style: 'form', explode: false } : {}),
    ...(example === undefined ? {} : { example: isOrder(unwrapped(schema)) ? queryText(example) : example }),
  };
}

/** What fields of these names are, wherever they stand. */
const usualFields: ReadonlyMap<string, string> = new Map([
  ['filter', 'A sentence of the filter language (see Filters); all records where it is not given'],
  ['where', 'A sentence of the filter language (see Filters); all records where it is not given'],
  ['run', 'The number of a run'],
  ['kind', 'A kind of record: connection, request, or a log like dns'],
  ['columns', 'Names of columns, separated by commas; those that are usual where it is not given'],
  ['sort', 'A column; -column for descending'],
  ['offset', 'How many to leave out at the beginning'],
  ['limit', 'At most so many'],
  ['seed', 'Of the random numbers: the same seed, the same result'],
  ['buckets', 'Parts of the timeline'],
  ['top', 'Entries of each list'],
  ['host', 'An address'],
  ['features', 'Only these features of the recipe, or columns by name; all where it is empty'],
  ['recipe', 'How records become features: /recipes names them; the usual one where it is empty'],
]);

function aboutField(route: AnyRoute, name: string): string | undefined {
  const said = outputs.fields[route.command]?.[name];
  if (said !== undefined) return said;
  if (name === 'run' && !route.inPath.includes('run') && fieldsOf(route.command).has('filter'))
    return 'The run that a bare `cluster = 3` in the filter means; the latest where it is not given';
  return usualFields.get(name);
}

/** A field as the API takes it: the contract's schema, but for units. */
function fieldSchema(route: AnyRoute, name: string, schema: z.ZodType): Json {
  if (route.times.includes(name)) return { type: 'string', format: 'date-time' };
  if (route.seconds.includes(name)) return { type: ['number', 'null'], exclusiveMinimum: 0, description: 'Seconds' };
  return jsonSchemaOf(schema);
}

function jsonSchemaOf(schema: z.ZodType): Json {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.fromEntries(Object.entries(json).filter(([name]) => name !== '$schema'));
}

function bodyOf(route: AnyRoute, fields: readonly (readonly [string, z.ZodType])[]): NonNullable<Operation['requestBody']> {
  const required = fields.filter(([, schema]) => !schema.safeParse(undefined).success).map(([name]) => name);
  const properties = fields.map(([name, schema]) => {
    const about = aboutField(route, name);
    return [name, { ...fieldSchema(route, name, schema), ...(about === undefined ? {} : { description: about }) }];
  });
  const names = new Set(fields.map(([name]) => name));
  const example = Object.fromEntries(Object.entries(route.example).filter(([name]) => names.has(name)));
  const schema = {
    type: 'object',
    properties: Object.fromEntries(properties) as Json,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
  return { required: required.length > 0, content: { 'application/json': { schema, example } } };
}

/** What an operation answers when all goes well. */
function answersOf(route: AnyRoute): Readonly<Record<string, Json>> {
  const { access } = commands[route.command];
  const output = outputs.outputs[route.command] ?? {};
  const json = { 'application/json': { schema: output } };
  if (access === 'job')
    return {
      '202': {
        description: 'Started',
        headers: { Location: { description: 'Where the job is', schema: { type: 'string' } } },
        content: json,
      },
    };
  if (output.type === 'null') return { '204': { description: 'Done' } };
  if (access !== 'read') return { '200': { description: 'Done', content: json } };
  const text = { schema: { type: 'string' } };
  const others =
    route.command === 'records.query' ? { [recordTypes.csv]: text, [recordTypes.ndjson]: text, [recordTypes.parquet]: text } : {};
  const fields = fieldsOf(route.command);
  const headers = {
    ETag: { description: 'The same while the case is as it was', schema: { type: 'string' } },
    ...(fields.has('offset')
      ? {
          Link: { description: 'The next and the previous page (RFC 8288)', schema: { type: 'string' } },
          'X-Total-Count': { description: 'How many there are in all', schema: { type: 'integer' } },
        }
      : route.cursor === null
        ? {}
        : { Link: { description: 'The next page (RFC 8288), where this one is full', schema: { type: 'string' } } }),
  };
  const notAcceptable = route.command === 'records.query' ? problemsOf(406) : {};
  return {
    '200': { description: 'The answer', headers, content: { ...json, ...others } },
    '304': { description: 'As it was (If-None-Match)' },
    ...notAcceptable,
  };
}

/** The operation that gives one entry of another's answer. */
function partOf(whole: Operation): Operation {
  const part: Parameter = {
    name: 'part',
    in: 'path',
    required: true,
    schema: { type: 'string' },
    example: 'timeline',
    description: 'A name of the whole answer: timeline, talkers, services, …',
  };
  const ok = whole.responses['200'] ?? {};
  return {
    ...whole,
    operationId: `${whole.operationId}.part`,
    summary: `One part of: ${whole.summary}`,
    parameters: [part, ...(whole.parameters ?? [])],
    responses: { ...whole.responses, '200': { ...ok, content: { 'application/json': { schema: {} } } } },
  };
}
