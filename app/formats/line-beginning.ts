import { FlowcaseError } from '../errors.ts';
import { LINE_LIMIT } from './types.ts';

/** Behind a UTF-8 mark at the beginning of a file. */
export function behindMark(bytes: Uint8Array, start: number, end: number): number {
  const marked = end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  return marked ? start + 3 : start;
}

/** Nothing that long begins a log. */
export function tooLongHeader(line: number): FlowcaseError {
  const message = `line ${line} is longer than ${LINE_LIMIT / 2 ** 20} MiB, and no record or header of a log comes before it. This is no log of lines; look at the file in a viewer.`;
  return new FlowcaseError('LINE_TOO_LONG', message);
}
