import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineShape, shapeOf, type ShapeName } from './line-shapes.ts';

const shaped = (text: string, block = text.length): string => {
  const shape = shapeOf(Buffer.from(text));
  if (shape === null) throw new Error('it is lines already');
  const bytes = Buffer.from(text);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += block) parts.push(shape.lines(bytes.subarray(at, at + block)));
  return Buffer.concat(parts).toString();
};

/** What every line that is not blank says. */
const values = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('the shape of a file', () => {
  it.each<[string, string, ShapeName | null]>([
    ['an array of objects', '[{"a":1}]', 'json-array'],
    ['the same over lines, behind a mark', '\ufeff\r\n[\r\n  {\r\n "a":1}', 'json-array'],
    ['an object over lines', '{\n  "a": 1\n}\n', 'json-objects'],
    ['objects, one a line', '{"a":1}\n{"a":2}\n', null],
    ['an object cut within its first line', '{"a":1,\n', null],
    ['an array of numbers', '[1,2]', null],
    ['a line that begins with a bracket', '[2024-01-01] {a}\n', null],
    ['an array that is the only member', '{"Records":[{"a":1}]}', 'json-member'],
    ['the same over lines, cut', '{\n  "value" : [\n    {\n      "a": "]}",', 'json-member'],
    ['the same with another member behind it', '{"Records":[{"a":1}],"next":"x"}', null],
    ['the same over lines with another member', '{\n"Records":[{"a":1}],\n"next":"x"}', 'json-objects'],
    ['the same with another member before it', '{"n":1,"Records":[{"a":1}]}', null],
    ['objects with such a member, one a line', '{"a":[{"b":1}]}\n{"a":[{"b":2}]}\n', null],
    ['an only member that is an array of numbers', '{"a":[1]}', null],
    ['Tstat with TABs', '#15#c_ip:1\tc_port:2\ts_ip:3\n', 'tabs'],
    ['Tstat with TABs, without numbers', 'c_ip\tc_port\ts_ip\n', 'tabs'],
    ['Tstat with blanks', '#15#c_ip:1 c_port:2 s_ip:3\n', null],
    ['nothing', '', null],
  ])('%s', (_, text, name) => {
    expect(shapeOf(Buffer.from(text))?.name ?? null).toBe(name);
  });

  it('has every record of an array as a line, whatever stands in its texts, and moves no byte', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant('},{ [ ] \n \\" ,'), fc.array(fc.string(), { maxLength: 2 }));
    const record = fc.dictionary(fc.string(), fc.oneof(value, fc.dictionary(fc.string(), value, { maxKeys: 2 })), { maxKeys: 4 });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.nat(3),
        fc.integer({ min: 1, max: 40 }),
        (records, indent, block) => {
          const text = JSON.stringify(records, null, indent);
          const lines = shaped(text, block);
          expect(lines).toHaveLength(text.length);
          expect(values(lines)).toEqual(JSON.parse(text));
          const [first] = records;
          if (indent > 0 && Object.keys(first).length > 0) {
            const objects = records.map((one) => `${JSON.stringify(one, null, indent)}\n`).join('');
            expect(values(shaped(objects, block))).toEqual(JSON.parse(text));
          }
        },
      ),
    );
  });

  it('has every record of an only member as a line, and moves no byte', () => {
    const text = fc.oneof(fc.string(), fc.constant('},{ [ ]} \n \\" ,'));
    const record = fc.dictionary(
      fc.string(),
      fc.oneof(text, fc.array(fc.dictionary(fc.string(), text, { maxKeys: 2 }), { maxLength: 2 })),
      {
        maxKeys: 4,
      },
    );
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(record, { minLength: 1, maxLength: 5 }),
        fc.nat(3),
        fc.integer({ min: 1, max: 40 }),
        (name, records, indent, block) => {
          const written = `${JSON.stringify({ [name]: records }, null, indent)}\n`;
          const lines = shaped(written, block);
          expect(lines).toHaveLength(written.length);
          expect(values(lines)).toEqual(JSON.parse(JSON.stringify(records)));
          // every record can be found again by where its line begins
          const [, second] = lines.split('\n');
          const at = lines.indexOf(second);
          const again = Buffer.from(lineShape('json-member').lines(Buffer.from(written.slice(at)))).toString();
          expect(JSON.parse(again.slice(0, again.indexOf('\n')))).toEqual(JSON.parse(JSON.stringify(records[0])));
        },
      ),
    );
  });

  it('keeps what stands behind an only member apart from its records', () => {
    const text = '{"Records":[{"a":1},{"a":2}],"next":[{"a":1},2],"m":3}\n';
    const shape = shapeOf(Buffer.from(text.slice(0, 20)));
    const lines = Buffer.from(shape?.lines(Buffer.from(text)) ?? [])
      .toString()
      .split('\n');
    expect(lines.map((line) => line.trim())).toEqual(['', '{"a":1}', '{"a":2}', ',"next":[{"a":1},2],"m":3', '']);
    expect(shape?.within).toBe(false);
  });

  it('goes on behind an array with the next one', () => {
    expect(values(shaped('[{"a":1},{"a":2}]\n[{"a":3}][{"a":4}]\n'))).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]);
  });

  it('says that an array has not ended', () => {
    const shape = lineShape('json-array');
    shape.lines(Buffer.from('[{"a":1},'));
    expect(shape.within).toBe(true);
    shape.lines(Buffer.from('{"a":1}]'));
    expect(shape.within).toBe(false);
  });

  it('loses no record behind a broken one', () => {
    const lines = shaped('[\n{"a":"b},\n{"a":2},\n{"a":3}\n]\n').split('\n');
    expect(lines.filter((line) => line.includes('"a":3')).map((line) => JSON.parse(line) as unknown)).toEqual([{ a: 3 }]);
    expect(lines.filter((line) => line.includes('"a":2'))).not.toEqual([]);
    const long = `[{"a":[${'1,'.repeat(1_200_000)}},{"a":2},{"a":3}]`;
    expect(shaped(long, 65_536).split('\n').slice(-1)[0].trim()).toBe('{"a":3}');
  });
});
