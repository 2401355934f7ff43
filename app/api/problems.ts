import { errorCodes, FlowcaseError, toErrorShape, type ErrorCode } from '../errors.ts';

/** Errors as RFC 9457 problem details: the contract's codes, and those that only HTTP knows. */

/** What can be wrong with a request before it reaches a command. */
export const requestCodes = {
  MALFORMED: { status: 400, about: 'the body is no JSON, or the request is not HTTP as it should be' },
  UNAUTHORIZED: { status: 401, about: 'no token, a wrong one, or one whose time is over' },
  FORBIDDEN: {
    status: 403,
    about:
      'the operation needs a token of the scope write; another site or name asks; a file outside of the folders that may be read; a source that clients may not begin',
  },
  NO_SUCH_OPERATION: { status: 404, about: 'no operation has this path' },
  METHOD_NOT_ALLOWED: { status: 405, about: 'the path takes other methods: Allow names them' },
  NOT_ACCEPTABLE: { status: 406, about: 'none of the types that Accept names is to be had' },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    about: 'the first post with this Idempotency-Key is still being taken; nothing is taken twice: Retry-After says when to ask again',
  },
  IDEMPOTENCY_KEY_REUSED: { status: 422, about: 'the Idempotency-Key came with another post before; nothing of this was taken' },
  TOO_SLOW: { status: 408, about: 'the request did not come whole in the time that there is for it' },
  TOO_LARGE: { status: 413, about: 'the body is larger than the server takes' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, about: 'the body is of a type that the operation does not take' },
  TOO_MANY_REQUESTS: {
    status: 429,
    about:
      'more requests in a second, or streams of events, than one token may have, or too many wrong tokens from one address: Retry-After says when to go on',
  },
  HEADERS_TOO_LARGE: { status: 431, about: 'the address and the headers are longer than the server takes' },
  MISCONFIGURED: { status: 500, about: 'the server cannot use a file that it was started with; whoever runs it must mend that' },
  NOT_SERVED: { status: 501, about: 'the server was started without what the operation needs' },
  TRY_AGAIN: {
    status: 503,
    about: 'more waits to be kept than can be kept now; nothing of this was taken: Retry-After says when to send it again',
  },
  STOPPING: { status: 503, about: 'the server is being stopped, and nothing of this was done: Retry-After says when to send it again' },
  TOO_MANY_STREAMS: { status: 503, about: 'as many as may do so listen to events' },
} as const;
export type RequestCode = keyof typeof requestCodes;
export type ProblemCode = ErrorCode | RequestCode;

/** What the contract's codes are in HTTP. One that is not here is 422: understood, and not to be done. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_INPUT: 400,
  NO_CASE_OPEN: 503,
  CASE_EXISTS: 409,
  CASE_NOT_FOUND: 404,
  CASE_READ_ONLY: 403,
  CASE_LOCKED: 409,
  CASE_DAMAGED: 500,
  FILE_CHANGED: 409,
  ALREADY_IMPORTED: 409,
  NOT_FOUND: 404,
  FILTER_SYNTAX: 400,
  FILTER_FIELD: 400,
  PARAMETER: 400,
  OUT_OF_MEMORY: 503,
  CANCELLED: 409,
  BUSY: 409,
  PROCESS_DIED: 503,
  WRITE_FAILED: 507,
  SQL: 400,
  INTERNAL: 500,
};

/** A request that is answered with a problem. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestCode;

  constructor(code: RequestCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** RFC 9457. `type` leads to the list of codes in the documentation. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly details?: Readonly<Record<string, unknown>>;
}

export const problemType = 'application/problem+json; charset=utf-8';

/** One sentence a code, for `title`: the same whatever the occurrence. */
const titleOf = (code: ProblemCode): string => {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const statusOf = (code: ProblemCode): number =>
  Object.hasOwn(requestCodes, code) ? requestCodes[code as RequestCode].status : (statuses[code as ErrorCode] ?? 422);

/** What any request can be answered with before it reaches an operation: by the parser, the door, the limits. */
export const doorStatuses = (['MALFORMED', 'FORBIDDEN', 'TOO_SLOW', 'TOO_MANY_REQUESTS', 'HEADERS_TOO_LARGE', 'STOPPING'] as const).map(
  statusOf,
);
/** What the core can answer a command with, whichever it is. */
export const coreStatuses = [...new Set(errorCodes.map(statusOf))];

export function problem(code: ProblemCode, detail: string, details?: Readonly<Record<string, unknown>>): Problem {
  const type = `/docs#${code}`;
  const status = statusOf(code);
  return details === undefined
    ? { type, title: titleOf(code), status, detail, code }
    : { type, title: titleOf(code), status, detail, code, details };
}

/** What Fastify refuses by itself, by its codes. */
const ofFastify: Readonly<Record<string, RequestCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'MALFORMED',
  FST_ERR_CTP_EMPTY_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
};

const wordsOf: Readonly<Partial<Record<RequestCode, string>>> = {
  TOO_LARGE:
    'The body is larger than this server takes. Send less at a time, or start it with a larger --body-limit (of ingest: --ingest-limit).',
  UNSUPPORTED_MEDIA_TYPE: 'This operation does not take such a body; the documentation at /docs says which.',
  MALFORMED: 'The body is no JSON, or ends before it is whole.',
};

/** The problem that tells of anything thrown. What is not ours is a defect, and keeps its words to itself but for the log. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof RequestError) return problem(thrown.code, thrown.message);
  if (thrown instanceof FlowcaseError) return problem(thrown.code, thrown.message, thrown.details);
  const { code, status } = codesOf(thrown);
  const known = Object.hasOwn(ofFastify, code) ? ofFastify[code] : status === 400 ? 'MALFORMED' : null;
  if (known !== null) return problem(known, wordsOf[known] ?? 'The request cannot be understood.');
  const shape = toErrorShape(thrown);
  return problem(shape.code, shape.message);
}

function codesOf(thrown: unknown): { readonly code: string; readonly status: number } {
  if (typeof thrown !== 'object' || thrown === null) return { code: '', status: 0 };
  return {
    code: 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '',
    status: 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 0,
  };
}
