import { openCustom } from './access-custom.ts';
import { FastAccess } from './access-fast.ts';
import { undoEscapes } from './access-escapes.ts';
import { isDash, quotedFront, type Part } from './access-line-bytes.ts';
import { isAgentAlone, isHostFirst, putBehind, type Usual } from './access-behind.ts';
import { AccessLine } from './access-line.ts';
import { isEscaped, settleQuotes, shapeKey, shapeOf, type QuoteShape } from './access-quotes.ts';
import { RequestReader, columnsOf, openedRequests, wholeLines, type Taken } from './access-reader.ts';
import type { RequestColumn } from './request-columns.ts';
import { isHostName } from './access-scan.ts';
import { AccessTime } from './access-time.ts';
import { beforeReturn } from './field-scanner.ts';
import { newlineOf } from './lines.ts';
import { quoted } from './texts.ts';
import { LINE_LIMIT, type Detection, type FormatOptions, type LogFormat, type RecordSink } from './types.ts';
import * as values from './values.ts';

/**
 * Web access logs as Apache, nginx and many after them write them: Common and Combined Log Format
 * (https://httpd.apache.org/docs/current/logs.html#accesslog), also with a virtual host, a port or anything else in front and more fields behind, and
 * each line in one more pair of quotes. Every line stands for itself, so logs of several servers may be put together. A request line that is no
 * HTTP is evidence too: its row has the line as it was logged, and no method or path.
 */
export const access: LogFormat = {
  id: 'access',
  title: 'Web access log (Common, Combined)',
  example: [
    '192.0.2.7 - - [10/Feb/2024:16:42:07 +0100] "GET /index.html?a=1 HTTP/1.1" 200 5120 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0"',
    '2001:db8::1 - alice [10/Feb/2024:16:42:08 +0100] "POST /login HTTP/2.0" 302 - "https://www.example.com/" "curl/8.5.0"',
    '198.51.100.9 - - [10/Feb/2024:16:42:09 +0100] "\\x16\\x03\\x01\\x02" 400 226 "-" "-"',
    '',
  ].join('\n'),
  detect,
  open(head, options) {
    if (options.logFormat !== undefined) return openCustom(head, options.logFormat, options.timeZone);
    const found = survey(head, options);
    const title = found.good > 0 && found.combined * 2 < found.good ? 'Web access log (Common)' : 'Web access log (Combined)';
    const time = (): AccessTime => new AccessTime(options.timeZone);
    // lines of a log that has agents are cut where they have none at its very end
    const whole = found.combined * 2 >= found.good && found.good > 0;
    const behind = found.behind * 2 > found.good;
    const [agentAlone, hostFirst] = [found.agents * 2 > found.good, found.hosts * 2 > found.good];
    const lines: Lines = { combined: whole, hostBehind: behind, agentAlone, hostFirst, quotes: found.quotes };
    const columns = columnsOf(head, (sink) => new AccessReader(sink, [], time(), lines));
    const names = new Set(columns.map(({ name }) => name));
    return openedRequests(
      names.has('vhost') ? `${title} with virtual hosts` : title,
      (sink) => new AccessReader(sink, columns, time(), lines),
    );
  },
};

/** What the first lines tell of a log. */
interface Lines extends Usual {
  /** They have referrer and agent. */
  readonly combined: boolean;
  /** Behind the client stands no identity, but the virtual host, as lighttpd writes it. */
  readonly hostBehind: boolean;
  readonly quotes: QuoteShape;
}

class AccessReader extends RequestReader {
  readonly #line = new AccessLine();
  readonly #time: AccessTime;
  readonly #fast: FastAccess;
  readonly #lines: Lines;
  #version = -1;
  #single = new Uint8Array(0);

  constructor(sink: RecordSink, columns: readonly RequestColumn[], time: AccessTime, lines: Lines) {
    super(sink, columns, undoEscapes);
    this.#lines = lines;
    this.#time = time;
    this.doubts = time.zone.doubts;
    this.#fast = new FastAccess(this.row, this.slots, time);
    this.row.begin();
  }

  protected override bind(): void {
    super.bind();
    this.#fast.bind();
    this.#version = this.row.version;
  }

