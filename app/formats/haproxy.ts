import { noEscapes } from './access-escapes.ts';
import type { Part } from './access-line-bytes.ts';
import { RequestReader, openedWithColumns, type Taken } from './access-reader.ts';
import { isSocket } from './access-row.ts';
import type { RequestColumn } from './request-columns.ts';
import { AccessTime } from './access-time.ts';
import { HaproxyLine } from './haproxy-line.ts';
import { CUT, noSession, TCP, connections, detectHaproxy, exampleOf, haproxyRemarks, queues, textOf } from './haproxy-lines.ts';
import { COMMENT } from './line-outcome.ts';
import { SyslogHeader } from './syslog-header.ts';
import { ByteScratch, quoted } from './texts.ts';
import type { LogFormat, RecordSink } from './types.ts';
import * as values from './values.ts';

/** Timers of a request, milliseconds; -1: it never came to that (section 8.4). The last, all of the active time, is the duration. */
const timers = ['time_request', 'time_queue', 'time_connect', 'time_response', 'duration'];
const tls = ['fc_err', 'ssl_fc_err', 'ssl_c_err', 'ssl_c_ca_err', 'ssl_fc_is_resumed'];

/** Requests that HAProxy logged with `option httplog` or `option httpslog`, with a syslog header before them or without. */
export const haproxy: LogFormat = {
  id: 'haproxy',
  title: 'HAProxy log (httplog)',
  example: exampleOf([
    'Feb 10 16:42:07 web1 haproxy[14389]: 192.0.2.7:33317 [10/Feb/2024:16:42:07.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {www.example.com} {} "GET /index.html?a=1 HTTP/1.1"',
    'Feb 10 16:42:08 web1 haproxy[14389]: 192.0.2.8:33318 [10/Feb/2024:16:42:08.001] http-in http-in/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  ]),
  detect: (head) => detectHaproxy(head, 'http'),
  open(head, options) {
    const log = openedWithColumns('HAProxy log (httplog)', head, (sink, columns) => new HaproxyRequests(sink, columns, options.timeZone));
    return { ...log, remarks: (tallies) => [...log.remarks(tallies), ...haproxyRemarks(tallies)] };
  },
};

class HaproxyRequests extends RequestReader {
  readonly #line = new HaproxyLine();
  readonly #time: AccessTime;
  readonly #header = new SyslogHeader();
  readonly #clear = new ByteScratch();

  constructor(sink: RecordSink, columns: readonly RequestColumn[], zone: string | undefined) {
    super(sink, columns, noEscapes);
    this.#time = new AccessTime(zone);
    this.doubts = this.#time.zone.doubts;
    this.row.begin();
  }

  protected line(bytes: Uint8Array, start: number, end: number, last: boolean): Taken {
    const line = this.#line;
    const kind = line.scan(bytes, start, end);
    if (kind === null) return noSession(bytes, start, end);
    if (kind === 'tcp') {
      this.tally(TCP);
      return COMMENT;
    }
    const ts = this.#time.read(bytes, line.time.start, line.time.end);
    if (Number.isNaN(ts)) return { reason: 'BAD_TIME', what: `the time is ${quoted(bytes, line.time.start, line.time.end)}`, cut: false };
    if (last && line.open) return { reason: 'TRUNCATED', what: 'the file ends within the request' };
    if (line.open) this.tally(CUT);
    this.row.time(ts);
    this.#sender(bytes);
    this.#client(bytes, line.client);
    this.#answer(bytes);
    this.#sent(bytes);
    return 'row';
  }

  /** An address of IPv6 has its port behind it without brackets. */
  #client(bytes: Uint8Array, { start, end }: Part): void {
    const colon = bytes.lastIndexOf(58, end - 1);
    const isHost = !isSocket(bytes, start, end) && colon > start;
    this.row.host('orig_h', bytes, start, isHost ? colon : end);
    if (isHost) this.row.number('orig_p', values.parsePort(bytes, colon + 1, end));
  }

  /** What the syslog header says: the machine and the process. */
  #sender(bytes: Uint8Array): void {
    const { before } = this.#line;
    if (before.start < 0) return;
    const header = this.#header;
    if (!header.read(bytes, before.start, before.end + 1) || header.app.end === header.app.start) {
      this.row.text('before', bytes, before.start, before.end);
      return;
    }
    for (const [column, { start, end }] of [
      ['log_host', header.host],
      ['process', header.app],
      ['pid', header.pid],
    ] as const) {
      if (end > start && textOf(bytes, { start, end }) !== '-') this.row.text(column, bytes, start, end);
    }
  }

  #answer(bytes: Uint8Array): void {
    const [frontend, backend, times, status, size, asked, given, state, load, waiting] = this.#line.words;
    const { row } = this;
    row.text('frontend', bytes, frontend.start, frontend.end);
    const slash = bytes.indexOf(47, backend.start);
    const server = slash >= 0 && slash < backend.end ? slash : backend.end;
    row.text('backend', bytes, backend.start, server);
    if (server + 1 < backend.end) row.text('server', bytes, server + 1, backend.end);
    for (const [i, took] of textOf(bytes, times).split('/').map(Number).entries())
      if (took >= 0) row.number(timers[i], took * 1000, 'interval');
    const code = values.parseCount(bytes, status.start, status.end);
    if (code > 0) row.number('status', code);
    const count = values.parseCount(bytes, bytes[size.start] === 43 ? size.start + 1 : size.start, size.end);
    if (count >= 0) row.number('bytes', count);
    for (const [column, cookie] of [
      ['captured_request_cookie', asked],
      ['captured_response_cookie', given],
    ] as const) {
      if (textOf(bytes, cookie) !== '-') this.#decoded(column, bytes, cookie);
    }
    row.text('termination_state', bytes, state.start, state.end);
    this.#numbers(connections, bytes, load);
    this.#numbers(queues, bytes, waiting);
  }

  #numbers(columns: readonly string[], bytes: Uint8Array, part: Part): void {
    for (const [i, value] of textOf(bytes, part).split('/').map(Number).entries()) if (value >= 0) this.row.number(columns[i], value);
  }

  /** Captured headers, the request, and what TLS was like (section 8.2.4). */
  #sent(bytes: Uint8Array): void {
    const { captured, request, rest } = this.#line;
    const [, second] = captured;
    // of one pair of braces nobody can tell whose headers they hold
    const names = second.start < 0 ? ['captured_headers'] : ['captured_request_headers', 'captured_response_headers'];
    for (const [i, name] of names.entries()) if (captured[i].end > captured[i].start) this.#decoded(name, bytes, captured[i]);
    const [sent, from, to] = this.#decode(bytes, request);
    if (to > from && !this.row.request(sent, from, to)) this.tally('no http');
    if (rest.start < 0) return;
    const match = /^([0-9A-Fa-f]+(?:\/[0-9A-Fa-f]+){4}) ([^\s/]+)\/([^\s/]+)\/(\S+)$/.exec(textOf(bytes, rest));
    if (match === null) {
      this.row.text('extra_1', bytes, rest.start, rest.end);
      return;
    }
    const [, errors, ...session] = match;
    for (const [names, texts] of [
      [tls, errors.split('/')],
      [['ssl_sni', 'ssl_version', 'ssl_cipher'], session],
    ] as const) {
      for (const [i, text] of texts.entries()) if (text !== '-') this.row.text(names[i], Buffer.from(text, 'latin1'), 0, text.length);
    }
  }

  #decoded(column: string, bytes: Uint8Array, part: Part): void {
    const [clear, start, end] = this.#decode(bytes, part);
    this.row.text(column, clear, start, end);
  }

  /** HAProxy writes `#22` for a quote, and so for what else would end a field. */
  #decode(bytes: Uint8Array, { start, end }: Part): readonly [bytes: Uint8Array, start: number, end: number] {
    if (!bytes.subarray(start, end).includes(HASH)) return [bytes, start, end];
    const clear = this.#clear;
    clear.clear();
    for (let at = start; at < end; at++) {
      const hex = bytes[at] === HASH && at + 2 < end ? textOf(bytes, { start: at + 1, end: at + 3 }) : '';
      if (/^[0-9A-F]{2}$/.test(hex)) {
        clear.put(Number.parseInt(hex, 16));
        at += 2;
      } else clear.put(bytes[at]);
    }
    return [clear.bytes, 0, clear.length];
  }
}

const HASH = 35;
