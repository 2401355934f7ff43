import { noEscapes } from './access-escapes.ts';
import { skipBlanks, type Part } from './access-line-bytes.ts';
import { RequestReader, openedWithColumns, type Taken } from './access-reader.ts';
import type { RequestColumn } from './request-columns.ts';
import { headLines } from './table-head.ts';
import { parseUnits, unitShift } from './table-times.ts';
import { quoted } from './texts.ts';
import type { LogFormat, RecordSink } from './types.ts';
import * as values from './values.ts';

/** Words of a line; its address may hold more blanks. */
const MOST_WORDS = 64;
const FRONT = /^\d{9,11}\.\d{3} +-?\d+ \S+ [A-Z][A-Z_]*\/\d{3} -?\d+ \S+ \S/;
const [BLANK, SLASH, COLON] = [32, 47, 58];

/**
 * Squid's native access log (https://wiki.squid-cache.org/Features/LogFormat#squid): `time elapsed client code/status bytes method URL user hierarchy/peer type`,
 * maybe with the headers of request and answer behind, in brackets (log_mime_hdrs). The time is that of the answer's end. What was asked for by its whole
 * address is taken apart; what a tunnel was asked for is a host and a port.
 */
export const squid: LogFormat = {
  id: 'squid',
  title: 'Squid access log (native)',
  example: [
    '1707583327.340      1 192.0.2.7 TCP_MISS/200 319 GET http://www.example.com:8080/a?b=1 alice HIER_DIRECT/198.51.100.9 text/html',
    '1707583328.341     62 2001:db8::1 TCP_TUNNEL/200 2790 CONNECT www.example.com:443 - HIER_DIRECT/198.51.100.9 -',
    '1707583329.000      0 192.0.2.7 NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- -',
    '',
  ].join('\n'),
  detect(head) {
    const lines = headLines(head).slice(0, 50);
    const found = lines.filter((line) => FRONT.test(Buffer.from(line.subarray(0, 400)).toString('latin1'))).length;
    if (found * 2 <= lines.length) return { confidence: 0, why: "its lines are not as Squid's native log has them" };
    return { confidence: 0.96, why: `${found} of its first ${lines.length} lines are as Squid's native log has them` };
  },
  open(head) {
    return openedWithColumns('Squid access log (native)', head, (sink, columns) => new SquidReader(sink, columns));
  },
};

class SquidReader extends RequestReader {
  readonly #words: readonly Part[] = Array.from({ length: MOST_WORDS }, () => ({ start: -1, end: -1 }));

  constructor(sink: RecordSink, columns: readonly RequestColumn[]) {
    super(sink, columns, noEscapes);
    this.row.begin();
  }

  protected line(bytes: Uint8Array, start: number, end: number): Taken {
    const words = this.#words;
    let count = 0;
    for (let at = start; at < end && count < MOST_WORDS; at = skipBlanks(bytes, at, end)) {
      words[count].start = at;
      while (at < end && bytes[at] !== BLANK) at++;
      words[count++].end = at;
    }
    const hierarchy = count < 10 ? -1 : this.#hierarchy(bytes, count);
    if (hierarchy < 0) return { reason: 'NO_SQUID', what: "it is not as Squid's native log has it" };
    const [time, elapsed, client, result, size, method] = words;
    const ts = parseUnits(bytes, time.start, time.end, unitShift.seconds);
    if (!(ts > 0)) return { reason: 'BAD_TIME', what: `the time is ${quoted(bytes, time.start, time.end)}`, cut: false };
    const slash = bytes.indexOf(SLASH, result.start);
    const status = values.parseCount(bytes, slash + 1, result.end);
    const bytesSent = values.parseCount(bytes, size.start, size.end);
    if (slash < 0 || slash >= result.end || !(status >= 0) || !(bytesSent >= 0)) {
      return { reason: 'BAD_NUMBER', what: `result and bytes are ${quoted(bytes, result.start, size.end)}` };
    }
    const { row } = this;
    row.time(ts);
    const took = parseUnits(bytes, elapsed.start, elapsed.end, unitShift.milliseconds);
    if (took >= 0) row.number('duration', took, 'interval');
    if (!isDash(bytes, client)) row.host('orig_h', bytes, client.start, client.end);
    row.text('cache_result', bytes, result.start, slash);
    // 000: no answer was sent
    if (status > 0) row.number('status', status);
    row.number('bytes', bytesSent);
    this.#asked(bytes, method, { start: words[6].start, end: words[hierarchy - 2].end });
    this.#behind(bytes, hierarchy, count, end);
    return 'row';
  }

  /** Which word says where the answer is from: behind the address and the user. An address may hold blanks: then it is the last but one. */
  #hierarchy(bytes: Uint8Array, count: number): number {
    for (const place of [8, count - 2]) {
      const { start, end } = this.#words[place];
      let at = start;
      while (at < end && ((bytes[at] >= 65 && bytes[at] <= 90) || bytes[at] === 95)) at++;
      if (at > start && at < end && bytes[at] === SLASH && place + 1 < count) return place;
    }
    return -1;
  }

  #asked(bytes: Uint8Array, method: Part, { start, end }: Part): void {
    const { row } = this;
    if (!isDash(bytes, method)) row.text('method', bytes, method.start, method.end);
    const name = Buffer.from(bytes.subarray(method.start, method.end)).toString('latin1');
    const url = Buffer.from(bytes.subarray(start, Math.min(end, start + 64))).toString('latin1');
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1].length ?? 0;
    if (url === '-') return;
    if (scheme > 0) {
      row.text('scheme', bytes, start, start + scheme);
      row.address(bytes, start, end);
    } else if (name === 'CONNECT' && bytes.subarray(start, end).includes(COLON)) row.vhost(bytes, start, end);
    else if (url.startsWith('error:')) row.asIs('request', bytes, start, end);
    else row.target(bytes, start, end);
  }

  #behind(bytes: Uint8Array, hierarchy: number, count: number, end: number): void {
    const { row } = this;
    const [user, from, type] = [this.#words[hierarchy - 1], this.#words[hierarchy], this.#words[hierarchy + 1]];
    if (!isDash(bytes, user)) row.text('user', bytes, user.start, user.end);
    const slash = bytes.indexOf(SLASH, from.start);
    row.text('hierarchy', bytes, from.start, slash);
    const peer = { start: slash + 1, end: from.end };
    if (peer.end > peer.start && !isDash(bytes, peer)) row.host('resp_h', bytes, peer.start, peer.end);
    if (!isDash(bytes, type)) row.text('content_type', bytes, type.start, type.end);
    // headers in brackets, or what else the log was told to hold
    if (hierarchy + 2 < count) row.text('extra_1', bytes, this.#words[hierarchy + 2].start, end);
  }
}

const isDash = (bytes: Uint8Array, { start, end }: Part): boolean => end - start === 1 && bytes[start] === 45;
