import { FlowcaseError } from '../../errors.ts';
import { headerAlone } from '../../formats/delimited.ts';
import { detectFormat, formatById, HEAD_BYTES } from '../../formats/registry.ts';
import type { FormatOptions, OpenedLog, RecordSink } from '../../formats/types.ts';
import type { LiveWatch } from '../../contract/live.ts';
import { UNREADABLE, unreadable } from './unreadable.ts';

/** A log of which enough is known to read on. */
export interface Recognised {
  readonly format: string;
  readonly why: string;
  readonly options: FormatOptions;
  /** By which it can be opened again; whole lines. */
  readonly head: Uint8Array;
  readonly log: OpenedLog;
  /** Why its lines cannot be read, where they are rejected one and all. */
  readonly unreadable?: string;
}

/** With so many bytes nobody waits for more before the format is told. */
const ENOUGH = 8192;
/** Nor longer than this since the first of them (milliseconds): what is watched is to be seen. */
const PATIENCE = 2000;
/** By so much of its beginning a log can be opened again. */
const KEPT = 32 * 1024;

/**
 * What the first lines of a stretch are; null: more should come first. `before`: the format that the source had until now, which what
 * comes after a rotation has too as a rule.
 * @throws FlowcaseError FORMAT_UNKNOWN and others where it is no log that can be read
 */
export function recognise(
  bytes: Uint8Array,
  watch: Pick<LiveWatch, 'format' | 'options'>,
  { name, since, before }: { readonly name: string; readonly since: number; readonly before: string | null },
): Recognised | null {
  const head = toldBy(bytes).subarray(0, HEAD_BYTES);
  if (head.lastIndexOf(10) < 0 && since !== -Infinity) return null;
  const options = watch.options ?? {};
  const told = watch.format ?? (before !== null && isOf(before, head) ? before : null);
  if (told === null && head.length < ENOUGH && performance.now() - since < PATIENCE) return null;
  const { format, why } =
    told === null
      ? detectFormat(head, name, options)
      : { format: formatById(told), why: watch.format === undefined ? 'the lines before it are' : 'it was asked for' };
  const settled = format.settle?.(head, options, name) ?? options;
  return { format: format.id, why, options: settled, head: wholeLines(head), log: format.open(head, settled) };
}

/** What lines are recognised by: what comes behind those at their beginning that are longer than all that is looked at, if anything does. */
function toldBy(bytes: Uint8Array): Uint8Array {
  let from = 0;
  for (let end = bytes.indexOf(10); end - from > HEAD_BYTES; end = bytes.indexOf(10, from)) from = end + 1;
  return from < bytes.length ? bytes.subarray(from) : bytes;
}

/** Whether these lines by themselves are those of a log. */
export function isLog(lines: Uint8Array, options: FormatOptions): boolean {
  try {
    detectFormat(lines, '', options);
    return true;
  } catch (error) {
    if (isOfLines(error)) return false;
    throw error;
  }
}

/** A stretch that cannot be read, by why it cannot. */
export function notRecognised(head: Uint8Array, { message }: FlowcaseError): Recognised {
  const log = unreadable(message);
  return { format: UNREADABLE.format, why: 'it could not be recognised', options: {}, head: wholeLines(head), log, unreadable: message };
}

/** Whether it is but a line that names columns: a table, once there are rows. */
export function isHeaderAlone(bytes: Uint8Array): boolean {
  return headerAlone(bytes.subarray(0, HEAD_BYTES)) !== null;
}

/** Whether what comes next may tell what these lines are, which are no log by themselves: a header, or a single line. */
export function isTooLittle(bytes: Uint8Array): boolean {
  if (isHeaderAlone(bytes)) return true;
  return (
    bytes.length < ENOUGH &&
    Buffer.from(bytes)
      .toString('latin1')
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== '').length < 2
  );
}

function isOf(id: string, head: Uint8Array): boolean {
  return formatById(id).detect(head).confidence > 0;
}

function wholeLines(head: Uint8Array): Uint8Array {
  const cut = head.subarray(0, KEPT);
  const end = cut.lastIndexOf(10) + 1;
  return (end > 0 ? cut.subarray(0, end) : head).slice();
}

/** The state of a reader that has read these lines, of which nothing is kept: where watching begins at the end of a log, its header counts all the same. */
export function stateBehind(log: OpenedLog, head: Uint8Array, sink: RecordSink): string {
  const reader = log.read(sink);
  reader.feed(head.subarray(0, head.lastIndexOf(10) + 1));
  reader.flush();
  return reader.state();
}

/** Whether it is Flowcase itself: neither the lines, nor the machine, whose errors have codes. Trying again would never end. */
export function isDefect(error: unknown): boolean {
  return !(error instanceof FlowcaseError) && !(error instanceof Error && 'code' in error);
}

/** Whether it is the lines that cannot be read, and not the machine. */
export function isOfLines(error: unknown): error is FlowcaseError {
  return error instanceof FlowcaseError && !['WRITE_FAILED', 'BUSY', 'CASE_DAMAGED', 'CANCELLED'].includes(error.code);
}
