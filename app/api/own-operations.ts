import { healthStates } from './health.ts';
import { base } from './operations.ts';
import { eventNames } from './events.ts';
import { ingestTypes, sourcePattern } from './ingest.ts';
import { coreStatuses, doorStatuses } from './problems.ts';
import { problemsOf, ref, type Json, type Operation } from './openapi-types.ts';

/** Operations that are no commands of the contract. */
export const ownOperations: readonly { readonly path: string; readonly method: string; readonly operation: Operation }[] = [
  health(
    '/health',
    'health',
    'Whether the server answers and its case can be written; needs no token. 503 and held (a full disk) or failed where it cannot',
    'open',
    json({ type: 'object', properties: { status: { enum: [...healthStates] } }, required: ['status'] }),
  ),
  get(
    '/metrics',
    'metrics',
    'Figures of the server and the case in the text format of Prometheus',
    'read',
    content('text/plain', { type: 'string' }),
  ),
  get('/openapi.json', 'openapi', 'This description; needs no token', 'open', json({ type: 'object' })),
  get('/docs', 'docs', 'This description to read; needs no token', 'open', content('text/html', { type: 'string' })),
  {
    path: `${base}/events`,
    method: 'GET',
    operation: {
      operationId: 'events',
      summary: 'What the core tells unasked, as server-sent events',
      description: `Events: ${eventNames.join(', ')}; and reset, where what was told since Last-Event-ID is not kept any more. A comment every 15 seconds is a sign of life. Who reads too slowly is cut off, and goes on with Last-Event-ID.`,
      tags: ['Server'],
      'x-scope': 'read',
      parameters: [
        {
          name: 'topics',
          in: 'query',
          required: false,
          style: 'form',
          explode: false,
          schema: { type: 'array', items: { enum: eventNames } },
          example: ['job', 'case'],
        },
        { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' }, description: 'The last id that was seen' },
      ],
      responses: {
        '200': { description: 'A stream that does not end', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        ...problemsOf(...doorStatuses, 401, 500),
      },
    },
  },
  {
    path: `${base}/ingest`,
    method: 'POST',
    operation: {
      operationId: 'ingest',
      summary: 'Events of a source as they happen',
      description:
        'Whole lines, in the order in which they are to be kept. The answer comes when they are in the case: wait for it before sending more. The answer counts what became of this body alone. A name that is new is watched from then on. Lines of which nobody can tell what they are, or a header without rows, are answered with 422, and nothing was taken. Where more waits than can be kept, or the case cannot be written (a full disk, an import), the answer is 503 with Retry-After, and nothing was taken. The body may be packed (Content-Encoding: gzip). Whoever sends again what was not answered sends an Idempotency-Key.',
      tags: ['Live'],
      'x-scope': 'write',
      parameters: [
        {
          name: 'source',
          in: 'query',
          required: true,
          schema: { type: 'string', pattern: sourcePattern.source },
          example: 'shop',
          description: 'The name of a source of the type http',
        },
        {
          name: 'format',
          in: 'query',
          required: false,
          schema: { type: 'string' },
          description:
            'How the lines are read: an id of /formats. Where it is not given it is recognised by the first lines of the source, and the answer says as what; once lines have come it stays as it is',
        },
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          schema: { type: 'string', minLength: 1, maxLength: 257 },
          example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
          description:
            'A new text in quotes for each post, such as a UUID (draft-ietf-httpapi-idempotency-key-header). Sent again with the same key within a day, also after a restart of the server, the same post is answered as it was the first time and nothing is kept twice. With another body, source, type or format: 422; while the first one is being taken: 409. Of what was refused nothing was taken, and it is done anew. Keys of different tokens, by their names, are different ones',
        },
      ],
      requestBody: {
        required: true,
        content: Object.fromEntries(
          ingestTypes.map((type) => [
            type,
            {
              schema: type === 'application/json' ? { type: 'array', items: { type: 'object' } } : { type: 'string' },
              example: exampleOf(type),
            },
          ]),
        ),
      },
      responses: {
        '200': json(ref('IngestAnswer')),
        ...problemsOf(...doorStatuses, 401, ...coreStatuses, 413, 415, 501),
      },
    },
  },
  get(
    `${base}/jobs`,
    'jobs.list',
    'Jobs that run and the latest that ended, without what they ended with',
    'read',
    json({ type: 'array', items: ref('JobState') }),
  ),
  get(`${base}/jobs/{job}`, 'job.get', 'A job, and what it ended with', 'read', json(ref('JobState')), 'job-1'),
  get(
    `${base}/jobs/{job}/file`,
    'job.file',
    'The file that a job wrote',
    'read',
    content('application/octet-stream', { type: 'string', format: 'binary' }),
    'job-1',
  ),
];

function get(
  path: string,
  operationId: string,
  summary: string,
  scope: 'open' | 'read',
  ok: Json,
  job?: string,
): { readonly path: string; readonly method: string; readonly operation: Operation } {
  const parameters =
    job === undefined
      ? {}
      : { parameters: [{ name: 'job', in: 'path', required: true, schema: { type: 'string' }, example: job } as const] };
  const errors = problemsOf(...doorStatuses, ...(scope === 'open' ? [] : [401, ...coreStatuses]));
  const tags = [path.includes('/jobs') ? 'Jobs' : 'Server'];
  return {
    path,
    method: 'GET',
    operation: {
      operationId,
      summary,
      tags,
      'x-scope': scope,
      ...(scope === 'open' ? { security: [] } : {}),
      ...parameters,
      responses: { '200': ok, ...errors },
    },
  };
}

/** Where the case cannot be written the state says why, with 503. */
function health(...given: Parameters<typeof get>): ReturnType<typeof get> {
  const one = get(...given);
  const { responses } = one.operation;
  const held = { ...given[4], description: 'held or failed; or a problem: the server is being stopped' };
  const both = { ...(given[4]['content'] as Json), 'application/problem+json': { schema: ref('Problem') } };
  return { ...one, operation: { ...one.operation, responses: { ...responses, '503': { ...held, content: both } } } };
}

function content(type: string, schema: Json): Json {
  return { description: 'The answer', content: { [type]: { schema } } };
}

function json(schema: Json): Json {
  return content('application/json', schema);
}

function exampleOf(type: (typeof ingestTypes)[number]): unknown {
  const event = {
    ts: '2026-11-21T10:00:00Z',
    remote_addr: '192.0.2.7',
    request: 'GET /basket HTTP/1.1',
    status: 200,
    body_bytes_sent: 5120,
  };
  if (type === 'application/json') return [event];
  if (type === 'application/x-ndjson') return `${JSON.stringify(event)}\n`;
  const row = ['2026-11-21T10:00:00Z', '192.0.2.7', '/basket', '200'];
  if (type === 'text/csv') return `ts,client,path,status\n${row.join(',')}\n`;
  if (type === 'text/tab-separated-values') return `ts\tclient\tpath\tstatus\n${row.join('\t')}\n`;
  return '192.0.2.7 - - [21/Nov/2026:10:00:00 +0000] "GET /basket HTTP/1.1" 200 5120 "-" "curl/8.5.0"\n';
}
