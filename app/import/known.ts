import { createHash, type Hash } from 'node:crypto';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stretchOf } from '../case/stretches.ts';
import type { CaseWriter, ResumePoint } from '../case/types.ts';
import type { Continuation, Evidence, Reject } from '../contract/case.ts';
import { formatCount } from '../contract/format.ts';
import { isShapeName, lineShape, type ShapeName } from '../formats/line-shapes.ts';
import { newlineSoFar } from '../formats/lines.ts';
import { HEAD_BYTES, formatById } from '../formats/registry.ts';
import { stateBehindLine } from '../formats/wrapped.ts';
import { LINE_LIMIT, REJECT_TEXT, type FormatOptions, type LogFormat, type ReaderFigures } from '../formats/types.ts';
import { Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import type { Place } from './pieces/piece-import.ts';

/** Of a log's beginning so many bytes tell whether another one may be a later state of it. */
export const FINGERPRINT = 2 ** 16;
/** Of a long line so much is searched at once for its end. */
const SEARCHED = 2 ** 20;
/** Reason of rejects: earlier evidence has the beginning of the line as a record. */
const SUPERSEDED = 'CUT_BEFORE';
const LF = 10;
const CR = 13;

/** An evidence whose bytes are the beginning of a file. */
export interface Earlier {
  readonly evidence: Evidence;
  readonly point: ResumePoint;
  /** So many of the file's first bytes the case has, by this evidence and those that it goes on from. */
  readonly end: number;
  /** SHA-256 of these bytes. */
  readonly hash: Hash;
}

/** What the case knows of a file: all of it, the beginning of it, or nothing. */
export type Known = { readonly same: Evidence } | { readonly earlier: Earlier } | null;

/** What a log's beginning, of which these are the first bytes, is known by. */
export function fingerprint(head: Uint8Array): ResumePoint['head'] {
  const beginning = head.subarray(0, FINGERPRINT);
  return { bytes: beginning.length, sha256: createHash('sha256').update(beginning).digest('hex') };
}

/** Whether evidence that is known by a mark begins like the file with this head; null where the head is too short to tell. */
export function beginsLike(head: Uint8Array): (mark: ResumePoint['head']) => boolean | null {
  const sums = new Map<number, string>();
  return ({ bytes, sha256 }) => {
    if (head.length < bytes) return null;
    let own = sums.get(bytes);
    if (own === undefined) sums.set(bytes, (own = fingerprint(head.subarray(0, bytes)).sha256));
    return own === sha256;
  };
}

/**
 * Looks for the file among the evidence. It is read for it only where it is as long as one that is there, or begins like one that is shorter; of a packed
 * file so much is unpacked for it. `step` is called often.
 */
export async function findKnown(writer: CaseWriter, content: Content, step: () => void): Promise<Known> {
  const all = writer.evidence();
  const { original } = content;
  const alike = all.some((one) => one.bytes === original.bytes || (!content.packed && one.unpackedBytes === original.bytes));
  const same = alike ? writer.evidenceWith((await hashOf(Content.asItLies(original), { step })).sha256) : null;
  if (same !== null) return { same };
  const earlier = await startsAlike(writer, all, content);
  const end = earlier.at(-1)?.evidence.unpackedBytes ?? 0;
  if (end === 0) return null;

  const hash = createHash('sha256');
  let position = 0;
  let found: Earlier | null = null;
  await content.read(
    (block) => {
      const start = position;
      for (const { evidence, point } of earlier) {
        const at = evidence.unpackedBytes;
        if (at <= start || at > start + block.length) continue;
        hash.update(block.subarray(position - start, at - start));
        position = at;
        if (hash.copy().digest('hex') === (evidence.unpackedSha256 ?? evidence.sha256))
          found = { evidence, point, end: at, hash: hash.copy() };
      }
      hash.update(block.subarray(position - start));
      position = start + block.length;
    },
    { to: end, step },
  );
  return found === null ? null : { earlier: found };
}

/** Evidence that is shorter than the file and begins with the same bytes, the shortest first. */
async function startsAlike(writer: CaseWriter, all: readonly Evidence[], content: Content): Promise<Pick<Earlier, 'evidence' | 'point'>[]> {
  const points = writer.resumePoints();
  const shorter = all.flatMap((evidence) => {
    const point = points.get(evidence.id);
    // many logs begin with the same header
    const said = evidence.rows > 0 || evidence.continues !== undefined;
    const fits =
      said && point !== undefined && evidence.unpackedBytes < (content.length ?? Infinity) && evidence.program === writer.program;
    return fits ? [{ evidence, point }] : [];
  });
  if (shorter.length === 0) return [];
  const isLike = beginsLike(await content.at(0, FINGERPRINT));
  const alike = shorter.filter(({ point }) => isLike(point.head) === true);
  return alike.sort((a, b) => a.evidence.unpackedBytes - b.evidence.unpackedBytes);
}

/** What stands among the options of evidence beside those of its format. */
const ofImport: ReadonlySet<string> = new Set([
  ...['format', 'force', 'recognised', 'member', 'memberNth', 'maxRejects', 'shape'],
  // where it was received as it grew
  ...['source', 'from'],
]);

/** How evidence was read. */
export function optionsOf(evidence: Evidence): FormatOptions {
  return Object.fromEntries(Object.entries(evidence.options).filter(([key]) => !ofImport.has(key)));
}

/** A line of which earlier evidence has the beginning as a record, as it is rejected now. `ended`: its end is there by now. */
export type Superseded = Omit<Reject, 'evidence'> & { readonly ended: boolean };

/** The rest of a file of which the case has the beginning. */
export interface Tail {
  readonly earlier: Earlier;
  readonly format: LogFormat;
  readonly options: FormatOptions;
  /** The beginning that the earlier evidence had. */
  readonly head: Uint8Array;
  readonly newline: number;
  readonly mark: ResumePoint['head'];
  readonly shape: ShapeName | null;
  readonly from: Place;
  /** The line in which the earlier evidence ended and that it took as a record; null where there is none. */
  readonly superseded: Superseded | null;
  /** For a person. */
  readonly remark: string;
}

/** How to read on behind evidence; null where it was read otherwise than is asked for now, so that one cannot go on from the other. */
export async function tailOf(
  earlier: Earlier,
  content: Content,
  all: readonly Evidence[],
  asked: { readonly format: string | undefined; readonly options: FormatOptions },
): Promise<Tail | null> {
  const { evidence } = earlier;
  const options = optionsOf(evidence);
  const own = Object.values(asked.options).some((value) => value !== undefined);
  if ((asked.format ?? evidence.format) !== evidence.format || (own && !isDeepStrictEqual(asked.options, options))) return null;
  const beginning = await content.at(0, HEAD_BYTES + 2);
  const bytes = beginning.slice(0, Math.min(HEAD_BYTES, earlier.end));
  const shape = isShapeName(evidence.options['shape']) ? evidence.options['shape'] : null;
  const head = shape === null ? bytes : lineShape(shape).lines(bytes);
  const newline = newlineSoFar(beginning, beginning.length < HEAD_BYTES + 2);
  if (newline === 0) return null;
  const { from, superseded } = await startOf(earlier, content, newline, all);
  const begun = superseded === null ? from.lines : superseded.line - 1;
  const lines = begun === 0 ? 'Nothing' : `Lines 1 to ${formatCount(begun)}`;
  const name = earlierName(earlier, content);
  const cut =
    superseded === null
      ? ''
      : ` Line ${formatCount(superseded.line)} is a record of evidence ${superseded.holder} as it stood there, without its end: its last value may be cut. It is not counted again: all of it is among the rejects (${SUPERSEDED}). To have that record whole, remove evidence ${superseded.holder}, and what goes on from it, and import the whole file.`;
  const remark =
    stretchOf(evidence) === null
      ? `${lines} of it came from ${name}, with whose bytes it begins.${cut}`
      : `${lines} of it are in the case already, the last of them as ${name}, received while it was watched: only what comes behind them was imported.`;
  const mark = fingerprint(bytes);
  return { earlier, format: formatById(evidence.format), options, head, newline, mark, shape, from, superseded, remark };
}

/** A last line without its end that was a record all the same is not read again: where it went on, it is kept as a reject. */
async function startOf(
  { evidence, point }: Earlier,
  content: Content,
  newline: number,
  all: readonly Evidence[],
): Promise<{ readonly from: Place; readonly superseded: (Superseded & { readonly holder: number }) | null }> {
  if (point.rest !== 'record') return { from: point, superseded: null };
  const [last, first, second] = await content.at(evidence.unpackedBytes - 1, evidence.unpackedBytes + 2);
  const end = first === LF ? 1 : first === CR ? (second === LF ? 2 : 1) : 0;
  const isEnded = end > 0 || (newline === CR && last === CR);
  const next = isEnded ? { bytes: evidence.unpackedBytes + end, ended: true } : await lineEnd(content, evidence.unpackedBytes, newline);
  // of a line that is longer than any may be nothing was taken as a record
  const whole = await content.at(point.bytes, Math.min(next.bytes, point.bytes + LINE_LIMIT + 2));
  const from = { state: stateBehindLine(evidence.format, point.state, whole), lines: point.lines + 1, bytes: next.bytes };
  if (isEnded) return { from, superseded: null };
  const text = await content.at(point.bytes, Math.min(from.bytes, point.bytes + REJECT_TEXT));
  const line = point.lines + 1;
  const holder = holderOf(line, evidence, all);
  const reject = {
    line,
    offset: point.bytes,
    reason: SUPERSEDED,
    what: `evidence ${holder} has its beginning as a record`,
    text: new TextDecoder().decode(text).replace(/[\r\n]+$/, ''),
  };
  return { from, superseded: { ...reject, ended: next.ended, holder } };
}

/** The number of the evidence that has this line as a record: what goes on from it may have ended within the line as well. */
function holderOf(line: number, evidence: Evidence, all: readonly Evidence[]): number {
  let one = evidence;
  for (;;) {
    const { continues, rows } = one;
    const before = rows === 0 && continues?.line === line ? all.find(({ id }) => id === continues.evidence) : undefined;
    if (before === undefined) return one.id;
    one = before;
  }
}

/** The place behind the next line end; that of the content's end where there is none. */
async function lineEnd(content: Content, from: number, newline: number): Promise<{ readonly bytes: number; readonly ended: boolean }> {
  for (let at = from; ; at += SEARCHED) {
    const bytes = await content.at(at, at + SEARCHED);
    const found = bytes.indexOf(newline);
    if (found >= 0) return { bytes: at + found + 1, ended: true };
    if (bytes.length < SEARCHED) return { bytes: at + bytes.length, ended: false };
  }
}

/** Where the rest begins, for the evidence. */
export function continuation({ earlier, from, superseded }: Tail): Continuation {
  const { line, offset } = superseded ?? { line: from.lines + 1, offset: from.bytes };
  return { evidence: earlier.evidence.id, line, byte: offset };
}

/** The ledger of the rest with the line that is not read again. */
export function withSuperseded(figures: ReaderFigures, tail: Tail | null): ReaderFigures {
  if (tail === null || tail.superseded === null) return figures;
  return { ...figures, lines: figures.lines + 1, rejected: figures.rejected + 1 };
}

/** How a person is told what a log goes on from. */
export function earlierName({ evidence }: Pick<Earlier, 'evidence'>, { original }: Content): string {
  const other = evidence.name === basename(original.path) ? '' : ` (${evidence.name})`;
  return `evidence ${evidence.id}${other}`;
}
