import type { LineShape } from './line-shapes.ts';

const [LF, CR, QUOTE, COMMA, COLON, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN, CLOSE] = [10, 13, 34, 44, 58, 92, 91, 93, 123, 125];
const BLANK = 32;
const KEY = Buffer.from('flowTuples');
const KEYED = Buffer.from('"flowTuples"');
const AZURE = /"(?:NetworkSecurityGroupFlowEvent|FlowLogFlowEvent|flowLogVersion|flowRecords|macAddress|mac)"/;

/** Whether a file that begins so (at `at`, behind blanks) is a flow log of Azure. */
export function holdsFlowTuples(head: Uint8Array, at: number): boolean {
  if (head[at] !== OPEN && head[at] !== OPEN_ARRAY) return false;
  const key = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(KEYED);
  return key >= 0 && AZURE.test(Buffer.from(head.buffer, head.byteOffset, key).toString('latin1'));
}

/**
 * Flow logs of Azure (https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview#log-format and .../vnet-flow-logs-overview#log-format): objects in
 * lists in objects, and in the innermost lists (`flowTuples`) a text for each record. Each such text becomes a line, and what stands before a list another, which
 * says what the records of that list have in common.
 */
export class FlowTuples implements LineShape {
  readonly name = 'flow-tuples';
  readonly remark =
    'Its records are texts in lists (flowTuples): what is called a line here is one of them, or what stands between two of these lists and is counted as a comment.';
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** Letters of the key that the text at hand has had; -1: it is another text. */
  #matched = -1;
  /** The last text was the key: behind its colon the list begins. */
  #keyed = false;
  #inList = false;
  /** Nothing but blanks has come. */
  #fresh = true;

  get within(): boolean {
    return this.#depth > 0 || this.#inText || this.#inList;
  }

  lines(block: Uint8Array): Uint8Array {
    const lines = Uint8Array.from(block);
    for (let at = 0; at < lines.length; at++) {
      const byte = lines[at];
      if (this.#inText) this.#within(byte);
      else lines[at] = this.#mark(byte);
    }
    return lines;
  }

  #within(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#inText = false;
      this.#keyed = this.#matched === KEY.length;
      return;
    } else if (byte === LF || byte === CR) {
      // no text of JSON holds a bare line end: what follows is read anew
      this.#inText = false;
      this.#keyed = false;
      this.#matched = -1;
      return;
    }
    this.#matched = this.#matched >= 0 && byte === KEY[this.#matched] ? this.#matched + 1 : -1;
  }

  /** What becomes of a byte that is in no text. */
  #mark(byte: number): number {
    if (byte === LF || byte === CR || byte === BLANK) {
      return this.#depth === 0 && !this.#inList && !this.#fresh ? byte : BLANK;
    }
    // read from one of its records on
    if (this.#fresh && byte === QUOTE) this.#inList = true;
    this.#fresh = false;
    if (byte === QUOTE) {
      this.#inText = true;
      this.#matched = 0;
      return byte;
    }
    const keyed = this.#keyed;
    this.#keyed = keyed && byte === COLON;
    if (this.#inList && (byte === COMMA || byte === CLOSE_ARRAY)) {
      this.#inList = byte === COMMA;
      return LF;
    }
    if (byte === OPEN_ARRAY && keyed) {
      this.#inList = true;
      return LF;
    }
    if (byte === OPEN || byte === OPEN_ARRAY) this.#depth++;
    else if ((byte === CLOSE || byte === CLOSE_ARRAY) && this.#depth > 0) this.#depth--;
    return byte;
  }
}
