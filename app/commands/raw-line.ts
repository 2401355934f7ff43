import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { bytesAt, isOfFile, stretchCandidates, stretchOf } from '../case/stretches.ts';
import type { Evidence } from '../contract/case.ts';
import { formatBytes, formatCount } from '../contract/format.ts';
import { isShapeName, lineShape } from '../formats/line-shapes.ts';

/** A line is shown up to this many bytes. */
export const RAW_LIMIT = 64 * 1024;
/** How far into a packed original is read for one line; about two seconds. */
const UNPACK_LIMIT = 256 * 2 ** 20;

export interface RawLine {
  readonly raw: string | null;
  /** Why there is none, for a person. */
  readonly rawMissing: string | null;
}

/** The line that begins at `offset` of the unpacked original, read from the file as it lies; never more than 64 KiB. Never throws for what the file is like. */
export async function readRawLine(evidence: Evidence, offset: number): Promise<RawLine> {
  try {
    if (stretchOf(evidence) !== null) return await receivedLine(evidence, offset);
    const { size } = await stat(evidence.path);
    if (size !== evidence.bytes) {
      const sizes = `${formatCount(evidence.bytes)} bytes when it was imported, ${formatCount(size)} now`;
      return missing(`${evidence.path} has changed since it was imported (${sizes}).`);
    }
    const file = await open(evidence.path, 'r');
    try {
      const bytes = (await isGzip(file)) ? await unpackAt(evidence, offset) : await readAt(file, offset);
      return bytes === null ? missing(tooFar(evidence, offset)) : lineOf(bytes, evidence);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return missing(`${evidence.path} is not there any more, or lies on another machine.`);
    return missing(`${evidence.path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Of what was received as it grew: from a file that still has what was received, at the same place. */
async function receivedLine(evidence: Evidence, offset: number): Promise<RawLine> {
  const { path } = evidence;
  if (!isOfFile(evidence)) return missing(`It came from ${path}, which keeps nothing that could be shown.`);
  for (const candidate of await stretchCandidates(evidence)) {
    if (await hasStretch(candidate, evidence)) return lineOf(await bytesAt(candidate, offset, RAW_LIMIT + 1), evidence);
  }
  return missing(`${path} was rotated away, packed or changed since it was received.`);
}

/** Found out once a file and state of the evidence: a stretch may be long. */
const sameBytes = new Map<string, boolean>();
const REMEMBERED = 1000;

async function hasStretch(path: string, evidence: Evidence): Promise<boolean> {
  const stretch = stretchOf(evidence);
  if (stretch === null || stretch.to === stretch.from) return false;
  const { mtimeMs, ino, size } = await stat(path);
  // a file that is being followed grows: what was there before stays as it was
  const key = `${path} ${ino} ${evidence.status === 'live' ? size >= stretch.to : `${size} ${mtimeMs}`} ${evidence.sha256}`;
  const known = sameBytes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for await (const block of createReadStream(path, { start: stretch.from, end: stretch.to - 1 })) hash.update(block as Uint8Array);
  const same = hash.digest('hex') === evidence.sha256;
  if (sameBytes.size > REMEMBERED) sameBytes.clear();
  sameBytes.set(key, same);
  return same;
}

function missing(rawMissing: string): RawLine {
  return { raw: null, rawMissing };
}

function tooFar(evidence: Evidence, offset: number): string {
  return `The line stands ${formatBytes(offset)} into ${evidence.path}, which is packed; at most ${formatBytes(UNPACK_LIMIT)} are unpacked for one line.`;
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const head = new Uint8Array(2);
  const { bytesRead } = await file.read(head, 0, 2, 0);
  return bytesRead === 2 && head[0] === 0x1f && head[1] === 0x8b;
}

async function readAt(file: FileHandle, offset: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(RAW_LIMIT + 1);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
  return buffer.subarray(0, bytesRead);
}

/** Bytes from `offset` of the unpacked file on; null where that is too far. */
async function unpackAt({ path, options: { shape } }: Evidence, offset: number): Promise<Uint8Array | null> {
  if (offset > UNPACK_LIMIT) return null;
  const source = createReadStream(path);
  const unpacked = createGunzip();
  source.on('error', (error) => unpacked.destroy(error));
  source.pipe(unpacked);
  const kept: Uint8Array[] = [];
  let position = 0;
  let length = 0;
  try {
    for await (const block of unpacked as AsyncIterable<Uint8Array>) {
      const from = Math.max(0, offset - position);
      position += block.length;
      if (from >= block.length) continue;
      kept.push(block.subarray(from));
      length += block.length - from;
      if (length > RAW_LIMIT || (!isShapeName(shape) && block.indexOf(10, from) >= 0)) break;
    }
  } catch (error) {
    // A file that is cut off ends in an error after its last byte; what was read before it counts.
    if (length === 0) throw error;
  } finally {
    source.destroy();
    unpacked.destroy();
  }
  return Buffer.concat(kept);
}

function lineOf(bytes: Uint8Array, { path, options }: Evidence): RawLine {
  if (bytes.length === 0) return missing(`${path} ends before this line.`);
  // a record that goes over several lines is shown as it stands there
  const { shape } = options;
  const end = (isShapeName(shape) ? lineShape(shape).lines(bytes) : bytes).indexOf(10);
  const line = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, RAW_LIMIT));
  return { raw: new TextDecoder().decode(line).replace(/\r$/, ''), rawMissing: null };
}
