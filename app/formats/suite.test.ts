import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectFormat, formatById, formats } from './registry.ts';
import { outcome, readLog, readPieces, type ReadBack } from './testing.ts';
import { LINE_LIMIT, type LogFormat, type ReaderFigures } from './types.ts';

function balanced(figures: ReaderFigures): void {
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
}

/** The example's lines before its first record: its header, if it has one. */
function headOf(format: LogFormat): string {
  const lines = format.example.split('\n').map((line) => `${line}\n`);
  let head = '';
  while (lines.length > 0 && readLog(format, head + lines[0]).figures.rows === 0) head += lines.shift() ?? '';
  return head;
}

/** What every format must do. */
describe.each(formats.map((format) => [format.id, format] as const))('format %s', (id, format) => {
  const example = Buffer.from(format.example);
  const whole = readLog(format, example);

  it('is found by its id and recognises its example, and nothing in nothing', () => {
    expect(formatById(id)).toBe(format);
    expect(detectFormat(example, 'example').format).toBe(format);
    expect(format.detect(new Uint8Array(0)).confidence).toBe(0);
    expect(format.detect(Buffer.from('no log at all\n')).confidence).toBe(0);
  });

  it('takes every record of its example, with its place', () => {
    expect(whole.figures).toMatchObject({ rejected: 0, recognised: true, cut: false });
    expect(whole.figures.rows).toBeGreaterThanOrEqual(2);
    balanced(whole.figures);
    const lines = format.example.split('\n');
    for (const record of whole.sink.records) {
      const line = Number(record.get('_line'));
      const before = lines
        .slice(0, line - 1)
        .map((text) => `${text}\n`)
        .join('');
      expect(record.get('_offset')).toBe(Buffer.byteLength(before));
    }
    const times = whole.sink.records.map((record) => Number(record.get('ts')));
    expect([whole.figures.first, whole.figures.last]).toEqual([Math.min(...times), Math.max(...times)]);
  });

  it('does not depend on where blocks end', () => {
    // beyond the length of most lines, one end in a block is as good as another
    for (let block = 1; block <= example.length; block += block < 120 ? 1 : 13)
      expect(outcome(readLog(format, example, block))).toEqual(outcome(whole));
  });

  it('says the same of a line that breaks off, whatever came before it', () => {
    const lines = format.example.trimEnd().split('\n');
    const last = lines.at(-1) ?? '';
    const before = `${lines.slice(0, -1).join('\n')}\n`;
    for (let end = 1; end < last.length; end += 5) {
      const log = before + last.slice(0, end);
      const expected = outcome(readPieces(format, log, lines.length - 1));
      // what was read before lies behind it in the reader's memory
      for (const block of [1000, before.length - 3]) expect(outcome(readLog(format, log, block))).toEqual(expected);
    }
  });

  it('takes an empty log and a bare header as logs without records', () => {
    expect(readLog(format, '').figures).toMatchObject({ rows: 0, rejected: 0, comments: 0, lines: 0, first: null, last: null });
    const head = headOf(format);
    const { figures } = readLog(format, head);
    expect(figures).toMatchObject({ rows: 0, rejected: 0, comments: head.split('\n').length - 1 });
  });

  it('reads CR LF, bare CR, a UTF-8 mark and a missing last line end as the same records', () => {
    const records = (log: string): unknown => readLog(format, log).sink.records.map((record) => record.get('ts'));
    const same = records(format.example);
    expect(records(format.example.replaceAll('\n', '\r\n'))).toEqual(same);
    expect(records(format.example.replaceAll('\n', '\r'))).toEqual(same);
    expect(records(`\ufeff${format.example}`)).toEqual(same);
    expect(records(format.example.trimEnd())).toEqual(same);
  });

  it('passes over NULs before a line, and says so', () => {
    const last = format.example.trimEnd().split('\n').at(-1) ?? '';
    const [plain, holed] = ['', '\0\0\0'].map((nuls) => readLog(format, `${format.example.trimEnd()}\n${nuls}${last}\n`));
    const records = ({ sink }: ReadBack): unknown => sink.records.map((record) => new Map([...record, ['_offset', 0]]));
    expect(records(holed)).toEqual(records(plain));
    expect(holed.figures).toMatchObject({ rejected: plain.figures.rejected, lines: plain.figures.lines });
    const said = ({ figures }: ReadBack): string => format.open(example, {}).remarks(figures.tallies).join();
    expect([said(plain), said(holed)].map((text) => text.includes('NULs stand before 1 line,'))).toEqual([false, true]);
  });

  it('counts a bad line, keeps its text and goes on', () => {
    const bad = 'this is no record\u0000\u0007';
    const { figures, sink } = readLog(format, `${format.example}${bad}\n\n${format.example}`);
    expect(figures).toMatchObject({ rows: whole.figures.rows * 2, rejected: 1 });
    balanced(figures);
    expect(sink.rejects).toHaveLength(1);
    expect(sink.rejects[0]).toMatchObject({ line: whole.figures.lines + 1, offset: example.length, text: 'this is no record\\x00\\x07' });
  });

  it('refuses a line that is too long, keeps its beginning and goes on, wherever blocks end', () => {
    const log = `${format.example}${'x'.repeat(LINE_LIMIT + 5)}\n${format.example}`;
    const expected = outcome(readLog(format, log, 2 ** 23));
    const { figures, sink } = readLog(format, log, 2 ** 23);
    expect(figures).toMatchObject({ rows: whole.figures.rows * 2, rejected: 1 });
    expect(sink.rejects[0].reason).toBe('LINE_TOO_LONG');
    for (const block of [65_536, 100_003, 2 ** 20]) expect(outcome(readLog(format, log, block))).toEqual(expected);
  });

  it('refuses a first line that is too long', () => {
    expect(() => readLog(format, 'x'.repeat(LINE_LIMIT * 3))).toThrow(/longer than 1 MiB/);
  });

  it('reads the same in pieces, each by a reader that resumes where the last one stopped', () => {
    const bad = 'this is no record\n';
    const log = `${format.example}${bad}\n${format.example}${format.example.replaceAll('\n', '\r\n')}`;
    const expected = outcome(readLog(format, log));
    for (const every of [1, 2, 3, 5, 8, 1000]) expect(outcome(readPieces(format, log, every))).toEqual(expected);
  });

  it('keeps its ledger whatever the bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.nat(example.length), fc.integer({ min: 1, max: 400 }), (noise, at, block) => {
        const log = Buffer.concat([example.subarray(0, at), noise, example.subarray(at)]);
        const read = readLog(format, log, block);
        balanced(read.figures);
        expect(read.sink.records).toHaveLength(read.figures.rows);
        expect(read.sink.rejects).toHaveLength(read.figures.rejected);
        expect(outcome(readLog(format, log))).toEqual(outcome(read));
      }),
      { numRuns: 60 },
    );
  });
});
