import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FormatOptions, Preview } from '../contract/formats.ts';
import { FlowcaseError } from '../errors.ts';
import { newlineOf } from '../formats/lines.ts';
import { HEAD_BYTES, candidateFormats, detectFormat, formatById } from '../formats/registry.ts';
import { LINE_LIMIT } from '../formats/types.ts';
import { fileError } from './file-error.ts';
import { Original } from './original.ts';
import { PreviewSink } from './preview-sink.ts';
import { Unpacker } from './unpack.ts';

export interface PreviewRequest {
  readonly path: string;
  /** A format's id: the file is read as that instead of being recognised. */
  readonly format?: string | undefined;
  readonly options?: FormatOptions | undefined;
  /** At most so many records. */
  readonly records: number;
}

/** So many rejects are shown. */
const REJECTS = 20;

/**
 * How a file would be imported, from its first HEAD_BYTES (unpacked). Reads no more than that of it, and writes nothing.
 * @throws FlowcaseError with a code of files where it cannot be taken; INVALID_INPUT for options that its format refuses
 */
export async function previewFile(request: PreviewRequest): Promise<Preview> {
  const { path } = request;
  const { head, whole } = await beginningOf(path);
  if (head.length === 0) throw new FlowcaseError('FILE_EMPTY', `${path} is empty: it has no bytes at all.`, { path });
  try {
    return previewHead(head, whole, request);
  } catch (error) {
    if (!(error instanceof FlowcaseError) || error.message.includes(path)) throw error;
    throw new FlowcaseError(error.code, `${path}: ${error.message}`, error.details, error);
  }
}

/** The same of bytes. `whole`: they are all of it. */
export function previewHead(bytes: Uint8Array, whole: boolean, request: PreviewRequest): Preview {
  const { path, records } = request;
  const head = bytes.subarray(0, HEAD_BYTES);
  const { format, why } =
    request.format === undefined ? detectFormat(head, path) : { format: formatById(request.format), why: 'it was asked for' };
  const asked = request.options ?? {};
  const options = format.settle?.(head, asked, basename(path)) ?? asked;
  const log = format.open(head, options);
  const sink = new PreviewSink(log.kind, records, REJECTS);
  const reader = log.read(sink);
  if (whole) {
    reader.feed(bytes);
    reader.end(false);
  } else {
    reader.feed(wholeLines(bytes));
    reader.flush();
  }
  const { rows, rejected, comments, lines, first, last, tallies } = reader.figures;
  const names = new Map(options.mapping?.columns?.flatMap(({ from, to }) => (to === null ? [] : [[to, from] as const])) ?? []);
  return {
    path,
    format: format.id,
    title: log.title,
    why,
    kind: log.kind,
    candidates: candidateFormats(head).map(({ format: { id, title }, confidence, why: because }) => ({
      id,
      title,
      confidence,
      why: because,
    })),
    ...sink.table(names),
    figures: { rows, rejected, comments, lines },
    whole,
    timeZone: options.timeZone ?? 'UTC',
    first,
    last,
    remarks: [...log.remarks(tallies)],
    options,
  };
}

function wholeLines(bytes: Uint8Array): Uint8Array {
  const newline = newlineOf(bytes, false);
  return newline === 0 ? bytes.subarray(0, 0) : bytes.subarray(0, bytes.lastIndexOf(newline) + 1);
}

/** Ends the reading of a file of which enough is known. */
class Enough extends Error {}

/** The first bytes of a file, unpacked: HEAD_BYTES of them, and more only where no line ends in these. */
async function beginningOf(path: string): Promise<{ readonly head: Uint8Array; readonly whole: boolean }> {
  const original = await openFile(path);
  const parts: Uint8Array[] = [];
  let length = 0;
  const unpacker = new Unpacker((block) => {
    if (length > LINE_LIMIT + 2) return;
    parts.push(Uint8Array.from(block));
    length += block.length;
  });
  const head = (): Uint8Array => Buffer.concat(parts);
  const isEnough = (): boolean => length > LINE_LIMIT + 2 || (length > HEAD_BYTES && newlineOf(head(), false) !== 0);
  try {
    await original.read(async (block) => {
      for (let at = 0; at < block.length; at += SLICE) {
        await unpacker.write(block.subarray(at, at + SLICE));
        if (isEnough()) throw new Enough();
      }
    });
    await unpacker.end();
    return { head: head(), whole: !isEnough() };
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
    return { head: head(), whole: false };
  } finally {
    unpacker.close();
    await original.close();
  }
}

const SLICE = 2 ** 16;

async function openFile(path: string): Promise<Original> {
  try {
    if ((await stat(path)).isDirectory()) {
      throw new FlowcaseError('FILE_UNREADABLE', `${path} is a folder. Choose one of the files in it.`, { path });
    }
  } catch (error) {
    throw fileError(error, path);
  }
  return Original.open(path);
}
