import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { MemorySink, outcome, readLog, type ReadBack } from '../testing.ts';
import { zeekConn } from '../zeek-tsv.ts';

/** Blocks shorter than the kernels ask for: every line is read by itself. */
const LINE_BY_LINE = 1000;
const TOGETHER = 2 ** 20;

const columns = [
  ['ts', 'time'],
  ['uid', 'string'],
  ['id.orig_h', 'addr'],
  ['id.orig_p', 'port'],
  ['id.resp_h', 'addr'],
  ['id.resp_p', 'port'],
  ['proto', 'enum'],
  ['service', 'string'],
  ['duration', 'interval'],
  ['orig_bytes', 'count'],
  ['local_orig', 'bool'],
  ['tunnel_parents', 'set[string]'],
  ['x_score', 'double'],
  ['x_note', 'string'],
] as const;

const head = [
  '#separator \\x09',
  ...['fields', 'types'].map((word, i) => `#${word}\t${columns.map((column) => column[i]).join('\t')}`),
].join('\n');

const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)];
const digits = (random: Random, most: number): string =>
  Array.from({ length: 1 + random.below(most) }, () => String(random.below(10))).join('');

function field(type: (typeof columns)[number][1], name: string, random: Random): string {
  if (name !== 'ts' && !name.startsWith('id.') && random.below(5) === 0) return '-';
  switch (type) {
    case 'time':
      return `${1_700_000_000 + random.below(100_000)}.${String(random.below(1_000_000)).padStart(6, '0')}`;
    case 'interval':
      return `${digits(random, 9)}.${String(random.below(1_000_000)).padStart(6, '0')}`;
    case 'addr':
      return pick(random, [`10.0.${random.below(3)}.${random.below(256)}`, `2001:db8::${random.below(999)}`, 'fe80:0:0:0:abcd:0:0:12']);
    case 'port':
      return String(random.below(65_536));
    case 'count':
      return digits(random, 15);
    case 'bool':
      return pick(random, ['T', 'F']);
    case 'double':
      return `${digits(random, 6)}${pick(random, ['', '.5', '.012345', '.25'])}`;
    case 'enum':
      return pick(random, ['tcp', 'udp', 'icmp']);
    case 'set[string]':
      return pick(random, ['(empty)', 'Cabc,Cdef', 'CHhAvVGS1DHFjwGM9']);
    case 'string':
      return name === 'uid'
        ? `C${digits(random, 18)}`
        : pick(random, ['http', '', 'a word that is longer than a vector', `ä${random.below(40)}`, 'ssl']);
  }
}

/** Values that need more than a plain reader: some are refused, some are not. */
const odd = [
  '',
  '-',
  '(empty)',
  '-1',
  '+5',
  '1e9',
  '99999999999999999999',
  '0000000000000001',
  '65536',
  '\\x09',
  'T',
  '::1',
  '0.1',
  '1.',
  '.5',
  '01.2.3.4',
  '\u0001',
  'x'.repeat(5000),
  '7258118400.000000',
];

function rowsOf(count: number, oddIn: number, random: Random): string[] {
  return Array.from({ length: count }, () => {
    const fields = columns.map(([name, type]) => field(type, name, random));
    if (random.below(oddIn) > 0) return fields.join('\t');
    const at = random.below(fields.length);
    switch (random.below(5)) {
      case 0:
        return fields.toSpliced(at, 1).join('\t');
      case 1:
        return `${fields.join('\t')}\textra`;
      case 2:
        return pick(random, ['', '#comment', `${fields.join('\t')}\r`, '\t'.repeat(300)]);
      default:
        return fields.with(at, pick(random, odd)).join('\t');
    }
  });
}

/** What came of it, and every text with its id. */
function all(read: ReadBack): unknown {
  return { outcome: outcome(read), chunks: read.sink.chunks, texts: (['host', 'term'] as const).map((name) => read.sink.texts(name)) };
}

describe('reading Zeek lines many at a time', () => {
  it.each([3, 40, 2000])('gives what reading them one by one gives, down to the ids, where one line in %i is odd', (oddIn) => {
    const log = `${head}\n${rowsOf(9000, oddIn, new Random(oddIn)).join('\n')}\n`;
    const together = readLog(zeekConn, log, TOGETHER);
    const lineByLine = all(readLog(zeekConn, log, LINE_BY_LINE));
    expect(all(together)).toEqual(lineByLine);
    expect(all(readLog(zeekConn, log, TOGETHER, false, {}, new MemorySink()))).toEqual(lineByLine);
    expect(together.figures.rows).toBeGreaterThan(4000);
    expect(together.figures.rejected + together.figures.comments).toBeGreaterThan(2);
  });

  it('gives every value of a plain log', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(999_999), fc.nat(65_535), fc.ipV4()), { minLength: 60, maxLength: 90 }), (rows) => {
        const lines = rows.map(([seconds, micro, port, host]) =>
          [`${seconds}.${String(micro).padStart(6, '0')}`, 'C1', host, port, '::1', 7, 'tcp', '-', '-', seconds, 'T', '-', '1.5', 'n'].join(
            '\t',
          ),
        );
        const { sink, figures } = readLog(zeekConn, `${head}\n${lines.join('\n')}\n`, TOGETHER);
        expect(figures.rejected).toBe(0);
        const back = sink.records.map((record) => ['ts', 'orig_h', 'orig_p', 'orig_bytes'].map((name) => record.get(name)));
        expect(back).toEqual(rows.map(([seconds, micro, port, host]) => [seconds * 1e6 + micro, host, port, seconds]));
      }),
      { numRuns: 20 },
    );
  });

  it('knows words again however many there are, and asks a new reader for its own', () => {
    const random = new Random(1);
    const words = Array.from({ length: 30_000 }, (_, i) => `w${i}${'x'.repeat(i % 60)}`);
    const rows = Array.from({ length: 60_000 }, (_, i) =>
      [
        '1.000000',
        'C1',
        '10.0.0.1',
        '1',
        `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
        '2',
        'tcp',
        pick(random, words),
        '-',
        '-',
        '-',
        '-',
        '-',
        '-',
      ].join('\t'),
    );
    const log = `${head}\n${rows.join('\n')}\n`;
    for (let turn = 0; turn < 2; turn++) {
      const { sink } = readLog(zeekConn, log, TOGETHER);
      expect(sink.records.map((record) => [record.get('service'), record.get('resp_h')])).toEqual(
        rows.map((row) => [row.split('\t')[7], row.split('\t')[4]]),
      );
    }
  });
});
