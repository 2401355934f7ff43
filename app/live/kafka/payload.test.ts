import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinLines, payloadReader } from './payload.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array): string => new TextDecoder().decode(value);

describe('messages as lines', () => {
  it('each ends with one line feed, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 })), (values) => {
        const expected = values.map((value) => Buffer.concat([value, Buffer.from(value[value.length - 1] === 10 ? '' : '\n')]));
        expect(Buffer.from(joinLines(values))).toEqual(Buffer.concat(expected));
      }),
    );
  });

  it('of JSON stand on one line and say the same', () => {
    const read = payloadReader({ payload: 'json', field: null });
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 0, max: 4 }), (document, indent) => {
        const pretty = JSON.stringify(JSON.parse(document), null, indent).replaceAll('\n', '\r\n');
        const line = text(read(bytes(pretty)));
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toEqual(JSON.parse(pretty));
      }),
    );
  });

  it('in a member of JSON are that, and what has none stays as it is', () => {
    const read = payloadReader({ payload: 'lines', field: 'message' });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.dictionary(fc.string(), fc.jsonValue()), (line, rest) => {
        expect(text(read(bytes(JSON.stringify({ ...rest, message: line }))))).toBe(line);
      }),
    );
    for (const strange of ['no json', '{"message":1}', '[]', 'null', '"message"', '{"other":"x"}'])
      expect(text(read(bytes(strange)))).toBe(strange);
    expect(text(payloadReader({ payload: 'lines', field: 'toString' })(bytes('{}')))).toBe('{}');
  });
});
