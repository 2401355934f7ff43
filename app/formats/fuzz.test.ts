import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../errors.ts';
import { Random } from '../shared/random.ts';
import { HEAD_BYTES, detectFormat, formats } from './registry.ts';
import { bytesOf, samples, type Sample } from './testing-corpus.ts';
import { DigestSink } from './testing-digest.ts';
import { monotonousLines, mutate } from './testing-mutations.ts';
import { LINE_LIMIT, type LogReader, type OpenedLog, type ReaderFigures } from './types.ts';

/** Changed lines of a run, over all samples together; another seed, and more of them, by asking. */
const LINES = Number(process.env['FLOWCASE_FUZZ_LINES'] ?? 200_000);
const SEED = Number(process.env['FLOWCASE_FUZZ_SEED'] ?? 2026);
const all = samples(3000);
const share = Math.ceil(LINES / all.length);
/** Lines of every format, to be put among those of others. */
const everywhere = all.flatMap(({ rows }) => rows.slice(0, 20));

interface Outcome {
  readonly sink: DigestSink;
  readonly figures: Pick<ReaderFigures, 'rows' | 'rejected' | 'comments' | 'lines' | 'first' | 'last'>;
  readonly tallies: ReadonlyMap<string, number>;
}

/** Fed in blocks of any size, each of which is overwritten afterwards. */
function inBlocks(log: OpenedLog, bytes: Uint8Array, cut: boolean, random: Random): Outcome {
  const sink = new DigestSink();
  const reader = log.read(sink);
  feed(reader, bytes, random);
  reader.end(cut);
  return { sink, figures: figuresOf(reader.figures), tallies: reader.figures.tallies };
}

function feed(reader: LogReader, bytes: Uint8Array, random: Random): void {
  for (let at = 0; at < bytes.length;) {
    const block = Uint8Array.from(bytes.subarray(at, at + 1 + random.below([50, 5000, 300_000][random.below(3)])));
    at += block.length;
    reader.feed(block);
    block.fill(0x22);
  }
}

/** Cut at line ends; every piece is read by one of two readers, which goes on where the piece before it was left. */
function inPieces(log: OpenedLog, bytes: Uint8Array, cut: boolean, random: Random): Outcome {
  const sink = new DigestSink();
  const readers = [log.read(sink), log.read(sink)];
  const tallies = new Map<string, number>();
  const sums = { rows: 0, rejected: 0, comments: 0, lines: 0, first: Infinity, last: -Infinity };
  let state: string | null = null;
  for (let at = 0; at < bytes.length || at === 0;) {
    const wanted = bytes.indexOf(10, at + random.below([200, 20_000, 400_000][random.below(3)])) + 1;
    const end = wanted === 0 ? bytes.length : wanted;
    const reader: LogReader = readers[random.below(state === null ? 1 : 2)];
    if (state !== null) reader.resume(state);
    Object.assign(sink.from, { lines: sums.lines, bytes: at });
    feed(reader, bytes.subarray(at, end), random);
    if (end === bytes.length) reader.end(cut);
    else {
      reader.flush();
      state = reader.state();
    }
    const { figures } = reader;
    for (const key of ['rows', 'rejected', 'comments', 'lines'] as const) sums[key] += figures[key];
    sums.first = Math.min(sums.first, figures.first ?? Infinity);
    sums.last = Math.max(sums.last, figures.last ?? -Infinity);
    for (const [key, count] of figures.tallies) tallies.set(key, (tallies.get(key) ?? 0) + count);
    at = end;
    if (at === bytes.length) break;
  }
  const { first, last } = sums;
  return { sink, figures: { ...sums, first: first === Infinity ? null : first, last: last === -Infinity ? null : last }, tallies };
}

function figuresOf({ rows, rejected, comments, lines, first, last }: ReaderFigures): Outcome['figures'] {
  return { rows, rejected, comments, lines, first, last };
}

