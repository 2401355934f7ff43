import { appendFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { readRawLine } from './raw-line.ts';
import { tstat } from '../formats/tstat.ts';
import { zeekJson } from '../formats/zeek-json.ts';
import { previewFile } from '../import/preview.ts';
import { ImportBench } from '../import/testing-import.ts';

const bench = new ImportBench();
const objects = zeekJson.example
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const many = Array.from({ length: 3000 }, (_, i) => ({ ...objects[0], uid: `C${i}` }));

/** Where each record of the case stands, as its file has it. */
async function raw(): Promise<unknown[]> {
  const reader = openCaseForReading(bench.writer.path);
  try {
    const [evidence] = reader.evidence();
    const table = reader.table('connection');
    const offsets = table.chunks.flatMap((chunk) => [...chunk.numbers('_offset')]);
    return await Promise.all(offsets.slice(0, 10).map(async (offset) => (await readRawLine(evidence, offset)).raw));
  } finally {
    reader.close();
  }
}

describe.each([
  ['on one line', JSON.stringify(objects)],
  ['a record a line', `[\n${objects.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`],
  ['over many lines', `${JSON.stringify(objects, null, 2)}\n`],
])('one JSON array %s', (_, text) => {
  it('gives its records, and says what it is', async () => {
    const path = bench.file('conn.json', text);
    const shown = await previewFile({ path, records: 20 });
    expect(shown).toMatchObject({ format: 'zeek-json', figures: { rows: 2, rejected: 0 } });
    expect(shown.remarks.join()).toContain('one JSON array');
    const { evidence } = await bench.run([path]);
    expect(evidence).toMatchObject([{ rows: 2, rejected: 0, status: 'complete', kind: 'connection', options: { shape: 'json-array' } }]);
    expect(evidence[0].rows + evidence[0].rejected + evidence[0].comments).toBe(evidence[0].lines);
    expect(evidence[0].remarks.join()).toContain('one JSON array');
    const shownRaw = await raw();
    expect(
      shownRaw.map(
        (one) =>
          JSON.parse(
            String(one)
              .replace(/^\s*\[/, '')
              .replace(/[,\]\s]+$/, ''),
          ) as unknown,
      ),
    ).toEqual(objects);
  });
});

describe('a file whose records are no lines', () => {
  it('is read as it comes, packed too, however long its one line is', async () => {
    const text = JSON.stringify(many);
    const result = await bench.run([bench.file('a.json', text), bench.file('b.json.gz', gzipSync(JSON.stringify(many.slice(1))))]);
    expect(result.evidence).toMatchObject([
      { rows: 3000, rejected: 0 },
      { rows: 2999, rejected: 0 },
    ]);
  });

  it('that is cut says so, and keeps what is whole', async () => {
    const text = JSON.stringify(many.slice(0, 10));
    const { evidence } = await bench.run([bench.file('a.json', text.slice(0, -300)), bench.file('b.json', text.slice(0, -1))]);
    expect(evidence).toMatchObject([
      { rows: 9, rejected: 1, status: 'incomplete' },
      { rows: 10, rejected: 0, status: 'incomplete' },
    ]);
    expect(evidence[1].remarks.join()).toContain('the file is cut');
  });

  it('of objects over several lines is read, and goes on where it has grown', async () => {
    const pretty = (records: readonly object[]): string => records.map((one) => `${JSON.stringify(one, null, 4)}\n`).join('');
    const path = bench.file('a.json', pretty(many.slice(0, 5)));
    expect((await bench.run([path])).evidence).toMatchObject([{ rows: 5, options: { shape: 'json-objects' } }]);
    appendFileSync(path, pretty(many.slice(5, 8)));
    expect((await bench.run([path])).evidence).toMatchObject([{ rows: 3, rejected: 0, continues: { line: 6 } }]);
  });

  it('of Tstat with TABs is read as with blanks, and goes on where it has grown', async () => {
    const text = tstat.example.replaceAll(' ', '\t');
    const path = bench.file('log_tcp_complete', text);
    expect((await bench.run([path])).evidence).toMatchObject([{ format: 'tstat', rows: 2, rejected: 0, kind: 'connection' }]);
    const [, first] = text.split('\n');
    appendFileSync(path, `${first}\n`);
    expect((await bench.run([path])).evidence).toMatchObject([{ format: 'tstat', rows: 1, rejected: 0, continues: { line: 4 } }]);
  });
});
