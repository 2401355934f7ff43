import { openedWithColumns } from './access-reader.ts';
import { COMMENT, type Problem } from './line-outcome.ts';
import type { Pairs } from './key-values.ts';
import { PairsReader } from './access-pairs.ts';
import { headLines } from './table-head.ts';
import { latin } from './texts.ts';
import type { LogFormat } from './types.ts';

/** What Google Cloud Storage calls its columns (https://cloud.google.com/storage/docs/access-logs#format), in their order. */
const columnNames =
  'time_micros c_ip c_ip_type c_ip_region cs_method cs_uri sc_status cs_bytes sc_bytes time_taken_micros cs_host cs_referer cs_user_agent s_request_id cs_operation cs_bucket cs_object'.split(
    ' ',
  );

/** What some of them are. */
const names: ReadonlyMap<string, string> = new Map([
  ['time_micros', 'ts'],
  ['c_ip', 'client_ip'],
  ['cs_method', 'method'],
  ['cs_uri', 'uri'],
  ['sc_status', 'status'],
  ['cs_bytes', 'request_bytes'],
  ['sc_bytes', 'bytes_sent'],
  ['time_taken_micros', 'duration_us'],
  ['cs_host', 'host'],
  ['cs_referer', 'referer'],
  ['cs_user_agent', 'user_agent'],
]);

const isHeader = (line: string): boolean => /^"?time_micros"?,"?c_ip"?,/.test(line);

/** The usage logs of Google Cloud Storage: CSV, every value in quotes. */
export const accessCsv: LogFormat = {
  id: 'access-csv',
  title: 'Google Cloud Storage usage log (CSV)',
  example: [
    '"time_micros","c_ip","c_ip_type","c_ip_region","cs_method","cs_uri","sc_status","cs_bytes","sc_bytes","time_taken_micros","cs_host","cs_referer","cs_user_agent","s_request_id","cs_operation","cs_bucket","cs_object"',
    '"1707583327000000","192.0.2.7","1","","GET","/bucket/object?x=1","200","0","4711","45000","storage.googleapis.com","","curl/8.5.0","AEnB2U","GET_Object","bucket","object"',
    '"1707583328000000","2001:db8::1","2","","PUT","/bucket/a""b","403","100","0","5000","storage.googleapis.com","","curl/8.5.0","AEnB2V","PUT_Object","bucket","a""b"',
    '',
  ].join('\n'),
  detect(head) {
    const [first] = headLines(head);
    const found = first !== undefined && isHeader(latin(first, 0, Math.min(first.length, 100)));
    if (!found) return { confidence: 0, why: 'it does not begin with the columns of a Google Cloud Storage usage log' };
    return { confidence: 1, why: 'its columns are those of a Google Cloud Storage usage log' };
  },
  open(head, options) {
    return openedWithColumns('Google Cloud Storage usage log', head, (sink, columns) => new CsvRequests(sink, columns, options.timeZone));
  },
};

const [QUOTE, COMMA] = [34, 44];
/** Values of a line that are kept: those that Google may yet add, too. */
const MOST = 64;

class CsvRequests extends PairsReader {
  protected override pairs(bytes: Uint8Array, start: number, end: number): Pairs | typeof COMMENT | Problem {
    const values = valuesOf(bytes, start, end);
    if (values === null) return { reason: 'BAD_QUOTES', what: 'a quote is not closed' };
    if (values[0] === columnNames[0]) return COMMENT;
    if (values.length < columnNames.length)
      return { reason: 'TOO_FEW_FIELDS', what: `${values.length} fields where there should be ${columnNames.length}` };
    return values.map((value, i) => {
      const name = columnNames.at(i) ?? `extra_${i - columnNames.length + 1}`;
      return [names.get(name) ?? name, value];
    });
  }
}

/** The values of a line of CSV, a character a byte; null where a quote is not closed. */
function valuesOf(bytes: Uint8Array, start: number, end: number): string[] | null {
  const values: string[] = [];
  for (let at = start; at <= end;) {
    const from = at;
    let value: string;
    if (bytes[at] === QUOTE && at < end) {
      for (at++; at < end && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE); at++) if (bytes[at] === QUOTE) at++;
      if (at >= end) return null;
      value = latin(bytes, from + 1, at++).replaceAll('""', '"');
    } else {
      while (at < end && bytes[at] !== COMMA) at++;
      value = latin(bytes, from, at);
    }
    if (values.length >= MOST) break;
    values.push(value);
    at++;
  }
  return values;
}
