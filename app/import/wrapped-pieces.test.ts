import { describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { verifyCase } from '../case/verify.ts';
import { importFiles } from './import-files.ts';
import { ImportBench, quiet } from './testing-import.ts';

const bench = new ImportBench();

const cri = (text: string, tag: string, stream = 'stdout'): string => `2026-01-02T03:04:05.678Z ${stream} ${tag} ${text}\n`;
const docker = (text: string, tag: string, stream = 'stdout'): string =>
  `${JSON.stringify({ log: tag === 'F' ? `${text}\n` : text, stream, time: '2026-01-02T03:04:05.678Z' })}\n`;
const request = (i: number): string => `192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET /path/${i} HTTP/1.1" 200 512 "-" "curl/8.5.0"`;

/** Each request but the first ones in three pieces, with what another stream says between them. */
function logOf(wrap: typeof cri, requests: number): string {
  const parts = Array.from({ length: requests }, (_, i) => {
    const line = request(i);
    if (i < 6) return wrap(line, 'F');
    const other = i % 2 === 0 ? [wrap('[warn] some', 'P', 'stderr'), wrap('thing', 'F', 'stderr')] : ['', ''];
    return [wrap(line.slice(0, 50), 'P'), other[0], wrap(line.slice(50, 70), 'P'), other[1], wrap(line.slice(70), 'F')].join('');
  });
  return parts.join('');
}

interface Held {
  readonly rows: readonly (readonly unknown[])[];
  readonly rejects: readonly unknown[];
  readonly cut: readonly unknown[];
}

/** Records by what they ask for, with their places; rejects by theirs, those of lines that were cut apart. */
function held(): Held {
  const reader = openCaseForReading(bench.writer.path);
  try {
    const table = reader.table('request');
    const rows = table.chunks.flatMap((chunk) =>
      Array.from({ length: chunk.rows }, (_, row) => [
        chunk.numbers('_line')[row],
        chunk.numbers('_offset')[row],
        table.dictionary('term').textOf(chunk.ids('path')[row]),
      ]),
    );
    const all = reader.rejects({ offset: 0, limit: 1000 }).rejects.toSorted((a, b) => a.line - b.line);
    // a line without its end that is rejected is read again when it has one
    const places = (cut: boolean): unknown[] => {
      const some = all.filter(({ reason }) => (reason === 'TRUNCATED') === cut);
      return [...new Map(some.map(({ line, offset, text }) => [line, [line, offset, text]])).values()];
    };
    return { rows: rows.sort((a, b) => Number(a[0]) - Number(b[0])), rejects: places(false), cut: places(true) };
  } finally {
    reader.close();
  }
}

async function verified(): Promise<boolean> {
  const reader = openCaseForReading(bench.writer.path);
  try {
    return (await verifyCase(reader, {}, quiet)).ok;
  } finally {
    reader.close();
  }
}

describe.each([
  ['cri', cri],
  ['docker-json', docker],
])('lines in pieces of %s', (format, wrap) => {
  const log = logOf(wrap, 10);
  const lines = log.split(/(?<=\n)/);
  const options = { timeZone: 'Z' };

  it('are joined wherever the log is cut for reading', async () => {
    await bench.run([bench.file('whole.log', log)], { format, options });
    const whole = held();
    expect(whole).toMatchObject({ rows: { length: 10 } });
    for (const rows of [1, 2, 3, 7]) {
      bench.writer.removeEvidence(bench.writer.evidence()[0].id);
      const sizes = { first: rows, rows, least: 1, most: 2 ** 20 };
      const request = { paths: [bench.file(`cut${rows}.log`, log)], force: false, format, options };
      await importFiles(bench.writer, request, quiet, { threads: 0, createThread: null, sizes });
      expect(held()).toEqual(whole);
    }
  });

  it('are one record where the file grows between them, wherever the first import ended; what was cut is a reject that says so', async () => {
    await bench.run([bench.file('whole.log', log)], { format, options });
    const whole = held();
    bench.writer.removeEvidence(1);
    const ends = [...lines.keys()].slice(7).map((cut) => lines.slice(0, cut).join('').length);
    // within lines, and without their ends, too
    for (const [i, end] of [...ends, ...ends.map((at, i) => at - [1, 5, 20][i % 3])].entries()) {
      const path = bench.file('grown.log', log.slice(0, end));
      const [first] = (await bench.run([path], { format, options })).evidence;
      bench.file('grown.log', log);
      const [second] = (await bench.run([path], { format, options })).evidence;
      const { rows, rejects, cut } = held();
      expect([end, rows, rejects]).toEqual([end, whole.rows, whole.rejects]);
      expect(cut.length).toBe(first.status === 'incomplete' ? cut.length || -1 : 0);
      for (const one of [first, second]) expect(one.rows + one.rejected + one.comments).toBe(one.lines);
      if (i === 1) expect(await verified()).toBe(true);
      for (const one of [second, first]) bench.writer.removeEvidence(one.id);
    }
  });
});

describe('a message in pieces whose last one had no end', () => {
  it('stays the record that it was, and nothing is joined to it that comes later', async () => {
    const log = [
      cri('zero', 'F'),
      cri('one and ', 'P'),
      cri('some', 'P', 'stderr'),
      cri('two', 'F'),
      cri('thing', 'F', 'stderr'),
      cri('three', 'F'),
    ].join('');
    for (const cut of [log.indexOf('two') + 2, log.indexOf('two') + 3]) {
      const path = bench.file('messages.log', log.slice(0, cut));
      const [first] = (await bench.run([path])).evidence;
      bench.file('messages.log', log);
      const [second] = (await bench.run([path])).evidence;
      const reader = openCaseForReading(bench.writer.path);
      const table = reader.table('syslog');
      const told = table.chunks.flatMap((chunk) => {
        const { offsets, bytes } = chunk.text('message');
        const line = chunk.numbers('_line');
        return Array.from(line, (at, row) => [at, Buffer.from(bytes.subarray(offsets[row], offsets[row + 1])).toString()]);
      });
      reader.close();
      const was = cut < log.indexOf('two') + 3 ? 'one and tw' : 'one and two';
      expect(told.sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
        [1, 'zero'],
        [2, was],
        [3, 'something'],
        [6, 'three'],
      ]);
      for (const one of [second, first]) bench.writer.removeEvidence(one.id);
    }
  });
});
