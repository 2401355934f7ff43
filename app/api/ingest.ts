import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FlowcaseError } from '../errors.ts';
import { base } from './operations.ts';
import { RequestError } from './problems.ts';
import type { ApiOptions } from './types.ts';

const unpack = promisify(gunzip);
export const ingestTypes = ['application/x-ndjson', 'text/plain', 'text/csv', 'text/tab-separated-values', 'application/json'] as const;
const LONGEST_KEY = 255;
export const sourcePattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** POST /ingest?source=NAME&format=FORMAT: events as they happen, handed to the live engine. A room of its own, since here bodies are bytes. */
export async function addIngest(app: FastifyInstance, { core, ingestLimit }: ApiOptions): Promise<void> {
  await app.register((room, _, done) => {
    room.removeAllContentTypeParsers();
    room.addContentTypeParser([...ingestTypes], { parseAs: 'buffer', bodyLimit: ingestLimit }, (_request, body, parsed) =>
      parsed(null, body),
    );
    room.addContentTypeParser('*', (request, _payload, parsed) => {
      const type = request.headers['content-type'] ?? '';
      const sent = type === '' ? 'The body has no Content-Type' : `A body of the type "${type.slice(0, 100)}" is not taken`;
      parsed(
        new RequestError('UNSUPPORTED_MEDIA_TYPE', `${sent}. Send one of ${ingestTypes.join(', ')}: raw lines of any log are text/plain.`),
      );
    });
    room.post<{ Querystring: Record<string, unknown> }>(
      `${base}/ingest`,
      { config: { scope: 'write', because: 'it brings records into the case' }, bodyLimit: ingestLimit },
      async ({ query, headers, body, token }, reply) => {
        mustBeUtf8(headers['content-type'] ?? '');
        const sent = idempotencyKeyOf(headers['idempotency-key']);
        // keys of two senders are two keys; a token is known by its name, which is the same when the server is started again
        const key = sent === null ? undefined : JSON.stringify([token?.name ?? '', sent]);
        const { source, format } = queryOf(query);
        if (core.ingest === undefined)
          throw new RequestError(
            'NOT_SERVED',
            'This server takes no events: nothing is being watched. Watch a source of the type http first.',
          );
        const bytes = await unpacked(Buffer.isBuffer(body) ? body : Buffer.alloc(0), headers['content-encoding'], ingestLimit);
        const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
        if (type.trim() === 'application/json') mustBeArray(bytes);
        try {
          return await core.ingest.accept(source, type.trim(), bytes, format, goneOf(reply.raw), key);
        } catch (error) {
          if (!(error instanceof FlowcaseError)) throw error;
          const idempotency = error.details?.['idempotency'];
          if (idempotency === 'otherRequest') throw new RequestError('IDEMPOTENCY_KEY_REUSED', error.message);
          if (error.code !== 'BUSY') throw error;
          // nothing was taken: senders know what 503 and Retry-After mean
          void reply.header('Retry-After', '1');
          throw new RequestError(idempotency === 'inFlight' ? 'IDEMPOTENCY_KEY_IN_USE' : 'TRY_AGAIN', error.message);
        }
      },
    );
    done();
  });
}

function queryOf(query: Readonly<Record<string, unknown>>): { readonly source: string; readonly format: string | undefined } {
  const stray = Object.keys(query).find((name) => name !== 'source' && name !== 'format');
  if (stray !== undefined) throw notRight(stray, 'there is no such field');
  const { source, format } = query;
  if (typeof source !== 'string' || !sourcePattern.test(source))
    throw notRight('source', 'it takes a short word of letters, digits, - and _, once');
  if (format !== undefined && (typeof format !== 'string' || format === ''))
    throw notRight('format', 'it takes the id of one of /api/v1/formats, once');
  return { source, format };
}

/**
 * The key of a request that may be sent again: a string of structured fields (RFC 8941, as draft-ietf-httpapi-idempotency-key-header has it), or bare, as
 * many clients send it. null: there is none. @throws FlowcaseError INVALID_INPUT
 */
export function idempotencyKeyOf(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  const text = typeof header === 'string' ? header.trim() : header.join();
  const [, quoted] = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text) ?? [];
  const key = quoted === undefined ? text : quoted.replaceAll(/\\(["\\])/g, '$1');
  const bare = /^[\x21\x23-\x2b\x2d-\x7e]+$/.test(text);
  if ((quoted === undefined && !bare) || key === '' || key.length > LONGEST_KEY)
    throw notRight('Idempotency-Key', `it takes one text in quotes of at most ${LONGEST_KEY} characters, such as a UUID`);
  return key;
}

/** Hears when a client closes its connection before it has its answer. */
function goneOf(answer: ServerResponse): AbortSignal {
  const gone = new AbortController();
  answer.once('close', () => {
    if (!answer.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** @throws RequestError UNSUPPORTED_MEDIA_TYPE for another way to write text */
function mustBeUtf8(type: string): void {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type) ?? [];
  if (['utf-8', 'utf8', 'us-ascii', 'ascii'].includes(charset.toLowerCase())) return;
  throw new RequestError('UNSUPPORTED_MEDIA_TYPE', `A body in ${charset.slice(0, 40)} is not taken. Send it in UTF-8.`);
}

const notRight = (field: string, why: string): FlowcaseError =>
  new FlowcaseError('INVALID_INPUT', `ingest: "${field}" is not right: ${why}.`, { field });

/** @throws RequestError TOO_LARGE for what would be more than `limit` bytes, MALFORMED for what is no gzip */
async function unpacked(body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip') throw new RequestError('UNSUPPORTED_MEDIA_TYPE', 'A body may be packed with gzip, and with nothing else.');
  try {
    return await unpack(body, { maxOutputLength: limit });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new RequestError('TOO_LARGE', `The body is more than ${limit} bytes when it is unpacked. Send less at a time.`);
    throw new RequestError('MALFORMED', 'The body is no gzip, or ends before it is whole.');
  }
}

/** Its elements are taken as they stand there, not as JavaScript reads them. @throws RequestError MALFORMED */
function mustBeArray(body: Buffer): void {
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new RequestError('MALFORMED', 'The body is no JSON, or ends before it is whole.');
  }
  if (!Array.isArray(read))
    throw new RequestError(
      'MALFORMED',
      'A body of application/json is an array with one object an event; single objects, one a line, are application/x-ndjson.',
    );
}