/** Lines of a log as its splitter counts them; the first line end is a line feed in all of them. */
function linesIn(bytes: Uint8Array): number {
  let lines = bytes.length > 0 && bytes[bytes.length - 1] !== 10 ? 1 : 0;
  for (const byte of bytes) if (byte === 10) lines++;
  return lines;
}

function mustAddUp({ sink, figures }: Outcome, bytes: Uint8Array): void {
  expect(sink.wrong.slice(0, 5)).toEqual([]);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  expect(figures.lines).toBe(linesIn(bytes));
  expect([figures.rows, figures.rejected]).toEqual([sink.records.length, sink.rejects.length]);
}

/** Which of them differ first, and how many: two lists of a hundred thousand numbers tell a person nothing. */
function difference(a: readonly number[], b: readonly number[]): unknown {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 && a.length === b.length ? null : { at, of: [a.length, b.length] };
}

describe.each(all.map((sample) => [sample.title, sample] as const))('%s', (title, { format, options, head, rows }: Sample) => {
  const lines = { own: rows, head, foreign: everywhere };

  it('changed lines: no crash, a ledger that adds up, and the same in blocks and pieces of any size', () => {
    const random = new Random(SEED);
    const changed = Array.from({ length: share }, () => mutate(lines, random));
    for (let i = 0; i < 3; i++) changed[random.below(share)] += 'y'.repeat(LINE_LIMIT - 200 + random.below(400));
    const whole = bytesOf([...head, rows[0], ...changed, rows[0]]);
    const bytes = random.below(2) === 0 ? whole : whole.subarray(0, whole.length - 1 - random.below(rows[0].length));
    const cut = random.below(2) === 0;
    const log = format.open(bytes.subarray(0, HEAD_BYTES), options);
    const one = inBlocks(log, bytes, cut, random);
    mustAddUp(one, bytes);
    expect(one.figures.rows).toBeGreaterThan(share / 20);
    expect(one.figures.rejected).toBeGreaterThan(share / 200);
    const other = inPieces(log, bytes, cut, random);
    expect(other.figures).toEqual(one.figures);
    expect(difference(other.sink.rejects, one.sink.rejects)).toBeNull();
    expect(difference(other.sink.records, one.sink.records)).toBeNull();
    expect(log.remarks(other.tallies).toSorted()).toEqual(log.remarks(one.tallies).toSorted());
  });

  it('changed from the first byte on: taken for some log that is read to its end, or refused with a word', () => {
    const random = new Random(SEED + 11);
    for (let turn = 0; turn < 16; turn++) {
      const top = [...head, ...rows.slice(0, 5)];
      const changed = top.map((line) => (random.below(4) === 0 ? mutate({ own: [line], head, foreign: everywhere }, random) : line));
      const bytes = bytesOf(random.below(3) === 0 ? changed.toSorted(() => random.below(3) - 1) : changed);
      try {
        const found = detectFormat(bytes, 'a.log', options).format;
        for (const one of random.below(5) === 0 ? formats : [found]) {
          const settled = one.settle?.(bytes, options, 'a.log') ?? options;
          const reader = one.open(bytes, settled).read(new DigestSink());
          reader.feed(bytes);
          reader.end(false);
          const { rows: kept, rejected, comments, lines: count } = reader.figures;
          expect(kept + rejected + comments).toBe(count);
        }
      } catch (error) {
        if (!(error instanceof FlowcaseError)) throw error;
        expect(error.message.length).toBeGreaterThan(20);
      }
    }
  });

  // what a reader does with them depends on the format, not on the file
  if (!title.includes('/'))
    it('very long lines of nothing but the same: each is done with in time that grows with its length', () => {
      const random = new Random(SEED + 7);
      const long = monotonousLines(rows.at(-1) ?? '');
      for (let at = 0; at < long.length; at += 12) {
        const bytes = bytesOf([...head, rows[0], ...long.slice(at, at + 12), rows[0]]);
        const outcome = inBlocks(format.open(bytes.subarray(0, HEAD_BYTES), options), bytes, false, random);
        mustAddUp(outcome, bytes);
      }
    }, 20_000);
});
