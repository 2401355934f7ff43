import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { access } from './access.ts';
import { delimited } from './delimited.ts';
import { formatById } from './registry.ts';
import { outcome, readLog } from './testing.ts';
import type { LogFormat } from './types.ts';
import { zeekConn } from './zeek-tsv.ts';

const remarksOf = (format: LogFormat, log: Buffer): readonly string[] => {
  const { figures } = readLog(format, log);
  return format.open(log, {}).remarks(figures.tallies);
};

describe('bytes that are no UTF-8', () => {
  const request = (path: string): string => `10.0.0.1 - - [19/Apr/2024:20:00:00 +0000] "GET ${path} HTTP/1.1" 200 5 "-" "agent"\n`;

  it('are kept one by one, alike in texts and in dictionaries, and the lines are counted', () => {
    // many different paths are kept as texts, repeated agents in a dictionary
    const lines = Array.from({ length: 200 }, (_, i) => request(`/caf\xe9/${i}`).replace('agent', i % 2 === 0 ? '\xe9' : '\xe8'));
    const log = Buffer.from([...lines, request('/plain')].join(''), 'latin1');
    const { sink } = readLog(access, log);
    expect([sink.specs.get('path')?.storage, sink.specs.get('agent')?.storage]).toEqual(['text', 'dictionary']);
    expect(sink.records.slice(0, 2).map((record) => [record.get('path'), record.get('agent')])).toEqual([
      ['/caf\\xe9/0', '\\xe9'],
      ['/caf\\xe9/1', '\\xe8'],
    ]);
    expect(remarksOf(access, log).join(' ')).toContain('200 lines hold bytes that are no UTF-8');
    expect(remarksOf(access, Buffer.from(request('/é'))).join(' ')).not.toContain('UTF-8');
  });

  it('in a line without an end, and in one that is rejected, count too', () => {
    const log = Buffer.from('id,name\n1,a\n2,\xe9\n3,b,\xe9,c\n4,\xe9', 'latin1');
    expect(remarksOf(delimited, log).join(' ')).toContain('3 lines hold bytes that are no UTF-8');
    const { sink } = readLog(delimited, log);
    expect(sink.rejects.map(({ text }) => text)).toEqual(['3,b,\\xe9,c']);
    expect(remarksOf(delimited, Buffer.from('id,name\n1,a\n2,\xe9\n', 'latin1')).join(' ')).toContain('1 line holds bytes');
  });

  it.each([
    ['a table', 'csv', 'id,gr\xf6\xdfe\n1,5\n2,6\n', 'gr\\xf6\\xdfe'],
    [
      'JSON lines',
      'json',
      '{"ts":"2024-04-19T20:00:00Z","gr\xf6\xdfe":5}\n{"ts":"2024-04-19T20:00:01Z","gr\xf6\xdfe":6}\n',
      'gr\\xf6\\xdfe',
    ],
    [
      'JSON lines with an escape',
      'json',
      '{"ts":"2024-04-19T20:00:00Z","\\u0061\xf6\\\\x41":5}\n{"ts":"2024-04-19T20:00:01Z"}\n',
      'a\\xf6\\x41',
    ],
    [
      "a log of Zeek's",
      'zeek-tsv',
      '#separator \\x09\n#path\tother\n#fields\tts\tgr\xf6\xdfe\n#types\ttime\tcount\n1713556800.0\t5\n',
      'gr\\xf6\\xdfe',
    ],
    [
      'the W3C format',
      'access-w3c',
      '#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status x-gr\xf6\xdfe\n2024-04-19 20:00:00 10.0.0.1 GET / 200 5\n',
      'x-gr\\xf6\\xdfe',
    ],
  ])('in the names of columns are kept as in values: %s', (_, id, log, name) => {
    const { sink } = readLog(formatById(id), Buffer.from(log, 'latin1'));
    expect([...sink.specs.keys()]).toContain(name);
    expect(Number(sink.records[0]?.get(name))).toBe(5);
  });

  it('that Zeek escaped stay as it wrote them', () => {
    const log = Buffer.from(zeekConn.example.replace('\tssl\t', '\t\\xc3\\xa9\\xe9\t'));
    const { sink } = readLog(zeekConn, log);
    expect(sink.records.map((record) => record.get('service'))).toContain('é\\xe9');
    expect(remarksOf(zeekConn, log).join(' ')).not.toContain('UTF-8');
  });

  it('are read alike whatever the blocks, and a character is not made of the end of one text and the beginning of the next', () => {
    const cell = fc
      .array(fc.constantFrom('a', '\xc3', '\xa9', '\xe2\x82', '\xac', '\xc3\xa9'), { maxLength: 3 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 70, maxLength: 90 }), fc.integer({ min: 1, max: 50 }), (cells, block) => {
        const rows = cells.map((text, i) => `${i},${text}${i}${text},${text}z\n`);
        const log = Buffer.from(`n,own,more\n${rows.join('')}`, 'latin1');
        const read = readLog(delimited, log);
        expect(outcome(readLog(delimited, log, block))).toEqual(outcome(read));
        expect(read.sink.specs.get('own')?.storage).toBe('text');
        for (const [i, record] of read.sink.records.entries()) {
          const bytes = Buffer.from(cells[i], 'latin1');
          if (isUtf8(bytes)) expect(record.get('own')).toBe(`${bytes.toString()}${i}${bytes.toString()}`);
          else expect(record.get('own')).toContain('\\x');
        }
      }),
      { numRuns: 50 },
    );
  });
});