  protected override quick(bytes: Uint8Array, start: number, newline: number): number {
    if (!this.recognised || this.#lines.hostFirst) return -1;
    if (this.#version !== this.row.version) this.bind();
    const end = this.#fast.row(bytes, start, newline, this.slots.rows);
    if (end < 0) return -1;
    if (end - start > LINE_LIMIT + 1) {
      this.row.clear();
      return -1;
    }
    this.commit(start, this.#fast.ts, true);
    return end;
  }

  protected line(bytes: Uint8Array, start: number, end: number, last: boolean): Taken {
    if (isWrapped(bytes, start, end)) return this.#unwrapped(bytes, start, end, last);
    return this.#plain(bytes, start, end, last);
  }

  /** A line within one more pair of quotes; its own may be doubled, as in CSV. */
  #unwrapped(bytes: Uint8Array, start: number, end: number, last: boolean): Taken {
    const closed = bytes[end - 1] === QUOTE && end - start > 1;
    if (!doubled(bytes, start + 1, end)) return this.#plain(bytes, start + 1, closed ? end - 1 : end, last);
    if (this.#single.length < end - start) this.#single = new Uint8Array(end - start);
    const single = this.#single;
    let to = 0;
    for (let at = start + 1; at < (closed ? end - 1 : end); at++) {
      if (bytes[at] === QUOTE && bytes[at + 1] === QUOTE) at++;
      single[to++] = bytes[at];
    }
    return this.#plain(single, 0, to, last);
  }

  #plain(bytes: Uint8Array, start: number, end: number, last: boolean): Taken {
    const line = this.#line;
    const problem = line.scan(bytes, start, end);
    if (problem !== null) return problem;
    const ts = this.#time.read(bytes, line.time.start, line.time.end);
    if (Number.isNaN(ts)) {
      return { reason: 'BAD_TIME', what: `the time is ${quoted(bytes, line.time.start, line.time.end)}`, cut: false };
    }
    if (last && (line.open || (this.#lines.combined && line.count === 0))) return { reason: 'TRUNCATED', what: 'the agent is missing' };
    const quotes = settleQuotes(line, bytes, end, this.#lines.quotes);
    this.row.asWritten = quotes !== 'escaped';
    if (this.row.asWritten) this.tally('unescaped');
    if (line.open) this.tally('open');
    this.row.time(ts);
    this.#who(bytes);
    this.#answer(bytes);
    putBehind(this.row, line, bytes, this.#lines);
    return 'row';
  }

  #who(bytes: Uint8Array): void {
    const { before, vhost, forwarded, client, ident, user } = this.#line;
    const { row } = this;
    if (has(bytes, before)) row.text('before', bytes, before.start, before.end);
    if (has(bytes, vhost)) row.vhost(bytes, vhost.start, vhost.end);
    if (has(bytes, forwarded)) row.text('forwarded_for', bytes, forwarded.start, forwarded.end);
    if (has(bytes, client)) row.host('orig_h', bytes, client.start, client.end);
    if (this.#lines.hostBehind && !has(bytes, vhost) && isHostName(bytes, ident.start, ident.end)) row.vhost(bytes, ident.start, ident.end);
    else if (has(bytes, ident)) row.text('ident', bytes, ident.start, ident.end);
    if (has(bytes, user) && !(user.end - user.start === 2 && bytes[user.start] === QUOTE)) row.text('user', bytes, user.start, user.end);
  }

  #answer(bytes: Uint8Array): void {
    const { between, request, status, size } = this.#line;
    const { row } = this;
    if (has(bytes, between)) row.text('between', bytes, between.start, between.end);
    const [from, to] = uncoloured(bytes, request.start, request.end);
    if (has(bytes, request) && !row.request(bytes, from, to)) this.tally('no http');
    const code = isDash(bytes, status.start, status.end) ? 0 : values.parseCount(bytes, status.start, status.end);
    // nginx writes 000 where no answer was sent
    if (code > 0) row.number('status', code);
    const count = size.end === size.start || isDash(bytes, size.start, size.end) ? NaN : values.parseCount(bytes, size.start, size.end);
    if (count >= 0) row.number('bytes', count);
    else if (count === values.OUT_OF_RANGE) row.beyond('bytes', bytes, size.start, size.end);
  }
}

const QUOTE = 34;
const ESCAPE = 27;

const has = (bytes: Uint8Array, { start, end }: Part): boolean => start >= 0 && end > start && !isDash(bytes, start, end);

/** What stands between the escapes that a terminal shows in colour: Werkzeug writes them into its requests. */
function uncoloured(bytes: Uint8Array, start: number, end: number): readonly [number, number] {
  if (bytes[start] !== ESCAPE || bytes[start + 1] !== 91) return [start, end];
  let from = start;
  while (bytes[from] === ESCAPE && from < end) from = bytes.indexOf(109, from) + 1;
  const to = bytes.lastIndexOf(ESCAPE, end - 1);
  return from > start && from < to ? [from, to] : [start, end];
}

/** A quote that the line begins with, and no field of its own. */
const isWrapped = (bytes: Uint8Array, start: number, end: number): boolean => bytes[start] === QUOTE && quotedFront(bytes, start, end) < 0;

/** `] ""GET`: quotes within quotes. */
function doubled(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at + 3 < end; at++) {
    if (bytes[at] === 93 && bytes[at + 1] === 32 && bytes[at + 2] === QUOTE) return bytes[at + 3] === QUOTE && bytes[at + 4] !== 32;
  }
  return false;
}

/** Lines of the head that are looked at. */
const LOOKED_AT = 50;

interface Survey {
  readonly tried: number;
  readonly good: number;
  /** Begin as such a line does, and go on otherwise. */
  readonly like: number;
  readonly combined: number;
  readonly vhosts: number;
  /** Have a host's name behind the client. */
  readonly behind: number;
  /** Have one field in quotes, and it is no address of a page. */
  readonly agents: number;
  /** Have the host that was asked before referrer and agent. */
  readonly hosts: number;
  readonly quotes: QuoteShape;
}

function survey(head: Uint8Array, options: FormatOptions): Survey {
  const bytes = wholeLines(head);
  const newline = newlineOf(head, true) || 10;
  const line = new AccessLine();
  const time = new AccessTime(options.timeZone);
  const found = { tried: 0, good: 0, like: 0, combined: 0, vhosts: 0, behind: 0, agents: 0, hosts: 0 };
  const shapes = new Map<string, number>();
  let unescaped = 0;
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && found.tried < LOOKED_AT) {
    const next = bytes.indexOf(newline, at);
    const end = beforeReturn(bytes, at, next < 0 ? bytes.length : next);
    if (end > at) {
      found.tried++;
      const start = isWrapped(bytes, at, end) ? at + 1 : at;
      const problem = bytes[start] === 123 ? notThis : line.scan(bytes, start, end);
      const timed = problem?.reason !== 'NO_TIME' && !Number.isNaN(time.read(bytes, line.time.start, line.time.end));
      const isLine = problem === null && timed;
      if (isLine) found.good++;
      else if (problem?.reason === 'BAD_REQUEST' && timed && bytes[line.time.end + 2] === QUOTE) found.like++;
      if (isLine && line.count >= 2) found.combined++;
      if (isLine && isAgentAlone(line, bytes)) found.agents++;
      if (isLine && isHostFirst(line, bytes)) found.hosts++;
      if (isLine && isEscaped(line, bytes)) shapes.set(shapeKey(line), (shapes.get(shapeKey(line)) ?? 0) + 1);
      else if (isLine && line.bare) unescaped++;
      if (isLine && line.vhost.start >= 0) found.vhosts++;
      if (isLine && (line.vhost.start > line.client.start || isHostName(bytes, line.ident.start, line.ident.end))) found.behind++;
    }
    at = (next < 0 ? bytes.length : next) + 1;
  }
  return { ...found, quotes: shapeOf(shapes, unescaped > 0) };
}

const notThis = { reason: 'NO_TIME', what: 'it is JSON' };

function detect(head: Uint8Array): Detection {
  const { tried, good, like, combined, vhosts } = survey(head, {});
  if (good === 0 && like > 0) return { confidence: 0.3, why: `${like} of its first ${tried} lines begin as requests in an access log do` };
  if (good === 0) return { confidence: 0, why: 'no line is a client, a time in brackets, a request, a status and a size' };
  const shape = combined * 2 >= good ? 'Combined Log Format' : 'Common Log Format';
  const host = vhosts * 2 >= good ? ' with the virtual host in front' : '';
  return { confidence: 0.5 + (0.45 * good) / tried, why: `${good} of its first ${tried} lines are requests in the ${shape}${host}` };
}
