import fc from 'fast-check';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../../case/open.ts';
import { caseFields, figures as someFigures, scratchFolder, source } from '../../case/testing.ts';
import { LINE_COLUMN, OFFSET_COLUMN, type ChunkView, type RecordTable } from '../../columns/types.ts';
import type { Cell } from '../../contract/records.ts';
import { newlineOf } from '../../formats/lines.ts';
import { HEAD_BYTES, formats } from '../../formats/registry.ts';
import { outcome, readLog, type ReadBack } from '../../formats/testing.ts';
import { LINE_LIMIT, type LogFormat, type ReaderFigures } from '../../formats/types.ts';
import { Crew } from './crew.ts';
import type { Part } from './messages.ts';
import { PieceCutter, shortLog, type PieceSizes } from './piece-cutter.ts';
import { PieceImport } from './piece-import.ts';

const scratch = scratchFolder();
const createThread = (): Worker => new Worker(new URL('./parse-thread.ts', import.meta.url));
const crews = [0, 1, 2, 3].map((threads) => new Crew({ threads, createThread }));
afterAll(async () => {
  await Promise.all(crews.map((crew) => crew.close()));
  scratch.remove();
});

interface Imported {
  /** What the custody log keeps of it: digests over records, rejects, hosts and dictionaries, and the ledger. */
  readonly sealed: unknown;
  readonly figures: ReaderFigures;
  /** Of short logs. */
  readonly rows: Map<string, Cell>[];
  readonly lines: Float64Array[];
  readonly offsets: Float64Array[];
  readonly rejects: unknown[];
  readonly chunks: number[];
}

let cases = 0;

/** A log through pieces of these sizes into a case of its own. */
async function importLog(format: LogFormat, log: Uint8Array, crew: Crew, sizes: PieceSizes, block = 1000): Promise<Imported> {
  const head = log.slice(0, HEAD_BYTES);
  const opened = format.open(head, {});
  const path = join(scratch.path, `${++cases}.flowcase`);
  const writer = createCase(path, { ...caseFields, now: () => 1_700_000_000_000_000 });
  try {
    const session = writer.beginEvidence(source('log', opened.kind));
    const parts: Part[] = [];
    const cutter = new PieceCutter(head, newlineOf(log, true), sizes, (part) => parts.push(part));
    const pieces = new PieceImport({
      session,
      log: { format: format.id, head, options: {}, compress: false },
      from: null,
      hands: crew.hands(Infinity),
      giveBack: (buffer) => cutter.giveBack(buffer),
      step: () => undefined,
    });
    const read = async (): Promise<void> => {
      for (const part of parts.splice(0)) await pieces.add(part);
    };
    for (let at = 0; at < log.length; at += block) {
      cutter.add(Uint8Array.from(log.subarray(at, at + block)));
      await read();
    }
    cutter.end(false);
    await read();
    await pieces.finish();
    const { rows, rejected, comments, lines, first, last } = pieces.figures;
    session.finish({ ...someFigures(0), rows, rejected, comments, lines, first, last });
    const reader = openCaseForReading(path);
    try {
      const table = reader.table(opened.kind);
      return {
        sealed: {
          ...reader.custody().at(-1)?.details,
          recognised: pieces.figures.recognised,
          remarks: opened.remarks(pieces.figures.tallies),
        },
        figures: pieces.figures,
        rows: table.rows > 10_000 ? [] : table.chunks.flatMap((chunk) => recordsOf(table, chunk)),
        lines: table.chunks.map((chunk) => chunk.numbers(LINE_COLUMN).slice()),
        offsets: table.chunks.map((chunk) => chunk.numbers(OFFSET_COLUMN).slice()),
        rejects: reader
          .rejects({ offset: 0, limit: 100_000 })
          .rejects.map(({ line, offset, reason, what, text }) => ({ line, offset, reason, what, text })),
        chunks: table.chunks.map((chunk) => chunk.rows),
      };
    } finally {
      reader.close();
    }
  } finally {
    writer.close();
  }
}

