import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delimited } from './delimited.ts';
import { detectFormat } from './registry.ts';
import { TableFields, fieldTexts } from './table-fields.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import { table } from './testing-delimited.ts';

describe('quotes', () => {
  /** RFC 4180, a character after the other. */
  const twin = (line: string, delimiter: string): string[] => {
    const fields: string[] = [];
    let at = 0;
    for (;;) {
      let field = '';
      if (line[at] === '"') {
        for (at++; at < line.length; at++) {
          if (line[at] !== '"') field += line[at];
          else if (line[at + 1] === '"') {
            field += '"';
            at++;
          } else break;
        }
        at++;
      } else while (at < line.length && line[at] !== delimiter) field += line[at++];
      fields.push(field);
      if (at >= line.length) return fields;
      at++;
    }
  };

  it('are read as a reader of characters reads them', () => {
    const field = fc.stringMatching(/^[ab",;|é ]{0,8}$/);
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), fc.constantFrom(',', ';', '|', '\t'), (values, delimiter) => {
        const line = values.map((value) => (/[",;|\t]|^ /.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(delimiter);
        const bytes = Buffer.from(`xx${line}`);
        const read = fieldTexts(new TableFields(delimiter.charCodeAt(0), 100), bytes, 2, bytes.length);
        expect(read).toEqual(values);
        expect(read).toEqual(twin(line, delimiter));
      }),
      { numRuns: 1000 },
    );
  });

  it('go over the end of a line, with blank lines and CR LF, and are one record', () => {
    const log = 'name,value\na,1\n"b\nc,2\n\n""d"",3\n",4\ne,5\n"f"x,6\n"g\r\nh",7\r\n"i';
    const { rows, reasons, remarks } = table(log);
    expect(rows).toEqual([
      { name: 'a', value: 1 },
      { name: 'b\\x0ac,2\\x0a\\x0a"d",3\\x0a', value: 4 },
      { name: 'e', value: 5 },
      { name: 'g\\x0d\\x0ah', value: 7 },
    ]);
    expect(reasons).toEqual([
      [9, 'BAD_QUOTES'],
      [12, 'TRUNCATED'],
    ]);
    expect(remarks[0]).toBe('2 records go on over line ends within quotes: 5 lines more, counted with the comments.');
    const { sink } = readLog(delimited, log);
    expect(sink.records.map((record) => [record.get('_line'), record.get('_offset')])).toEqual([
      [2, log.indexOf('a,1')],
      [3, log.indexOf('"b')],
      [8, log.indexOf('e,5')],
      [10, log.indexOf('"g')],
    ]);
    for (const every of [1, 2, 3, 4]) expect(outcome(readPieces(delimited, log, every))).toEqual(outcome(readLog(delimited, log)));
  });

  it('that nobody closed take no other record with them', () => {
    const lines = (count: number): string => Array.from({ length: count }, (_, i) => `x${i},${i}\n`).join('');
    const long = `name,value\na,1\n"b,2\n${lines(500)}\nlast,3\n`;
    expect(table(long).rows).toHaveLength(502);
    expect(table(long).reasons).toEqual([[3, 'QUOTED_NEWLINE']]);
    const short = 'name,value\na,1\n"b,2\nc,3\n\nd "e",4\n"f,5\ng,6\n';
    expect(table(short).rows.map(({ name }) => name)).toEqual(['a', 'c', 'd "e"', 'g']);
    expect(table(short).reasons).toEqual([
      [3, 'QUOTED_NEWLINE'],
      [7, 'QUOTED_NEWLINE'],
    ]);
    for (const log of [long, short])
      for (const every of [7, 150]) expect(outcome(readPieces(delimited, log, every))).toEqual(outcome(readLog(delimited, log)));
  });

  it('over the ends of most lines make a table all the same', () => {
    const log = 'ts,src,dst,note\n' + '2024-01-01T00:00:00Z,10.0.0.1,192.0.2.1,"one\ntwo\nthree"\n'.repeat(5);
    expect(detectFormat(Buffer.from(log), 'x').format.id).toBe('csv');
    expect(table(log).kind).toBe('connection');
    expect(table(log).rows).toHaveLength(5);
  });

  it('keep delimiters, quotes and control bytes in a value', () => {
    expect(table('a,b\n"x,""y""\tz",1\n').rows).toEqual([{ a: 'x,"y"\\x09z', b: 1 }]);
  });
});

describe('lines', () => {
  it('of another width are rejected; a header that comes again and notes before it are comments', () => {
    const log = '# exported today\na,b\n1,2\n3\n4,5,6\na,b\n7,8,\n9';
    const { rows, reasons, remarks } = table(log);
    expect(rows).toEqual([
      { a: 1, b: 2 },
      { a: 7, b: 8 },
    ]);
    expect(reasons).toEqual([
      [4, 'TOO_FEW_FIELDS'],
      [5, 'TOO_MANY_FIELDS'],
      [8, 'TRUNCATED'],
    ]);
    expect(remarks).toEqual([
      'The header stands 2 times in the file: several tables put together.',
      'The last line is cut: the file ends within it.',
    ]);
  });

  it('read the same in pieces, with values that do not fit in some of them', () => {
    const line = fc.constantFrom('1,10.0.0.1,a', '2,::1,"b,c"', '007,host,d', ',,', '3', '"x', 'y",1', 'n,h,t', '1.5,-,"q""q"');
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (lines, every) => {
        const log = `n,h,t\n1,10.0.0.1,a\n${lines.join('\n')}\n`;
        expect(outcome(readPieces(delimited, log, every))).toEqual(outcome(readLog(delimited, log)));
      }),
      { numRuns: 300 },
    );
  });

  it('lose no character of a value, whatever its column is', () => {
    const value = fc.oneof(
      fc.integer().map(String),
      fc.double({ noNaN: true }).map(String),
      fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
      fc.stringMatching(/^[0-9.eE+-]{0,12}$/),
      fc.constantFrom('T', 'false', '10.0.0.1', '2001:db8::1', 'x', '007', '0.10', '1e3'),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.array(value, { maxLength: 5 }), (head, rest) => {
        const values = [...head, ...rest].filter((one) => one !== '' && one !== '-');
        const { rows, types } = table(`column,x\n${values.map((one) => `${one},x`).join('\n')}\n`);
        for (const [i, one] of values.entries()) {
          const cell = rows[i]?.['column'] ?? rows[i]?.['column_text'];
          if (typeof cell === 'number' && types['column'] === 'bool') expect('tf'[1 - cell]).toBe(one[0]?.toLowerCase());
          else if (typeof cell === 'number') expect(cell).toBe(Number(one) === 0 ? 0 : Number(one));
          else expect(cell).toBe(one);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("Excel's first line that says what parts the fields", () => {
  const body = 'ts;user;text\n2024-04-19 20:00:00;ada;a, b, c\n2024-04-19 20:00:01;grace;d, e, f\n';

  it.each([
    ['sep=;', body],
    ['"sep=;"', body],
    ['SEP=;', body.replaceAll('\n', '\r\n')],
    ['\ufeffsep=;', body],
    ['sep=\t', body.replaceAll(';', '\t')],
    ['sep=|', body.replaceAll(';', '|')],
  ])('%j is understood, and is a comment', (line, rest) => {
    const log = `${line}${rest.includes('\r') ? '\r\n' : '\n'}${rest}`;
    expect(detectFormat(Buffer.from(log), 'a.csv').format.id).toBe('csv');
    const { rows, reasons } = table(log);
    expect(reasons).toEqual([]);
    expect(rows.map((row) => [row['user'], row['text']])).toEqual([
      ['ada', 'a, b, c'],
      ['grace', 'd, e, f'],
    ]);
    const { figures } = readLog(delimited, log);
    expect([figures.rows, figures.comments, figures.lines]).toEqual([2, 2, 4]);
    expect(outcome(readPieces(delimited, log, 1))).toEqual(outcome(readLog(delimited, log)));
  });

  it('is said to be what it says, though more lines could be parted otherwise; a person’s word goes before it', () => {
    const log = 'sep=;\nname;note\nAda;x,y,z\nGrace;u,v,w\nAlan;r,s,t\n';
    expect(table(log).rows[0]).toEqual({ name: 'Ada', note: 'x,y,z' });
    const said = table(log, { mapping: { delimiter: ',', header: false } });
    expect(said.rows).toHaveLength(3);
    expect(said.rows[0]).toEqual({ column_1: 'Ada;x', column_2: 'y', column_3: 'z' });
  });

  it('comes again where files were put together, and is none where a table has it as a row', () => {
    const twice = `sep=;\n${body}sep=;\n${body}`;
    expect(readLog(delimited, twice).figures).toMatchObject({ rows: 4, comments: 4, rejected: 0 });
    expect(table('name;note\nx;y\nsep=;\n').rows).toEqual([{ name: 'x', note: 'y' }, { name: 'sep=' }]);
  });
});

it('is told at once, whatever the values are', () => {
  for (const value of [
    '0'.repeat(200_000),
    `0.${'0'.repeat(200_000)}1`,
    `.${'0'.repeat(200_000)}`,
    ' '.repeat(200_000),
    '-'.repeat(200_000),
    '"'.repeat(200_000),
  ]) {
    const { figures } = readLog(delimited, `a,b\n${value},1\n1,2\n`);
    expect(figures.lines).toBe(3);
  }
});
