import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat, truncate, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { FlowcaseError } from '../../errors.ts';
import type { LogLine } from './log-lines.ts';
import { joinedBytes, type Target } from './target.ts';

/** How a log file makes place for a new one, as logrotate does it: the newest of the old ones is called FILE.1. */
export const rotationKinds = ['rename', 'copytruncate'] as const;
export type RotationKind = (typeof rotationKinds)[number];

export interface Rotation {
  readonly kind: RotationKind;
  /** After so many records. */
  readonly every: number;
  /** The old file is packed: FILE.1.gz. */
  readonly gzip: boolean;
}

export interface FileTargetOptions {
  readonly rotation: Rotation | null;
  /** Goes on with a file that is there already, which is refused otherwise: it may be evidence. */
  readonly append: boolean;
}

/** A log file that grows, and rotates if it is to. */
export class FileTarget implements Target {
  readonly name: string;
  readonly #path: string;
  readonly #rotation: Rotation | null;
  #file: FileHandle;
  /** The header, with which a new file begins as the first one did. */
  #head: LogLine[] = [];
  #records = 0;
  #total = 0;
  readonly #made: boolean;
  #written = false;
  /** How often it rotated. */
  rotations = 0;

  private constructor(path: string, file: FileHandle, { rotation, append }: FileTargetOptions) {
    this.#made = !append;
    this.name = path;
    this.#path = path;
    this.#file = file;
    this.#rotation = rotation;
  }

  /** @throws FlowcaseError WRITE_FAILED */
  static async open(path: string, options: FileTargetOptions): Promise<FileTarget> {
    try {
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (options.append ? 0 : constants.O_EXCL);
      return new FileTarget(path, await open(path, flags), options);
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw writeError(error, path);
      const message = `${path} is there already and was left as it is. Choose another name, or say --append to go on with it.`;
      throw new FlowcaseError('WRITE_FAILED', message, { path });
    }
  }

  async write(lines: readonly LogLine[]): Promise<void> {
    try {
      for (let from = 0; from < lines.length;) {
        if (this.#rotation !== null && this.#records >= this.#rotation.every) await this.#rotate(this.#rotation);
        const to = this.#untilRotation(lines, from);
        const part = lines.slice(from, to);
        if (this.#total === 0) this.#head.push(...part.slice(0, headLength(part)));
        await this.#append(joinedBytes(part));
        const records = part.filter(({ kind }) => kind !== 'head').length;
        this.#records += records;
        this.#total += records;
        from = to;
      }
    } catch (error) {
      throw writeError(error, this.#path);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
    // nothing came: no file is left behind that was not there
    if (this.#made && !this.#written) await rm(this.#path);
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#written ||= bytes.length > 0;
    for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at)).bytesWritten;
  }

  /** Behind the line with which the file is full. */
  #untilRotation(lines: readonly LogLine[], from: number): number {
    let room = (this.#rotation?.every ?? Infinity) - this.#records;
    let to = from;
    while (to < lines.length && room > 0) if (lines[to++].kind !== 'head') room--;
    return to;
  }

  async #rotate({ kind, gzip }: Rotation): Promise<void> {
    await this.#makeRoom();
    const old = `${this.#path}.1`;
    if (kind === 'rename') {
      await rename(this.#path, old);
      await this.#file.close();
      this.#file = await open(this.#path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL);
    } else {
      await copyFile(this.#path, old, constants.COPYFILE_EXCL);
      await truncate(this.#path, 0);
    }
    if (gzip) {
      await pipeline(createReadStream(old), createGzip(), createWriteStream(`${old}.gz.part`, { flags: 'wx' }));
      await rename(`${old}.gz.part`, `${old}.gz`);
      await rm(old);
    }
    this.rotations++;
    this.#records = 0;
    await this.#append(joinedBytes(this.#head));
  }

  /** FILE.1 becomes FILE.2, and so on, the oldest first. */
  async #makeRoom(): Promise<void> {
    const folder = dirname(this.#path);
    const name = basename(this.#path);
    const old: { readonly file: string; readonly number: number; readonly end: string }[] = [];
    for (const file of await readdir(folder)) {
      const match = file.startsWith(`${name}.`) ? /^(\d+)(\.gz)?$/.exec(file.slice(name.length + 1)) : null;
      if (match !== null) old.push({ file, number: Number(match[1]), end: match[2] ?? '' });
    }
    old.sort((a, b) => b.number - a.number);
    for (const { file, number, end } of old) {
      const to = join(folder, `${name}.${number + 1}${end}`);
      if ((await stat(to).catch(() => null)) !== null)
        throw new FlowcaseError('WRITE_FAILED', `${to} is in the way of rotating ${this.#path}. Move it away, or write to another path.`, {
          path: to,
        });
      await rename(join(folder, file), to);
    }
  }
}

function headLength(lines: readonly LogLine[]): number {
  const first = lines.findIndex(({ kind }) => kind !== 'head');
  return first < 0 ? lines.length : first;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function writeError(error: unknown, path: string): FlowcaseError {
  if (error instanceof FlowcaseError) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new FlowcaseError(
    'WRITE_FAILED',
    `${path} could not be written: ${what}. See that its folder is there, may be written to and has room.`,
    { path },
    error,
  );
}