/** By every crew; none is at work any more afterwards, even where one failed. */
async function importByAll(format: LogFormat, log: Uint8Array, pieces: PieceSizes, block: number): Promise<Imported[]> {
  const settled = await Promise.allSettled(crews.map((crew) => importLog(format, log, crew, pieces, block)));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

function recordsOf(table: RecordTable, chunk: ChunkView): Map<string, Cell>[] {
  const cells = table.columns.map(({ name, storage, dictionary }): ((row: number) => Cell) => {
    if (storage === 'number') {
      const values = chunk.numbers(name);
      return (row) => (Number.isNaN(values[row]) ? null : values[row]);
    }
    if (dictionary !== null) {
      const ids = chunk.ids(name);
      return (row) => (ids[row] === 0 ? null : table.dictionary(dictionary).textOf(ids[row]));
    }
    const { offsets, bytes, absent } = chunk.text(name);
    return (row) => (absent?.[row] === 1 ? null : Buffer.from(bytes.subarray(offsets[row], offsets[row + 1])).toString());
  });
  return Array.from({ length: chunk.rows }, (_, row) => new Map(table.columns.map(({ name }, i) => [name, cells[i](row)])));
}

/**
 * The same through one reader from beginning to end. Which of two columns of one name is called `_2` depends on what is decided first; the
 * case keeps a little less of the text of a reject.
 */
function expectSequential(format: LogFormat, log: Uint8Array, { rows, rejects, figures }: Imported): void {
  const sequential = readLog(format, log);
  const plain = (all: unknown): unknown =>
    JSON.parse(JSON.stringify(all), (_, value: unknown) =>
      typeof value === 'string' ? value.replace(/(_2)+$/, '').slice(0, 1000) : value,
    );
  const sink = Object.assign(Object.create(sequential.sink) as typeof sequential.sink, { records: rows, rejects });
  // a remark that every piece makes is one remark
  const { remarks } = format.open(log.subarray(0, HEAD_BYTES), {});
  const said = (of: ReaderFigures): unknown => ({ ...of, tallies: new Map(remarks(of.tallies).map((remark) => [remark, 1])) });
  const compared = (read: ReadBack): unknown => plain(outcome({ ...read, figures: said(read.figures) as ReaderFigures }));
  expect(compared({ sink, figures })).toEqual(compared(sequential));
}

/** Examples of all formats, lines repeated, put elsewhere, hurt and joined, in any kind of line end. */
const logs = (format: LogFormat): fc.Arbitrary<Buffer> => {
  const own = format.example.split('\n').filter((text) => text !== '');
  const strange = formats.flatMap((other) => (other === format ? [] : other.example.split('\n')));
  const line = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...own) },
    { weight: 1, arbitrary: fc.constantFrom('', 'no record', ...strange) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...own), fc.nat(80), fc.string({ maxLength: 3 })).map(([text, at, noise]) => {
        return text.slice(0, at) + noise + text.slice(at + 1);
      }),
    },
  );
  // most begin as such a log does
  return fc
    .tuple(
      fc.boolean(),
      fc.array(line, { minLength: 1, maxLength: 120 }),
      fc.constantFrom('\n', '\n', '\r\n', '\r'),
      fc.constantFrom('', 'end'),
    )
    .map(([whole, lines, newline, end]) => Buffer.from([...(whole ? own : []), ...lines, end].join(newline)));
};

const sizes = fc.record({
  first: fc.integer({ min: 1, max: 30 }),
  rows: fc.integer({ min: 1, max: 60 }),
  least: fc.integer({ min: 1, max: 400 }),
  most: fc.integer({ min: 400, max: 20_000 }),
});

describe.each(formats.map((format) => [format.id, format] as const))('%s in pieces', (_, format) => {
  it('gives the same case with any number of threads, and the records of one reader', async () => {
    await fc.assert(
      fc.asyncProperty(logs(format), sizes, fc.integer({ min: 1, max: 5000 }), async (log, pieces, block) => {
        const [alone, ...others] = await importByAll(format, log, pieces, block);
        for (const other of others) expect(other.sealed).toEqual(alone.sealed);
        expectSequential(format, log, alone);
      }),
      { numRuns: 6 },
    );
  });

  it('reads lines that are longer than a piece, and than any line may be', async () => {
    const long = `${'x'.repeat(LINE_LIMIT - 10)}\n${'y'.repeat(LINE_LIMIT * 3)}\n`;
    const log = Buffer.from(`${format.example}${long}${format.example}${'z'.repeat(LINE_LIMIT + 5)}`);
    const pieces = { first: 1, rows: 1, least: 50_000, most: 2 ** 19 };
    const [alone, ...others] = await importByAll(format, log, pieces, 300_000);
    for (const other of others) expect(other.sealed).toEqual(alone.sealed);
    expectSequential(format, log, alone);
  });
});

describe('pieces of a plain log', () => {
  const [zeek] = formats;
  const rows = 150_000;
  const row = (i: number): string =>
    `17135568${String(i % 100).padStart(2, '0')}.000000\tC${i}\t10.0.${i % 7}.${i % 250}\t40000\t192.0.2.10\t443\ttcp\tssl\t1.500000\t${i}\t2000\tSF`;
  const head = zeek.example.split('\n').filter((line) => /^#(?!close)/.test(line));
  const log = Buffer.from(`${[...head, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n')}\n`);

  it('fill chunks nearly, and are cut at the same places in blocks of any size', async () => {
    const one = await importLog(zeek, log, crews[2], shortLog, 2 ** 20);
    const other = await importLog(zeek, log, crews[0], shortLog, 70_001);
    expect(other.sealed).toEqual(one.sealed);
    expect(one.chunks.slice(0, -1).every((count) => count > 55_000 && count <= 65_536)).toBe(true);
    expect(one.figures).toMatchObject({ rows, lines: rows + head.length });
    const ascending = (from: number): number[] => Array.from({ length: rows }, (_, i) => i + from);
    expect(one.lines.flatMap((lines) => [...lines])).toEqual(ascending(head.length + 1));
    expect(one.offsets.at(-1)?.at(-1)).toBe(log.length - row(rows - 1).length - 1);
  });
});
