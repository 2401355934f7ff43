import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { undoEscapes } from './access-escapes.ts';
import { putLooseJson, type Backslash } from './access-json-loose.ts';
import { ByteScratch } from './texts.ts';

function loose(line: string | Uint8Array, backslash: Backslash): string {
  const bytes = Buffer.from(line);
  const out = new ByteScratch();
  putLooseJson(out, bytes, 0, bytes.length, backslash);
  return Buffer.from(out.bytes.subarray(0, out.length)).toString();
}

/** As a text format shows what Apache wrote. */
function shown(written: string): string {
  const out = new ByteScratch();
  const bytes = Buffer.from(written);
  undoEscapes(out, bytes, 0, bytes.length);
  return Buffer.from(out.bytes.subarray(0, out.length)).toString();
}

const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** As Apache escapes what a client sent (ap_escape_logitem). */
const apache = (sent: Uint8Array): string =>
  Array.from(sent, (byte) => {
    const letter = new Map([
      [8, '\\b'],
      [9, '\\t'],
      [10, '\\n'],
      [11, '\\v'],
      [13, '\\r'],
      [34, '\\"'],
      [92, '\\\\'],
    ]).get(byte);
    return letter ?? (byte < 32 || byte > 126 ? hex(byte) : String.fromCharCode(byte));
  }).join('');

describe('JSON that is none quite', () => {
  it('leaves what is strict JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const line = JSON.stringify({ value });
        fc.pre(!line.includes('\x7f'));
        expect(JSON.parse(loose(line, 'escapes'))).toEqual(JSON.parse(line));
        if (!line.includes('\\')) expect(loose(line, 'letter')).toBe(line);
      }),
    );
  });

  it('reads whatever a client sends as the text formats show it, and as one member', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }).map((sent) => Buffer.from(sent)),
      fc.constantFrom('","status":"200', '\\","a":"b', '\\', '"}', 'ü"\\').map((sent) => Buffer.from(sent)),
    );
    fc.assert(
      fc.property(text, (sent) => {
        const written = apache(sent);
        const read = JSON.parse(loose(`{"path":"${written}","status":"404"}`, 'escapes')) as Record<string, string>;
        expect(Object.keys(read)).toEqual(['path', 'status']);
        // JSON's own escapes stay for its reader, who shows control bytes the same way
        const control = (letter: string): string => hex(letter.charCodeAt(0));
        expect(read['path'].replace(/[\b\t\n\r]/g, control)).toBe(shown(written));
      }),
    );
  });

  it('keeps a string as it is written where its bytes are no text', () => {
    expect(JSON.parse(loose('{"a":"\\xfc\\"\\x01","b":"\\xc3\\xbc"}', 'escapes'))).toEqual({ a: '\\xfc\\"\\x01', b: 'ü' });
  });
});
