import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FormatOptions, Preview } from '../contract/formats.ts';
import { FlowcaseError } from '../errors.ts';
import { endsLine, shapeOf } from '../formats/line-shapes.ts';
import { newlineOf } from '../formats/lines.ts';
import { HEAD_BYTES, candidateFormats, detectFormat, formatById, unusedOptions } from '../formats/registry.ts';
import { tableFileOf } from '../formats/table-files.ts';
import { LINE_LIMIT, type OpenedLog, type ReaderFigures } from '../formats/types.ts';
import { plural } from '../contract/format.ts';
import { nameOf, notAFile } from './collect.ts';
import { concernsFile, fileError } from '../original/file-error.ts';
import { Original } from '../original/original.ts';
import { archiveOf, membersOf, type ArchiveKind } from '../original/packed/archive.ts';
import { PreviewSink } from './preview-sink.ts';
import { namedError } from './table-import.ts';
import { Unpacker } from '../original/unpack.ts';

export interface PreviewRequest {
  readonly path: string;
  /** Of an archive the file of this name in it; the first that is a log where it is not given. */
  readonly member?: string | undefined;
  /** A format's id: the file is read as that instead of being recognised. */
  readonly format?: string | undefined;
  readonly options?: FormatOptions | undefined;
  /** When the file was last changed, microseconds since 1970: for what logs leave out of their times. */
  readonly modified?: number | undefined;
  /** At most so many records. */
  readonly records: number;
}

/** So many rejects are shown. */
const REJECTS = 20;

/**
 * How a file would be imported, from its first HEAD_BYTES (unpacked). Reads no more than that of it, and writes nothing.
 * @throws FlowcaseError with a code of files where it cannot be taken; INVALID_INPUT for options that its format refuses
 */
export async function previewFile(asked: PreviewRequest): Promise<Preview> {
  const { path } = asked;
  try {
    const table = await previewTable(asked);
    if (table !== null) return table;
    const original = await openFile(path);
    const request = { ...asked, modified: original.modified };
    try {
      const archive = await archiveOf(original);
      if (archive !== null) return await previewArchive(original, archive, request);
      if (request.member !== undefined) throw new FlowcaseError('FORMAT_UNKNOWN', `${path} is no archive with files in it.`, { path });
      return await previewBytes((take) => original.read(take), request);
    } finally {
      await original.close();
    }
  } catch (error) {
    throw namedError(error, path);
  }
}

async function previewBytes(read: ReadAll, request: PreviewRequest): Promise<Preview> {
  const { head, whole, remark } = await beginningOf(read);
  const { path } = request;
  if (head.length === 0) throw new FlowcaseError('FILE_EMPTY', `${path} is empty: it has no bytes at all.`, { path });
  const preview = previewHead(head, whole, request);
  return remark === null ? preview : { ...preview, remarks: [remark, ...preview.remarks] };
}

/** So many files of an archive are looked at for one that is a log, and so many are named. */
const MOST_LOOKED_AT = 50;
const MOST_NAMED = 1000;
/** A tar archive has no list: its names come with its bytes. */
const MOST_BYTES = 2 ** 26;

/** The file of an archive that is asked for, or the first that is a log. */
async function previewArchive(original: Original, kind: ArchiveKind, request: PreviewRequest): Promise<Preview> {
  const { path } = original;
  const members: string[] = [];
  let found: { readonly preview: Preview; readonly member: string } | null = null;
  let refusal: FlowcaseError | null = null;
  for await (const member of membersOf(original, kind)) {
    if (members.length < MOST_NAMED) members.push(member.name);
    if (found === null && (request.member ?? member.name) === member.name) {
      try {
        const named = { ...request, path: nameOf({ path, member }) };
        found = { preview: await previewBytes((take) => member.read(take), named), member: member.name };
      } catch (error) {
        if (request.member !== undefined || !concernsFile(error)) throw error;
        refusal ??= error;
      }
    }
    const enough = kind === 'tar' ? member.position() > MOST_BYTES : members.length === MOST_NAMED;
    if (found === null ? request.member === undefined && members.length >= MOST_LOOKED_AT : enough) break;
  }
  if (found !== null) return { ...found.preview, path, archive: { member: found.member, members } };
  if (request.member !== undefined) throw new FlowcaseError('FILE_NOT_FOUND', `There is no ${request.member} in ${path}.`, { path });
  if (refusal === null) throw new FlowcaseError('FILE_EMPTY', `${path} is an archive without files.`, { path });
  const message = `None of the ${plural(members.length, 'file')} looked at in ${path} is a log that Flowcase reads. ${refusal.message}`;
  throw new FlowcaseError(refusal.code, message, { path });
}

