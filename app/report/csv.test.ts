import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../case/testing.ts';
import { csvCell, csvLine, writeCsv, type CsvCell } from './csv.ts';
import { silent } from './testing.ts';

/** RFC 4180 as a reader, written apart from the writer: fields by commas, records by CRLF, quotes doubled. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        at++;
        for (;;) {
          if (text[at] === '"' && text[at + 1] === '"') {
            field += '"';
            at += 2;
          } else if (text[at] === '"') {
            at++;
            break;
          } else if (at >= text.length) throw new Error('a quote is not closed');
          else field += text[at++];
        }
      } else {
        while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
          if (text[at] === '"' || text[at] === '\n') throw new Error(`bare ${JSON.stringify(text[at])} in a field without quotes`);
          field += text[at++];
        }
      }
      record.push(field);
      if (text[at] === ',') {
        at++;
        continue;
      }
      if (text.slice(at, at + 2) !== '\r\n') throw new Error('a record does not end in CRLF');
      at += 2;
      break;
    }
    records.push(record);
  }
  return records;
}

/** What a spreadsheet would take for a formula once it has thrown away blanks and unseen characters and made wide forms narrow. */
function runs(cell: string): boolean {
  const bare = cell.normalize('NFKC').replace(/^[\s\p{Cc}\p{Cf}]+/u, '');
  return /^[=+\-@]/.test(bare) && !/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell);
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      ' ',
      '\t',
      '\r',
      '\n',
      '"',
      ',',
      ';',
      '\0',
      '＝',
      '＋',
      '－',
      '＠',
      '\u200b',
      '\u00a0',
      '\ufeff',
      'a',
      '1',
      "'",
    ),
  }),
  fc.constantFrom(
    '=HYPERLINK("http://x","y")',
    '+1+cmd|"/c calc"!A0',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    ' =1',
    '\u202e=1',
    '﹢1',
    '−1',
    '=',
    '-',
  ),
);
const cell: fc.Arbitrary<CsvCell> = fc.oneof(hostile, fc.double(), fc.integer(), fc.constant(null));

describe('CSV', () => {
  const scratch = { folder: '', remove: (): void => undefined };
  beforeEach(() => {
    const { path, remove } = scratchFolder();
    Object.assign(scratch, { folder: path, remove });
  });
  afterEach(() => scratch.remove());

  it('reads back as so many cells a line, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 6 }), { maxLength: 8 }), (rows) => {
        const parsed = parseCsv(rows.map((row) => csvLine(row)).join(''));
        expect(parsed.map((row) => row.length)).toEqual(rows.map((row) => row.length));
      }),
      { numRuns: 500 },
    );
  });

  it('no text runs in a spreadsheet, and no NUL or other unseen control is left', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [[read]] = parseCsv(`${csvCell(text)},\r\n`);
        expect(runs(read)).toBe(false);
        expect(read.replaceAll('\r\n', '').replaceAll(/[\t\n]/g, '')).not.toMatch(/\p{Cc}/u);
        expect(read.isWellFormed()).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('text without danger comes back as it is; numbers stay numbers', () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .filter((one) => !runs(one) && !/[\p{Cc}\p{Cs}\p{Cf}]/u.test(one) && !/^\u2212/.test(one.trimStart()));
    fc.assert(
      fc.property(text, (one) => {
        expect(parseCsv(`${csvCell(one)},\r\n`)).toEqual([[one, '']]);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (one) => {
        expect(Number(csvCell(one))).toBe(one + 0);
      }),
    );
    expect(csvLine([-5, '-5', '+1.5e3', 0, null, NaN])).toBe('-5,-5,+1.5e3,0,,\r\n');
  });

  it('known dangers', () => {
    expect(csvCell('=HYPERLINK("http://evil","x")')).toBe('"\'=HYPERLINK(""http://evil"",""x"")"');
    // taking one apostrophe away gives back both
    expect([csvCell('=1'), csvCell("'=1")]).toEqual(["'=1", "''=1"]);
    expect([csvCell(''), csvCell(null), csvCell("'")]).toEqual(['""', '', "'"]);
    expect(csvCell('  ＝1')).toBe("'  ＝1");
    expect(csvCell('\t@x')).toBe('"\'\t@x"');
    expect(csvCell('\0=1')).toBe("'\\u{0}=1");
    expect(csvCell('-')).toBe("'-");
    expect(csvCell('a\r\nb')).toBe('"a\r\nb"');
    expect(csvCell('a\rb')).toBe('a\\u{D}b');
  });

  it('writes many rows without holding them, and says how many, how long and with which hash', async () => {
    function* rows(): Iterable<readonly CsvCell[]> {
      for (let i = 0; i < 50_000; i++) yield [i, `uid ${i}`, i % 7 === 0 ? null : 'x,y'];
    }
    const path = join(scratch.folder, 'many.csv');
    const result = await writeCsv(path, ['id', 'uid', 'note'], rows(), silent);
    const bytes = readFileSync(path);
    expect(result).toEqual({ rows: 50_000, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(parseCsv(bytes.toString('utf8'))).toHaveLength(50_001);
    expect(readdirSync(scratch.folder)).toEqual(['many.csv']);
  });

  it('leaves nothing where it fails, is cancelled, or the place cannot be written', async () => {
    function* failing(): Iterable<readonly CsvCell[]> {
      for (let i = 0; i < 20_000; i++) yield [i, 'some text to fill a block with'];
      throw new Error('the case went away');
    }
    await expect(writeCsv(join(scratch.folder, 'a.csv'), ['a'], failing(), silent)).rejects.toThrow('the case went away');
    const cancelled = { report: () => undefined, stopped: () => true };
    await expect(writeCsv(join(scratch.folder, 'b.csv'), ['a'], failing(), cancelled)).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(writeCsv(join(scratch.folder, 'no', 'c.csv'), ['a'], [[1]], silent)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    mkdirSync(join(scratch.folder, 'd.csv'));
    await expect(writeCsv(join(scratch.folder, 'd.csv'), ['a'], [[1]], silent)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(readdirSync(scratch.folder)).toEqual(['d.csv']);
  });
});
