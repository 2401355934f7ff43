import { beforeReturn } from './field-scanner.ts';
import { TableFields } from './table-fields.ts';
import { HeldLines } from './table-held.ts';

/** Fields are passed over, none is kept. */
const NONE = 0;
const LF = 10;

/**
 * Where the record of a delimited table ends that begins with these bytes: at the end of its first line, or of a later one where a quoted field goes on over
 * line ends; -1 where no line of it ends in these bytes. As TableReader joins them.
 */
export function tableRecordEnd(bytes: Uint8Array, delimiter: string): number {
  const first = bytes.indexOf(LF);
  if (first < 0) return first;
  const fields = new TableFields(delimiter.charCodeAt(0), NONE);
  if (fields.scan(bytes, 0, beforeReturn(bytes, 0, first)) !== 'OPEN') return first;
  const held = new HeldLines();
  held.add(bytes, 0, first);
  for (let at = first + 1; at < bytes.length;) {
    const next = bytes.indexOf(LF, at);
    const end = next < 0 ? bytes.length : next;
    if (!held.hasRoom(end - at)) return first;
    const wrong = fields.scan(bytes, at, beforeReturn(bytes, at, end), true);
    if (wrong !== 'OPEN') return wrong === null ? end : first;
    held.add(bytes, at, end);
    at = end + 1;
  }
  return first;
}
