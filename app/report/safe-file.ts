import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Transform, type Writable } from 'node:stream';
import { FlowcaseError } from '../errors.ts';

/** What was written. */
export interface Written {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes a file beside its place and renames it when it is whole, so that nobody ever sees half of it; what fails leaves nothing behind.
 * `fill` gets a stream and must end it.
 * @throws FlowcaseError WRITE_FAILED, and what `fill` throws
 */
export async function writeWhole<T>(path: string, fill: (output: Writable) => Promise<T>): Promise<Written & { readonly filled: T }> {
  const file = resolve(path);
  const temporary = join(dirname(file), `.${basename(file).slice(0, 100)}.${randomUUID().slice(0, 8)}.part`);
  const hash = createHash('sha256');
  const meter = measuring(hash);
  const disk = createWriteStream(temporary, { flags: 'wx', mode: 0o644, flush: true });
  let broken: Error | null = null;
  const landed = new Promise<void>((done, fail) => {
    disk.on('finish', done).on('error', (error) => {
      broken = error;
      meter.stream.destroy(error);
      fail(error);
    });
  });
  landed.catch(() => undefined);
  meter.stream.pipe(disk);
  try {
    const filled = await fill(meter.stream);
    await landed;
    await rename(temporary, file);
    return { file, bytes: meter.bytes(), sha256: hash.digest('hex'), filled };
  } catch (error) {
    // What the disk said is the cause; that the stream then ended early is only what followed.
    const cause = broken ?? error;
    meter.stream.destroy();
    await closed(disk);
    await rm(temporary, { force: true });
    throw asWriteError(cause, file);
  }
}

function measuring(hash: Hash): { readonly stream: Transform; readonly bytes: () => number } {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      hash.update(chunk);
      next(null, chunk);
    },
  });
  // Whoever waits for the file hears of its errors.
  stream.on('error', () => undefined);
  return { stream, bytes: () => bytes };
}

async function closed(disk: Writable): Promise<void> {
  if (disk.closed) return;
  await new Promise<void>((resolve) => {
    disk.once('close', resolve);
    disk.destroy();
  });
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full. Make room, or choose another disk'],
  ['EDQUOT', 'your quota on that disk is used up. Make room, or choose another disk'],
  ['EACCES', 'you may not write there. Choose another folder'],
  ['EPERM', 'you may not write there. Choose another folder'],
  ['EROFS', 'that disk can only be read. Choose another folder'],
  ['ENOENT', 'its folder is not there. Make it first, or choose another'],
  ['ENOTDIR', 'its folder is a file. Choose another folder'],
  ['EISDIR', 'a folder of that name is there. Choose another name'],
  ['ENAMETOOLONG', 'the name is too long. Choose a shorter one'],
  ['EBUSY', 'another program has it open. Close it there, or choose another name'],
]);

/** Why a file could not be written and what to do, for a person, without the dot at the end. */
export function writeReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const what = error instanceof Error ? error.message : String(error);
  return reasons.get(code) ?? `${what}. Try again, or choose another place`;
}

function asWriteError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof FlowcaseError || !('code' in error) || typeof error.code !== 'string') return error;
  if (!('syscall' in error)) return error;
  const reason = writeReason(error);
  return new FlowcaseError(
    'WRITE_FAILED',
    `${file} could not be written: ${reason}. Nothing was left behind.`,
    { path: file, reason: error.code },
    error,
  );
}
