import type { Reject } from '../../contract/case.ts';

type PieceReject = Omit<Reject, 'evidence'>;

const LF = 10;
const encoder = new TextEncoder();

/** Rejects of a piece as bytes, each as JSON in a line: hundreds of thousands of objects that wait for another thread would be as many that memory is searched for. */
export class RejectLines {
  #bytes = new Uint8Array(2 ** 12);
  #length = 0;

  add({ line, offset, reason, what, text }: PieceReject): void {
    const json = JSON.stringify([line, offset, reason, what, text]);
    // a UTF-16 unit becomes three bytes at most
    const most = this.#length + json.length * 3 + 1;
    if (most > this.#bytes.length) this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(Math.max(most, this.#bytes.length * 2)));
    this.#length += encoder.encodeInto(json, this.#bytes.subarray(this.#length)).written;
    this.#bytes[this.#length++] = LF;
  }

  /** Those since the last call, valid until the next `add`. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** The rejects that such bytes hold, in their order. */
export function* rejectsIn(bytes: Uint8Array): Generator<PieceReject> {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(LF, at);
    const [line, offset, reason, what, text] = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString()) as [
      number,
      number,
      string,
      string,
      string,
    ];
    yield { line, offset, reason, what, text };
    at = end + 1;
  }
}
