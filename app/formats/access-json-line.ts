import { putLooseJson, type Backslash } from './access-json-loose.ts';
import type { Taken } from './access-reader.ts';
import { JsonScanner, type JsonProblem } from './json-scanner.ts';
import { ByteScratch } from './texts.ts';

const [LF, BLANK, COLON, OPEN] = [10, 32, 58, 123];
/** The beginning of a syslog message is not longer. */
const LONGEST_BEFORE = 1024;
/** Most that is looked at twice: nobody writes requests that long. */
const LONGEST_LOOSE = 2 ** 20;

/**
 * The object of a line: all of it, or what stands behind something else, as behind the beginning of a syslog message (RFC 3164, RFC 5424, rsyslog's files).
 * What is no strict JSON gets a second look, with backslashes as servers write them past its rules.
 */
export class JsonLine {
  readonly scanner = new JsonScanner();
  /** What the places of the scanner's members are in. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where what stands before the object ends, without blanks; the line's beginning where nothing does. */
  before = 0;
  /** The line is no strict JSON. */
  loose = false;
  #problem: JsonProblem | null = null;
  #problemAt = 0;
  readonly #scratch = new ByteScratch();

  /** Whether bytes[start..end) holds an object. `last`: the file ends with it, so what is cut is not guessed at. */
  read(bytes: Uint8Array, start: number, end: number, last: boolean): boolean {
    const { scanner } = this;
    this.loose = false;
    this.bytes = bytes;
    this.before = start;
    const from = bytes[start] === OPEN ? start : this.#behind(bytes, start, end);
    scanner.forget();
    if (scanner.scan(bytes, from, end)) return true;
    const problem = scanner.problem;
    this.#problem = problem;
    this.#problemAt = scanner.problemAt - start + 1;
    if ((problem !== 'BAD_JSON' && problem !== 'CUT') || (problem === 'CUT' && last) || end - from > LONGEST_LOOSE) return false;
    if (this.#again(bytes, from, end, 'escapes')) return true;
    if (last && scanner.problem === 'CUT') {
      this.#problem = 'CUT';
      return false;
    }
    return this.#again(bytes, from, end, 'letter');
  }

  /** What is wrong with the line that was not taken. */
  get problem(): Taken {
    const problem = this.#problem;
    if (problem === 'NOT_AN_OBJECT') return { reason: problem, what: 'it is no JSON object' };
    if (problem === 'CUT') return { reason: 'BAD_JSON', what: 'the line ends within its JSON', cut: true };
    const what = `at byte ${this.#problemAt} it is ${problem === 'TOO_DEEP' ? 'nested too deep' : 'no JSON'}`;
    return { reason: problem === 'TOO_DEEP' ? problem : 'BAD_JSON', what, cut: false };
  }

  /** Where the object begins behind what is none; the line's beginning where there is no object. */
  #behind(bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + LONGEST_BEFORE);
    let at = start;
    while (at < stop && bytes[at] !== OPEN) at++;
    if (at === stop || (bytes[at - 1] !== BLANK && bytes[at - 1] !== COLON)) return start;
    let before = at;
    while (before > start && bytes[before - 1] === BLANK) before--;
    this.before = before;
    return at;
  }

  #again(bytes: Uint8Array, start: number, end: number, backslash: Backslash): boolean {
    const { scanner } = this;
    const scratch = this.#scratch;
    scratch.clear();
    putLooseJson(scratch, bytes, start, end, backslash);
    // no scanner looks beyond a line feed
    scratch.put(LF);
    scanner.forget();
    if (!scanner.scan(scratch.bytes, 0, scratch.length - 1)) return false;
    this.bytes = scratch.bytes;
    this.loose = true;
    return true;
  }
}
