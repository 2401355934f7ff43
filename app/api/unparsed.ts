import type { Socket } from 'node:net';
import { problem, problemType, type RequestCode } from './problems.ts';

/** What node's parser refuses before there is a request: answered with problem details all the same. */

/** Longest headers in bytes, the address among them: what the document allows of a filter (20,000 letters) may be nine bytes a letter when it is percent-encoded. */
export const HEADER_BYTES = 256 * 2 ** 10;
/** Milliseconds that a client has for its headers, and for all of a request: a slow one holds no place for ever. */
export const usualTimeouts = { headers: 10_000, request: 60_000 } as const;
export interface Timeouts {
  readonly headers: number;
  readonly request: number;
}

interface Refusal {
  readonly code: RequestCode;
  readonly words: string;
}

function refusalOf(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return { code: 'HEADERS_TOO_LARGE', words: `The address and the headers are more than ${HEADER_BYTES} bytes together. Send less.` };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { code: 'TOO_SLOW', words: 'The request did not come whole in the time that there is for it. Send it again, in smaller parts.' };
  if (code === 'HPE_UNEXPECTED_CONTENT_LENGTH' || code === 'HPE_INVALID_TRANSFER_ENCODING' || code === 'HPE_INVALID_CONTENT_LENGTH')
    return {
      code: 'MALFORMED',
      words: 'How long the body is, is said in two ways, or in none that can be read. Send one Content-Length, or chunks.',
    };
  return { code: 'MALFORMED', words: 'This is not HTTP as it should be.' };
}

/** Answers where an answer can still be sent: not into the middle of another one. */
export function answerUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  const answering: unknown = Reflect.get(socket, '_httpMessage');
  const begun = typeof answering === 'object' && answering !== null && 'headersSent' in answering && answering.headersSent === true;
  if (error.code === 'ECONNRESET' || !socket.writable || begun) {
    socket.destroy();
    return;
  }
  const { code, words } = refusalOf(error.code);
  const told = problem(code, words);
  const body = JSON.stringify(told);
  const head = [
    `HTTP/1.1 ${told.status} ${told.title}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroySoon());
}
