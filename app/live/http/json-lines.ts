import { FlowcaseError } from '../../errors.ts';

const [QUOTE, BACKSLASH, COMMA] = [34, 92, 44];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [91, 93, 123, 125];
const [LF, BLANK] = [10, 32];

/**
 * A JSON array as one line for each of its elements; anything else as one line. The elements stay as they are, byte by byte, but for line ends between their
 * parts, which become blanks: neither digits of numbers nor keys that are there twice are lost.
 * @throws FlowcaseError INVALID_INPUT where it is no JSON
 */
export function jsonLines(body: Uint8Array): Uint8Array {
  mustBeJson(body);
  const out = new Uint8Array(body.length + 1);
  let length = 0;
  let depth = 0;
  let list = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (isBlank(byte)) {
      // between elements there is nothing to keep
      if (depth > (list ? 1 : 0)) out[length++] = byte === LF || byte === 13 ? BLANK : byte;
      continue;
    }
    if (byte === QUOTE) {
      const end = behindString(body, at);
      out.set(body.subarray(at, end), length);
      length += end - at;
      at = end - 1;
      continue;
    }
    if (byte === CLOSE || byte === CLOSE_LIST) depth--;
    // the array itself
    if (depth === 0 && ((byte === OPEN_LIST && length === 0 && !list) || (list && byte === CLOSE_LIST))) list = true;
    else out[length++] = list && depth === 1 && byte === COMMA ? LF : byte;
    if (byte === OPEN || byte === OPEN_LIST) depth++;
  }
  if (length > 0) out[length++] = LF;
  return out.subarray(0, length);
}

function mustBeJson(body: Uint8Array): void {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new FlowcaseError(
      'INVALID_INPUT',
      'What was sent is no JSON. Send an array of objects, or objects a line as application/x-ndjson.',
    );
  }
}

function behindString(body: Uint8Array, start: number): number {
  let at = start + 1;
  while (body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

const isBlank = (byte: number): boolean => byte === 32 || byte === LF || byte === 13 || byte === 9;
