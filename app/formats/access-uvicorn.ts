import type { Pairs } from './key-values.ts';
import { PairsReader } from './access-pairs.ts';
import { openedWithColumns, type Taken } from './access-reader.ts';
import { headLines } from './table-head.ts';
import { latin, safeText } from './texts.ts';
import type { LogFormat } from './types.ts';

/** What a message that is no request says is told so far. */
const TOLD = 120;
const LOOKED_AT = 100;

/** A time, what else the program's logging writes, and what uvicorn says: `client:port - "GET / HTTP/1.1" 200`. */
const LINE =
  /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\]?([^"]{0,200}?)([0-9a-fA-F.:]{2,45}):(\d{1,5}) - "([A-Z]{1,20} .* HTTP\/\d(?:\.\d)?)" (\d{3})(?: [A-Za-z][A-Za-z' -]{0,40})?\s*$/;

/**
 * Requests as uvicorn tells them (https://www.uvicorn.org/settings/#logging), where the logging of its program puts a time before them: by itself it writes none,
 * and such a log is none of requests, but within what keeps a container's lines.
 */
export const accessUvicorn: LogFormat = {
  id: 'access-uvicorn',
  title: 'uvicorn access log',
  example: [
    '2024-02-10 16:42:07,123 - uvicorn.access - INFO - 192.0.2.7:51514 - "GET /a?b=1 HTTP/1.1" 200',
    '2024-02-10 16:42:08,000 - uvicorn.access - INFO - 198.51.100.9:51515 - "POST /login HTTP/1.1" 302',
    '',
  ].join('\n'),
  detect(head) {
    const lines = headLines(head).slice(0, LOOKED_AT);
    const found = lines.filter((line) => LINE.test(latin(line, 0, line.length))).length;
    if (found * 2 < lines.length || found === 0) return { confidence: 0, why: 'its lines are not those that uvicorn writes of requests' };
    return {
      confidence: 0.5 + (0.4 * found) / lines.length,
      why: `${found} of its first ${lines.length} lines are those that uvicorn writes of requests`,
    };
  },
  open(head, options) {
    return openedWithColumns('uvicorn access log', head, (sink, columns) => new UvicornReader(sink, columns, options.timeZone));
  },
};

class UvicornReader extends PairsReader {
  protected override pairs(bytes: Uint8Array, start: number, end: number, last: boolean): Pairs | Exclude<Taken, 'row'> {
    const found = LINE.exec(latin(bytes, start, end));
    if (found === null)
      return { reason: 'NO_REQUEST', what: `it is no request, but says: ${safeText(bytes, start, end, TOLD)}`, cut: last };
    const [, time, , client, port, request, status] = found;
    return [
      ['time', time.replace(',', '.')],
      ['remote_addr', client],
      ['remote_port', port],
      ['request', request],
      ['status', status],
    ];
  }
}