/** Of a file that is read in place; null where it is none. */
async function previewTable({ path, format: asked, options = {}, records }: PreviewRequest): Promise<Preview | null> {
  const original = await openFile(path);
  try {
    const found = tableFileOf(await original.at(0, Math.min(original.bytes, 64)), asked);
    if (found === null) return null;
    const file = { length: original.bytes, read: (start: number, end: number) => original.at(start, end) };
    const table = await found.format.open(file, options, basename(path));
    const sink = new PreviewSink(table.kind, records, REJECTS);
    const figures = await table.read(sink, Math.min(table.rows, MOST_ROWS), () => undefined);
    const { id, title } = found.format;
    return {
      ...about(path, table, table.options, figures),
      format: id,
      why: found.why,
      candidates: [{ id, title, confidence: 1, why: found.why }],
      ...sink.table(namesIn(table.options)),
      whole: table.rows <= MOST_ROWS,
    };
  } finally {
    await original.close();
  }
}

/** So many rows are read for a preview. */
const MOST_ROWS = 1000;

type About = 'path' | 'title' | 'kind' | 'figures' | 'timeZone' | 'first' | 'last' | 'remarks' | 'options';

/** What previews of all formats say alike. */
function about(
  path: string,
  log: Pick<OpenedLog, 'kind' | 'title' | 'remarks'>,
  options: FormatOptions,
  figures: ReaderFigures,
): Pick<Preview, About> {
  const { rows, rejected, comments, lines, first, last, tallies } = figures;
  return {
    path,
    title: log.title,
    kind: log.kind,
    figures: { rows, rejected, comments, lines },
    timeZone: options.timeZone ?? 'UTC',
    first,
    last,
    remarks: [...log.remarks(tallies)],
    options,
  };
}

/** What tables call the columns; of several that become one, the first. */
function namesIn({ mapping }: FormatOptions): ReadonlyMap<string, string> {
  return new Map(mapping?.columns?.toReversed().flatMap(({ from, to }) => (to === null ? [] : [[to, from] as const])) ?? []);
}

/** The same of bytes. `whole`: they are all of it. */
export function previewHead(original: Uint8Array, whole: boolean, request: PreviewRequest): Preview {
  const { path, records } = request;
  const shape = shapeOf(original);
  const bytes = shape?.lines(original) ?? original;
  const head = bytes.subarray(0, HEAD_BYTES);
  const { format, why } =
    request.format === undefined
      ? detectFormat(head, path, request.options)
      : { format: formatById(request.format), why: 'it was asked for' };
  const asked = request.options ?? {};
  const options = format.settle?.(head, asked, basename(path), request.modified) ?? asked;
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
  const candidates = candidateFormats(head).map(({ format: { id, title }, confidence, why: because }) => ({
    id,
    title,
    confidence,
    why: because,
  }));
  const shown = about(path, log, options, reader.figures);
  const remarks = [...unusedOptions(format, asked), ...(shape === null ? [] : [shape.remark]), ...shown.remarks];
  return { ...shown, remarks, format: format.id, why, candidates, ...sink.table(namesIn(options)), whole };
}

function wholeLines(bytes: Uint8Array): Uint8Array {
  const newline = newlineOf(bytes, false);
  return newline === 0 ? bytes.subarray(0, 0) : bytes.subarray(0, bytes.lastIndexOf(newline) + 1);
}

/** Ends the reading of a file of which enough is known. */
class Enough extends Error {}

type ReadAll = (take: (block: Uint8Array) => Promise<void>) => Promise<unknown>;

/** The first bytes of a file, unpacked: HEAD_BYTES of them, and more only where no line ends in these. */
async function beginningOf(read: ReadAll): Promise<{ readonly head: Uint8Array; readonly whole: boolean; readonly remark: string | null }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const unpacker = new Unpacker((block) => {
    // whatever more a few bytes may unpack to
    if (length > LINE_LIMIT + 2) throw new Enough();
    parts.push(Uint8Array.from(block));
    length += block.length;
  });
  const head = (): Uint8Array => Buffer.concat(parts);
  const isEnough = (): boolean => length > LINE_LIMIT + 2 || (length > HEAD_BYTES && endsLine(head()));
  try {
    await read(async (block) => {
      for (let at = 0; at < block.length; at += SLICE) {
        await unpacker.write(block.subarray(at, at + SLICE));
        if (isEnough()) throw new Enough();
      }
    });
    await unpacker.end();
    return { head: head(), whole: !isEnough(), remark: unpacker.remark };
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
    return { head: head(), whole: false, remark: unpacker.remark };
  } finally {
    unpacker.close();
  }
}

const SLICE = 2 ** 16;

async function openFile(path: string): Promise<Original> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new FlowcaseError('FILE_UNREADABLE', `${path} is a folder. Choose one of the files in it.`, { path });
    }
    if (!found.isFile()) throw new FlowcaseError('FILE_UNREADABLE', notAFile(path, found).message, { path });
  } catch (error) {
    throw fileError(error, path);
  }
  return Original.open(path);
}
