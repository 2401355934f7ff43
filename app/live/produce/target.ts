import type { LogLine } from './log-lines.ts';

/** Where produced lines go. One batch at a time: `write` resolves when the target has it, which slows down who produces. */
export interface Target {
  /** As a person named it, without secrets. */
  readonly name: string;
  /** Of `LogLine.kind` `head`: what a reader must know before the records. @throws FlowcaseError WRITE_FAILED, REMOTE_UNREACHABLE, REMOTE_REFUSED */
  write(lines: readonly LogLine[]): Promise<void>;
  /** Everything that was written is there when it resolves. */
  close(): Promise<void>;
}

/** The bytes of lines in one piece. */
export function joinedBytes(lines: readonly LogLine[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.bytes.length, 0));
  let at = 0;
  for (const line of lines) {
    bytes.set(line.bytes, at);
    at += line.bytes.length;
  }
  return bytes;
}
