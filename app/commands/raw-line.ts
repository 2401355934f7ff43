import { isContinuation, visibleUtf8 } from '../columns/visible-utf8.ts';
import { isOfFile, stretchOf } from '../case/stretches.ts';
import type { Evidence } from '../contract/case.ts';
import { formatBytes, formatCount, formatTime } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { isShapeName, lineShape } from '../formats/line-shapes.ts';
import { tableRecordEnd } from '../formats/table-record.ts';
import { newlineOf } from '../formats/lines.ts';
import { BEGINNING, Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import { Original } from '../original/original.ts';
import { keyOf, Look, Remembered, usualLimits, type Limits } from './raw-line-look.ts';
import { readHolder } from './raw-line-received.ts';

/** A line is shown up to this many bytes. */
export const RAW_LIMIT = 64 * 1024;

export interface RawLine {
  /** As text: a byte that is no UTF-8 stands as `\xHH`. */
  readonly raw: string | null;
  /** The bytes themselves in base64, where they are no UTF-8. */
  readonly rawBytes?: string;
  /** It is longer than RAW_LIMIT: its beginning alone is given. */
  readonly rawCut?: true;
  /** Why there is none, for a person. */
  readonly rawMissing: string | null;
}

/**
 * The line that begins at `offset` of what was read as this evidence: of its original, of what is packed in it, or of the file in it where it is an archive; never
 * more than 64 KiB. The original is read as it lies, and shown only where it is what was imported. Never throws for what the file is like.
 */
export async function readRawLine(evidence: Evidence, offset: number, limits: Limits = usualLimits): Promise<RawLine> {
  const key = `${evidence.id} ${evidence.path} ${evidence.sha256} ${limits.milliseconds}`;
  const before = late.get(key);
  if (before !== undefined && offset >= before.offset && performance.now() < before.until) return before.line;
  const look = new Look(limits);
  const line = await lineWithin(look, evidence, offset);
  if (look.over) late.set(key, { offset, until: performance.now() + RETRY, line });
  return line;
}

/** Where a line took too long, those behind it would too: for so long (ms) nobody waits for one of them again. */
const RETRY = 60_000;
const late = new Map<string, { readonly offset: number; readonly until: number; readonly line: RawLine }>();

async function lineWithin(look: Look, evidence: Evidence, offset: number): Promise<RawLine> {
  try {
    return await (stretchOf(evidence) === null ? importedLine(evidence, offset, look) : receivedLine(evidence, offset, look));
  } catch (error) {
    return missing(look.over ? tookLong(evidence, offset, look.limits) : whyNot(error, evidence));
  }
}

async function importedLine(evidence: Evidence, offset: number, look: Look): Promise<RawLine> {
  const original = await Original.open(evidence.path);
  try {
    const content = await Content.of(original, memberOf(evidence), nthOf(evidence));
    if (content.packed && offset > look.limits.unpacked) return missing(tooFar(evidence, offset, look.limits));
    const held = await holdsImported(content, evidence, look);
    if (held === null) return missing(tooLong(evidence, original));
    if (!held) return missing(changed(evidence, original));
    return await lineAt(content, evidence, offset, look);
  } finally {
    await original.close();
  }
}

/** Of an archive: the file in it. */
function memberOf({ options: { member } }: Evidence): string | undefined {
  return typeof member === 'string' ? member : undefined;
}

/** Which of several members of one name. */
function nthOf({ options: { memberNth } }: Evidence): number {
  return typeof memberNth === 'number' ? memberNth : 1;
}

/** Of what was received as it grew: from a file that still has what was received, at the same place. */
async function receivedLine(evidence: Evidence, offset: number, look: Look): Promise<RawLine> {
  const { path } = evidence;
  if (!isOfFile(evidence)) return missing(`It came from ${path}, which keeps nothing that could be shown.`);
  const found = await readHolder(evidence, look, (content) => lineAt(content, evidence, offset, look));
  if (typeof found === 'object') return found;
  if (found === 0)
    return missing(`${path} was rotated away or changed since it was received, and no file beside it has what was received.`);
  const files = found === 1 ? 'a file' : `${formatCount(found)} files`;
  return missing(
    `${path} was rotated away or changed since it was received. It may be in ${files} beside it, too long to be looked through for one line: verify the case to know.`,
  );
}

const held = new Remembered<boolean>();

/** Whether the file holds what was imported, or begins with it; null: it is too long to find out. */
async function holdsImported(content: Content, evidence: Evidence, look: Look): Promise<boolean | null> {
  const { original } = content;
  const { bytes, sha256, unpackedBytes, unpackedSha256, modified } = evidence;
  const { trusted, hashed, unpacked } = look.limits;
  if (original.bytes === bytes) {
    if (bytes > trusted && original.modified === modified) return true;
    const same =
      bytes > hashed ? null : await held.of(keyOf(original, sha256), () => hasHash(Content.asItLies(original), bytes, sha256, look));
    if (same === true || !content.packed) return same;
  }
  // grown since, or packed otherwise
  const sum = unpackedSha256 ?? sha256;
  if (!content.packed && original.bytes < unpackedBytes) return false;
  if (unpackedBytes > (content.packed ? unpacked : hashed)) return null;
  return held.of(`${keyOf(original, sum)} ${unpackedBytes} ${nthOf(evidence)} ${memberOf(evidence) ?? ''}`, () =>
    hasHash(content, unpackedBytes, sum, look),
  );
}

async function hasHash(content: Content, to: number, sha256: string, { step, pass }: Look): Promise<boolean> {
  const own = await hashOf(content, { to, step, pass });
  return own.bytes === to && own.sha256 === sha256;
}

/** Around a line of what is packed so much is kept: the next one that is asked for stands beside it. */
const AROUND = 2 ** 19;

/** What was unpacked last. `whole`: nothing comes behind it. */
let window: { readonly key: string; readonly from: number; readonly bytes: Uint8Array; readonly whole: boolean } | null = null;

async function lineAt(content: Content, evidence: Evidence, offset: number, look: Look): Promise<RawLine> {
  const bytes = content.packed ? await unpackedAt(content, evidence, offset, look) : await content.at(offset, offset + RAW_LIMIT + 1);
  return lineOf(bytes, content, evidence);
}

async function unpackedAt(content: Content, evidence: Evidence, offset: number, { pass }: Look): Promise<Uint8Array> {
  const key = keyOf(content.original, `${evidence.sha256} ${nthOf(evidence)} ${memberOf(evidence) ?? ''}`);
  const end = offset + RAW_LIMIT + 1;
  let there = window;
  if (there === null || there.key !== key || offset < there.from || (!there.whole && end > there.from + there.bytes.length)) {
    const from = Math.max(0, offset - AROUND);
    const to = offset + AROUND;
    const bytes = await content.collected({ from, to, pass });
    there = { key, from, bytes, whole: bytes.length < to - from };
    window = there;
  }
  return there.bytes.subarray(Math.max(0, offset - there.from), end - there.from);
}

async function lineOf(bytes: Uint8Array, content: Content, { path, options }: Evidence): Promise<RawLine> {
  if (bytes.length === 0) return missing(`${path} ends before this line.`);
  // a record that goes over several lines is shown as it stands there
  const { shape } = options;
  const delimiter = delimiterOf(options);
  const lines = isShapeName(shape) ? lineShape(shape).lines(bytes) : bytes;
  const whole = delimiter === null ? -1 : tableRecordEnd(bytes, delimiter);
  const end = whole >= 0 ? whole : await endOf(lines, content);
  return shownLine(bytes, end < 0 ? bytes.length : end);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** bytes[0..end), as far as it is shown. */
function shownLine(bytes: Uint8Array, end: number): RawLine {
  const isCut = end > RAW_LIMIT;
  let stop = isCut ? RAW_LIMIT : bytes[end - 1] === CR ? end - 1 : end;
  // within no character
  for (let back = 0; isCut && back < 3 && isContinuation(bytes[stop]); back++) stop--;
  const cut = isCut ? { rawCut: true as const } : {};
  const visible = visibleUtf8(bytes, 0, stop);
  if (visible === null) return { raw: decoder.decode(bytes.subarray(0, stop)), ...cut, rawMissing: null };
  const rawBytes = Buffer.from(bytes.subarray(0, stop)).toString('base64');
  return { raw: decoder.decode(visible), rawBytes, ...cut, rawMissing: null };
}

/** What parts the fields of a table whose records may go over several lines; null: it is no such table, or its lines end in CR. */
function delimiterOf({ mapping }: Evidence['options']): string | null {
  const delimiter = typeof mapping === 'object' && mapping !== null && 'delimiter' in mapping ? mapping.delimiter : null;
  return typeof delimiter === 'string' ? delimiter : null;
}

/** Where the line ends: at a LF, and at a CR in a log whose lines end so. */
async function endOf(bytes: Uint8Array, content: Content): Promise<number> {
  const end = bytes.indexOf(LF);
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  const bare = line.indexOf(CR);
  if (bare < 0 || newlineOf(line, true) === LF) return end;
  return newlineOf(await content.at(0, BEGINNING), true) === CR ? bare : end;
}

const LF = 10;
const CR = 13;

function missing(rawMissing: string): RawLine {
  return { raw: null, rawMissing };
}

function tooFar({ path }: Evidence, offset: number, { unpacked }: Limits): string {
  return `The line stands ${formatBytes(offset)} into what is packed in ${path}; at most ${formatBytes(unpacked)} are unpacked for one line.`;
}

function changed({ path, bytes }: Evidence, original: Original): string {
  const what =
    original.bytes === bytes
      ? 'it is as long as it was, but holds other bytes'
      : `${formatCount(bytes)} bytes when it was imported, ${formatCount(original.bytes)} now`;
  return `${path} has changed since it was imported (${what}).`;
}

function tooLong({ path, bytes, modified }: Evidence, original: Original): string {
  const times =
    modified === null
      ? ''
      : `: last changed ${formatTime(original.modified, 0)} UTC, and ${formatTime(modified, 0)} UTC when it was imported`;
  const what =
    original.bytes === bytes
      ? `may be another file by now${times}`
      : `has ${formatCount(original.bytes)} bytes, ${formatCount(bytes)} when it was imported`;
  return `${path} ${what}. It is too long to be compared for one line: verify the case to know.`;
}

function tookLong({ path }: Evidence, offset: number, { milliseconds }: Limits): string {
  const seconds = `${formatCount(milliseconds / 1000)} seconds`;
  return `The line stands ${formatBytes(offset)} into ${path}: comparing the file with what was imported, and unpacking it up to there, takes longer than the ${seconds} that are given to one line.`;
}

function whyNot(error: unknown, { path }: Evidence): string {
  if (!(error instanceof FlowcaseError)) return `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
  const { code, details } = error;
  const system = details?.['system'];
  if (code === 'FILE_NOT_FOUND' && error.message.startsWith('There is no file'))
    return `${path} is not there any more, or lies on another machine.`;
  if (system === 'ENOTDIR') return `${path} is not there any more, or lies on another machine.`;
  if (system === 'EISDIR' || (code === 'FILE_UNREADABLE' && system === undefined)) return `${path} is no file any more.`;
  return code === 'FILE_NOT_FOUND' || code === 'FILE_DAMAGED'
    ? `${path} has changed since it was imported: ${error.message}`
    : error.message;
}
