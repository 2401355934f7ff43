import { isIP } from 'node:net';
import { visibleText } from '../columns/visible-utf8.ts';
import { beforeReturn } from './field-scanner.ts';
import { split, ZeekHeader } from './zeek-header.ts';
import { lostHeader } from './zeek-without-header.ts';

/** Reads the header lines among a file's first bytes; null where they show none of Zeek's. */
export function readZeekHead(head: Uint8Array): ZeekHeader | null {
  const header = new ZeekHeader();
  let at = skipMark(head);
  for (let line = 0; at < head.length; line++) {
    const end = lineEnd(head, at);
    if (line === 0) header.choosePrefix(head, at, end);
    if (header.isHeaderLine(head, at, end)) header.line(head, at, end);
    else if (end > at) break;
    at = end + 1;
  }
  return header.version === 0 ? null : header;
}

/** A header, and where it comes from. */
export interface FoundHeader {
  readonly header: ZeekHeader;
  /** `first`: the log begins with it; `behind`: rows come before it, which are laid out as it says; `lost`: there is none, the first row told it. */
  readonly from: 'first' | 'behind' | 'lost';
}

/** The header among a file's first bytes, or, where its first line is a row, the one that it must have had; null where neither is there. */
export function headerOf(head: Uint8Array): FoundHeader | null {
  const first = readZeekHead(head);
  if (first !== null) return { header: first, from: 'first' };
  const behind = headerBehindRows(head);
  if (behind !== null) return { header: behind, from: 'behind' };
  let at = skipMark(head);
  while (at < head.length && (head[at] === 10 || head[at] === 13)) at++;
  const found = lostHeader(head, at, lineEnd(head, at));
  if (found === null) return null;
  const assumed = new ZeekHeader();
  assumed.assume(found);
  return { header: assumed, from: 'lost' };
}

/**
 * The first header, where rows come before it that it would fit: what is left of one log (`tail`) with the next behind it. One of the first two
 * rows must fit, as the first may be cut.
 */
function headerBehindRows(head: Uint8Array): ZeekHeader | null {
  const view = Buffer.from(head.buffer, head.byteOffset, head.length);
  const fields = view.indexOf('\n#fields') + 1;
  if (fields === 0) return null;
  let from = fields;
  for (let before = from; before > 0 && view[before] === HASH; before = view.lastIndexOf(10, before - 2) + 1) from = before;
  const header = new ZeekHeader();
  for (let at = from, end = view.indexOf(10, at); end >= 0 && view[at] === HASH; at = end + 1, end = view.indexOf(10, at)) {
    header.line(head, at, beforeReturn(head, at, end));
  }
  let at = skipMark(head);
  for (let rows = 0; rows < 2 && at < from;) {
    const end = lineEnd(head, at);
    if (end > at && head[at] !== HASH) {
      if (fits(header, head, at, end)) return header;
      rows++;
    }
    at = end + 1;
  }
  return null;
}

/** Whether bytes[start..end) has as many fields as the header names, with a time and addresses where it says so. */
function fits({ fields, joined, separator, unset }: ZeekHeader, bytes: Uint8Array, start: number, end: number): boolean {
  const parts = split(bytes, start, end, separator);
  if (fields === null || (parts.length !== fields.length && parts.length !== fields.length + 1 - joined)) return false;
  const no = visibleText(unset, 0, unset.length);
  return parts.every((part, i) => {
    const [name, text] = [fields[i], visibleText(part, 0, part.length)];
    if (name === 'ts') return /^\d/.test(text);
    return !/^id\.(?:orig|resp)_h$/.test(name) || text === no || isIP(text) > 0;
  });
}

const HASH = 35;

function skipMark(head: Uint8Array): number {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (at < head.length && (head[at] === 9 || head[at] === 32)) at++;
  return at;
}

/** LF, CR LF or a bare CR end a line here: each of these is a header. */
function lineEnd(head: Uint8Array, from: number): number {
  for (let at = from; at < head.length; at++) if (head[at] === 10 || head[at] === 13) return at;
  return head.length;
}
