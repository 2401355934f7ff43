import { SyslogHeader } from '../../formats/syslog-header.ts';

const [NUL, LF, CR] = [0, 10, 13];

/** What of a message is the line of the log. */
export type SyslogPayload = 'message' | 'whole';

/** A line of a log, and who sent it. */
export interface SentLine {
  /** With its line end. */
  readonly line: Uint8Array;
  /** `host/program`, as far as it is said; '' where nothing is, or the whole is the line. */
  readonly sender: string;
}

const header = new SyslogHeader();

/**
 * The line that a syslog message becomes. Line ends within it are made visible as `#012` (and `#015`), as syslog daemons do: who sends one message cannot
 * write two lines. `message`: what stands behind the header; all of it where there is no header.
 */
export function lineOf(message: Uint8Array, payload: SyslogPayload): SentLine {
  let end = message.length;
  while (end > 0 && (message[end - 1] === LF || message[end - 1] === CR || message[end - 1] === NUL)) end--;
  if (payload === 'whole' || !header.read(message, 0, end)) return { line: oneLine(message.subarray(0, end)), sender: '' };
  const { host, app } = header;
  const sender = [host, app].map((part) => senderName(message.subarray(part.start, part.end))).filter((part) => part !== '');
  return { line: oneLine(message.subarray(header.message.start, end)), sender: sender.join('/') };
}

function oneLine(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== LF && bytes[at] !== CR) continue;
    parts.push(bytes.subarray(from, at), Buffer.from(bytes[at] === LF ? '#012' : '#015'));
    from = at + 1;
  }
  return Buffer.concat([...parts, bytes.subarray(from), Uint8Array.of(LF)]);
}

/** As a part of a path that is shown: nothing that is invisible, or parts it. */
function senderName(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 100))
    .toString('latin1')
    .replace(/[^\w.:@+-]/g, '_');
}
