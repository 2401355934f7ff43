import fc from 'fast-check';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import { verifyCase } from '../case/verify.ts';
import type { ImportResult, VerifyResult } from '../contract/case.ts';
import { isClosed, shapeOf } from '../formats/line-shapes.ts';
import { formats } from '../formats/registry.ts';
import { zeekConn } from '../formats/zeek-tsv.ts';
import type { Progress } from '../shared/progress.ts';
import { importFiles, type ImportRequest } from './import-files.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const quiet: Progress = { report: () => undefined, stopped: () => false };

let cases = 0;
let folder = '';
let writer: CaseWriter;
function begin(): void {
  folder = join(scratch.path, String(++cases));
  mkdirSync(folder);
  writer = createCase(join(folder, 'case.flowcase'), caseFields);
}
beforeEach(() => {
  begin();
  return () => writer.close();
});

const run = (paths: readonly string[], more: Partial<ImportRequest> = {}): Promise<ImportResult> =>
  importFiles(writer, { paths, force: false, ...more }, quiet);

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The sample's header and so many rows that are all different. */
function longLog(rows: number, from = 0): string {
  const head = zeekConn.example.split('\n').filter((line) => /^#(?!close)/.test(line));
  return from > 0 ? rowsOf(rows, from) : `${head.join('\n')}\n${rowsOf(rows, 0)}`;
}
function rowsOf(rows: number, from: number): string {
  const row = (i: number): string =>
    `1713556800.000000\tC${i}\t10.0.0.${i % 200}\t40000\t192.0.2.10\t443\ttcp\tssl\t1.500000\t${i}\t2000\tSF\n`;
  return Array.from({ length: rows }, (_, i) => row(from + i)).join('');
}

async function verified(): Promise<VerifyResult> {
  const reader = openCaseForReading(writer.path);
  try {
    return await verifyCase(reader, {}, quiet);
  } finally {
    reader.close();
  }
}

interface Read {
  readonly line: number;
  readonly offset: number;
  readonly cells: string;
}

/** All records by their place in the log, and the places of all rejects. */
function records(): { readonly rows: Read[]; readonly rejects: number[] } {
  const reader = openCaseForReading(writer.path);
  try {
    const rows = reader.info().kinds.flatMap(({ kind }) => {
      const table = reader.table(kind);
      return table.chunks.flatMap((chunk) =>
        Array.from({ length: chunk.rows }, (_, row): Read => {
          const cells = table.columns.map(({ name, storage, dictionary }) => {
            if (storage === 'number') return chunk.numbers(name)[row];
            if (dictionary !== null) return chunk.ids(name)[row] === 0 ? null : table.dictionary(dictionary).textOf(chunk.ids(name)[row]);
            const { offsets, bytes, absent } = chunk.text(name);
            return absent?.[row] === 1 ? null : Buffer.from(bytes.subarray(offsets[row], offsets[row + 1])).toString();
          });
          const kept = cells.flatMap((cell, i) => (cell === null || Number.isNaN(cell) ? [] : [[table.columns[i].name, cell]]));
          return {
            line: chunk.numbers('_line')[row],
            offset: chunk.numbers('_offset')[row],
            cells: JSON.stringify(kept.map(String).sort()),
          };
        }),
      );
    });
    const { rejects } = reader.rejects({ offset: 0, limit: 10_000 });
    return { rows: rows.sort((a, b) => a.line - b.line), rejects: rejects.map(({ line }) => line).sort((a, b) => a - b) };
  } finally {
    reader.close();
  }
}

describe('a file that has grown', () => {
  it('gives only what came later, as evidence that continues the earlier one; both verify', async () => {
    const path = file('conn.log', longLog(300));
    const [first] = (await run([path])).evidence;
    appendFileSync(path, longLog(50, 300));
    const [second] = (await run([path])).evidence;
    expect(second).toMatchObject({ rows: 50, lines: 50, rejected: 0, continues: { evidence: first.id, line: 309, byte: first.bytes } });
    expect(second.remarks.join()).toContain('Lines 1 to 308');
    appendFileSync(path, longLog(7, 350));
    const [third] = (await run([path])).evidence;
    expect(third).toMatchObject({ rows: 7, continues: { evidence: second.id, line: 359 } });
    expect((await run([path])).skipped).toHaveLength(1);
    expect(records().rows.map(({ line }) => line)).toEqual(Array.from({ length: 357 }, (_, i) => i + 9));
    expect(await verified()).toMatchObject({ ok: true, evidence: [{ match: true }, { match: true }, { match: true }] });
  });

  it('by another name goes on too; one that changed, is asked for otherwise or forced is imported whole', async () => {
    const path = file('conn.log', longLog(300));
    await run([path]);
    expect((await run([file('later.log', longLog(310))])).evidence[0]).toMatchObject({ rows: 10, continues: { evidence: 1 } });
    expect((await run([file('other.log', longLog(320).replace('C299\t', 'X299\t'))])).evidence[0].continues).toBeUndefined();
    expect((await run([file('zone.log', longLog(330))], { options: { timeZone: '+02:00' } })).evidence[0].continues).toBeUndefined();
    expect((await run([file('forced.log', longLog(340))], { force: true })).evidence[0]).toMatchObject({ rows: 340 });
  });

  it('shows where its row was changed', async () => {
    const path = file('conn.log', longLog(300));
    await run([path]);
    appendFileSync(path, longLog(50, 300));
    await run([path]);
    const { default: Database } = await import('better-sqlite3');
    for (const change of ["continues = '{}'", 'continues = NULL', "resume = '{}'"]) {
      const db = new Database(writer.path);
      const before = db.prepare('SELECT continues, resume FROM evidence WHERE id = 2').get();
      db.exec(`UPDATE evidence SET ${change} WHERE id = 2`);
      expect((await verified()).evidence[1]).toMatchObject({ row: false });
      db.prepare('UPDATE evidence SET continues = @continues, resume = @resume WHERE id = 2').run(before);
      db.close();
    }
    expect(await verified()).toMatchObject({ ok: true });
  });

  /**
   * Of container logs lines that are no pieces: a file that ends behind a piece has a reject of its line beside the record that comes later
   * (wrapped-pieces.test.ts). Their format is named, because lines of access logs with something in front are seen in them too.
   */
  const wrapped = new Set(['docker-json', 'cri', 'shipped-json']);
  // what is one object to its end is read whole again, and says so (earlier-array.test.ts)
  const goingOn = formats.filter(({ example }) => !isClosed(shapeOf(Buffer.from(example))?.name));

  it.each(goingOn.map((format) => [format.id, format] as const))(
    'of %s gives the same records as if it had always been whole',
    async (_, format) => {
      const isWrapped = wrapped.has(format.id);
      const more: Partial<ImportRequest> = isWrapped ? { format: format.id } : {};
      const lines = format.example.split('\n').filter((line, i) => line !== '' && (i === 0 || !isWrapped));
      const log = fc
        .tuple(
          fc.array(fc.constantFrom(...lines, 'bad line', ''), { minLength: 3, maxLength: 30 }),
          fc.constantFrom('\n', '\r\n'),
          fc.boolean(),
        )
        .map(([others, newline, ended]) => ({
          text: `${[...lines, ...others].join(newline)}${ended ? newline : ''}`,
          example: Buffer.byteLength(lines.join(newline)),
        }));
      await fc.assert(
        fc.asyncProperty(log, fc.nat(), fc.boolean(), async ({ text, example: least }, at, atLine) => {
          const bytes = Buffer.from(text);
          // a cut that leaves enough to be recognised, and the kinds of the columns to be told by
          const somewhere = least + (at % (bytes.length - least));
          const cut = atLine ? bytes.indexOf(10, somewhere) + 1 : somewhere;
          if (cut < least || cut >= bytes.length) return;
          const name = `${format.id}.log`;
          writer.close();
          begin();
          // what it is taken for may depend on its beginning, which was shorter then
          if ((await run([file(name, bytes)], more)).refused.length > 0) return;
          const whole = records();
          writer.close();
          begin();
          const path = file(name, bytes.subarray(0, cut));
          await run([path], more);
          writeFileSync(path, bytes);
          const { evidence } = await run([path], more);
          const grown = records();
          // the line that was cut is in the case once: as the record that it was, or as it is now
          const cutLine = evidence[0]?.continues?.line ?? 0;
          const asItWas = writer.evidence()[0].rows > 0 && grown.rejects.filter((line) => line === cutLine).length > 0;
          expect(new Set(grown.rows.map(({ line }) => line)).size).toBe(grown.rows.length);
          const others = (rows: readonly Read[]): Read[] => rows.filter(({ line }) => line !== cutLine || !asItWas);
          expect(others(grown.rows)).toEqual(others(whole.rows));
          if (atLine) expect(grown.rows).toEqual(whole.rows);
          expect(new Set(grown.rejects)).toEqual(new Set([...whole.rejects, ...grown.rejects.filter((line) => line === cutLine)]));
          for (const one of writer.evidence()) expect(one.rows + one.rejected + one.comments).toBe(one.lines);
        }),
        { numRuns: 5 },
      );
    },
  );
});

describe('a packed file that has grown', () => {
  const gzip = (text: string): Buffer => gzipSync(text);
  const ways: [string, (text: string) => Uint8Array | string, (text: string) => Uint8Array | string][] = [
    ['gzip', gzip, gzip],
    ['zstd', (text) => zstdCompressSync(text), (text) => zstdCompressSync(text)],
    ['plain, packed later', (text) => text, gzip],
    ['packed, unpacked later', gzip, (text) => text],
    ['gzip, appended to as another member', gzip, (text) => Buffer.concat([gzipSync(text.slice(0, 9000)), gzipSync(text.slice(9000))])],
  ];
  it.each(ways)('(%s) gives only what came later; both verify', async (_, before, after) => {
    const path = file('conn.log.x', before(longLog(3000)));
    const [first] = (await run([path])).evidence;
    file('conn.log.x', after(longLog(3050)));
    const [second] = (await run([path])).evidence;
    expect(second).toMatchObject({ rows: 50, rejected: 0, status: 'complete', unpackedBytes: longLog(3050).length });
    expect(second).toMatchObject({ continues: { evidence: first.id, line: 3009, byte: longLog(3000).length } });
    expect((await run([path])).skipped).toHaveLength(1);
    expect((await run([file('again.log', longLog(3050))])).skipped).toHaveLength(1);
    expect((await run([file('again.gz', gzipSync(longLog(3050)))])).skipped).toHaveLength(1);
    expect(records().rows.map(({ line }) => line)).toEqual(Array.from({ length: 3050 }, (__, i) => i + 9));
    const { evidence } = await verified();
    expect(evidence.at(-1)).toMatchObject({ match: true });
  });

  it('goes on behind a last line without its end, and behind a cut one', async () => {
    const path = file('conn.log.gz', gzipSync(longLog(3000).trimEnd()));
    await run([path]);
    file('conn.log.gz', gzipSync(longLog(3040)));
    expect((await run([path])).evidence[0]).toMatchObject({ rows: 40, rejected: 0 });
    const cut = file('cut.log.gz', gzipSync(longLog(2000).replaceAll('\tC', '\tD').slice(0, -20)));
    await run([cut]);
    file('cut.log.gz', gzipSync(longLog(2010).replaceAll('\tC', '\tD')));
    const [rest] = (await run([cut])).evidence;
    expect(rest).toMatchObject({ rows: 11, continues: { line: 2008 } });
  });

  it('that holds the same as evidence with a cut last line is skipped', async () => {
    const cut = longLog(2000).slice(0, -20);
    await run([file('cut.log', cut)]);
    expect(await run([file('cut.log.gz', gzipSync(cut))])).toMatchObject({ evidence: [], skipped: [{ evidence: 1 }] });
    expect(writer.info().rejects).toBe(1);
  });

  it('whose end is damaged keeps what is whole of it, and says so', async () => {
    const path = file('conn.log.gz', gzipSync(longLog(3000)));
    await run([path]);
    const grown = gzipSync(longLog(9000));
    file('conn.log.gz', grown.subarray(0, grown.length - 3000));
    const [rest] = (await run([path])).evidence;
    expect(rest.status).toBe('incomplete');
    expect(rest.rows).toBeGreaterThan(100);
    expect(rest.remarks.join()).toMatch(/Lines 1 to 3,008.*The file is cut/);
  });
});

describe('an access log that was cut within its last line', () => {
  const line = (i: number, bytes: number): string =>
    `192.0.2.${i % 250} - - [20/Apr/2024:10:00:0${i % 10} +0000] "GET /${i} HTTP/1.1" 200 ${bytes}\n`;
  const log = Array.from({ length: 100 }, (_, i) => line(i, 2326)).join('');

  it('is not counted twice: the line is among the rejects of what came later', async () => {
    const cut = log.lastIndexOf('200 2326', log.length / 2);
    const path = file('access.log', log.slice(0, cut + 6));
    const [first] = (await run([path])).evidence;
    writeFileSync(path, log.slice(0, cut + 7));
    const [second] = (await run([path])).evidence;
    expect(second).toMatchObject({ rows: 0, rejected: 1, lines: 1 });
    writeFileSync(path, log);
    const [third] = (await run([path])).evidence;
    expect(first.rows + third.rows).toBe(100);
    expect(third).toMatchObject({ rejected: 1, lines: third.rows + 1, continues: { evidence: 2, line: first.rows } });
    expect(third.remarks.join()).toContain('not counted again');
    expect(first.remarks.join()).toContain('its last value may be cut');
    expect(third.remarks.join()).toContain(
      `Line ${first.rows} is a record of evidence 1 as it stood there, without its end: its last value may be cut.`,
    );
    expect(third.remarks.join()).toContain('remove evidence 1, and what goes on from it, and import the whole file');
    expect(records().rows.map((row) => row.line)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(await verified()).toMatchObject({ ok: true });
  });
});

describe('a log that grew by a line that was cut', () => {
  it('says which evidence has it as a record', async () => {
    const line = (i: number): string => `192.0.2.${i} - - [20/Apr/2024:10:00:00 +0000] "GET /${i} HTTP/1.1" 200 2326\n`;
    const path = file('access.log', line(1) + line(2));
    await run([path]);
    appendFileSync(path, line(3).slice(0, -2));
    expect((await run([path])).evidence).toMatchObject([{ rows: 1 }]);
    writeFileSync(path, [1, 2, 3, 4].map(line).join(''));
    const [third] = (await run([path])).evidence;
    expect(third.remarks.join()).toContain('Line 3 is a record of evidence 2 as it stood there');
  });
});

describe('a log whose last line had no end, and got it', () => {
  it('goes on behind it; both verify', async () => {
    const path = file('conn.log', longLog(30).trimEnd());
    await run([path]);
    writeFileSync(path, longLog(40));
    expect((await run([path])).evidence[0]).toMatchObject({ rows: 10, rejected: 0 });
    expect(await verified()).toMatchObject({ ok: true });
  });
});
