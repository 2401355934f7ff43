import type { KafkaAddress } from './address.ts';

const LF = 10;
const CR = 13;
const BLANK = 32;

/** Turns what messages hold into lines of a log. */
export type PayloadReader = (value: Uint8Array) => Uint8Array;

/**
 * How messages become lines: as they are; a JSON document on one line; or the text under one key of a JSON object. What is not as it should be comes out as
 * it is, so that the log's reader rejects it and it is counted.
 */
export function payloadReader({ payload, field }: Pick<KafkaAddress, 'payload' | 'field'>): PayloadReader {
  if (field !== null) return (value) => memberOf(value, field);
  return payload === 'json' ? oneLine : (value) => value;
}

/** The values one after the other, each ended by a line feed. */
export function joinLines(values: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const value of values) length += value.length + (endsLine(value) ? 0 : 1);
  const lines = new Uint8Array(length);
  let at = 0;
  for (const value of values) {
    lines.set(value, at);
    at += value.length;
    if (!endsLine(value)) lines[at++] = LF;
  }
  return lines;
}

function endsLine(value: Uint8Array): boolean {
  return value.length > 0 && value[value.length - 1] === LF;
}

/** Line ends within a JSON document are blanks between its tokens: within its strings they are written as \n. */
function oneLine(value: Uint8Array): Uint8Array {
  if (!value.includes(LF) && !value.includes(CR)) return value;
  return value.map((byte) => (byte === LF || byte === CR ? BLANK : byte));
}

function memberOf(value: Uint8Array, field: string): Uint8Array {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(value));
    const member: unknown =
      typeof document === 'object' && document !== null && Object.hasOwn(document, field) ? Reflect.get(document, field) : undefined;
    return typeof member === 'string' ? new TextEncoder().encode(member) : oneLine(value);
  } catch {
    return oneLine(value);
  }
}
