import { ZeekHeader } from './zeek-header.ts';

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
