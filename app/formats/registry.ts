import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { accessAws } from './access-aws.ts';
import { accessCsv } from './access-csv.ts';
import { accessJson } from './access-json.ts';
import { accessLogfmt } from './access-logfmt.ts';
import { accessTimeFirst } from './access-time-first.ts';
import { accessUvicorn } from './access-uvicorn.ts';
import { accessUwsgi } from './access-uwsgi.ts';
import { accessW3c } from './access-w3c.ts';
import { access } from './access.ts';
import { azureFlow } from './azure-flow.ts';
import { awsNlb } from './aws-nlb.ts';
import { delimited, headerAlone } from './delimited.ts';
import { eve } from './eve.ts';
import { firewall } from './firewall.ts';
import { haproxyTcp } from './haproxy-tcp.ts';
import { haproxy } from './haproxy.ts';
import { isJsonRecords, jsonTable } from './json-table.ts';
import { nfdump } from './nfdump.ts';
import { otherFile } from './other-logs.ts';
import { parquet } from './parquet.ts';
import { squid } from './squid.ts';
import { syslog } from './syslog.ts';
import { tableHead } from './table-head.ts';
import { safeText } from './texts.ts';
import type { Detection, FormatOptions, LogFormat } from './types.ts';
import { tstat } from './tstat.ts';
import { unusedOf } from './unused-options.ts';
import { vpcFlow } from './vpc.ts';
import { zeekJson } from './zeek-json.ts';
import { wrapped } from './wrapped.ts';
import { wrapperNames } from './wrapped-lines.ts';
import { zeekConn, zeekTsv } from './zeek-tsv.ts';

/** Formats of files as their programs write them. */
const direct: readonly LogFormat[] = [
  zeekConn,
  zeekTsv,
  zeekJson,
  tstat,
  access,
  accessJson,
  accessW3c,
  accessAws,
  accessTimeFirst,
  accessLogfmt,
  accessCsv,
  accessUwsgi,
  accessUvicorn,
  awsNlb,
  haproxy,
  haproxyTcp,
  squid,
  eve,
  nfdump,
  vpcFlow,
  azureFlow,
  firewall,
  syslog,
  jsonTable,
];

/** Logs within a wrapper. */
const wrapping: readonly LogFormat[] = wrapperNames.map((name) => wrapped(name, { formats: direct, messages: syslog, access }));

/** Every format Flowcase reads. A new one is a file of its own and a name here, or among those that may be within a wrapper. */
export const formats: readonly LogFormat[] = [...direct, ...wrapping, delimited];

/** So many bytes of a file's beginning are enough to recognise it. */
export const HEAD_BYTES = 2 ** 18;

/** @throws INVALID_INPUT for an id that no format has */
export function formatById(id: string): LogFormat {
  const format = formats.find((one) => one.id === id);
  if (format !== undefined) return format;
  const known = [...formats, parquet].map((one) => one.id).join(', ');
  throw new FlowcaseError('INVALID_INPUT', `There is no format '${id}'. Flowcase reads: ${known}.`, { format: id });
}

/** What a person should know of what they said of a file: one sentence each. */
export function unusedOptions(format: LogFormat, options: FormatOptions): string[] {
  // what is within a wrapper has its own use for them
  return wrapping.includes(format) ? [] : unusedOf(format, options);
}

/** Formats that a file with these first bytes may have, the likeliest first. */
export function candidateFormats(head: Uint8Array): readonly ({ readonly format: LogFormat } & Detection)[] {
  const found = formats.map((format) => ({ format, ...format.detect(head) })).filter(({ confidence }) => confidence > 0);
  return found.toSorted((a, b) => b.confidence - a.confidence);
}

/**
 * The format of a file by its first bytes (unpacked; at most HEAD_BYTES of them), and why it is taken for one. `name` is for messages.
 * @throws FlowcaseError FORMAT_UNKNOWN, ENCODING_UNSUPPORTED; the message says what was found and what was expected
 */
export function detectFormat(
  head: Uint8Array,
  name: string,
  options: FormatOptions = {},
): { readonly format: LogFormat; readonly why: string } {
  refuseEncoding(head, name);
  refuseOther(otherFile(head, { onlyCertain: true }), name);
  // only access logs are read by a format that is given
  if (options.logFormat !== undefined) return { format: access, why: 'a log format was given' };
  if (options.fields !== undefined) return { format: vpcFlow, why: 'its fields were given' };
  // what a person says of columns is said of a table, whatever else could read it
  if (options.mapping !== undefined) {
    if (isJsonRecords(head)) return { format: jsonTable, why: 'a mapping of its keys was given' };
    if (tstat.detect(head).confidence < 1 && delimited.detect(head).confidence > 0)
      return { format: delimited, why: 'a mapping of its columns was given' };
  }
  const best = certainFormat(head) ?? candidateFormats(head).at(0);
  if (options.zeekLog !== undefined && best?.format === jsonTable) return { format: zeekJson, why: "it was named as a log of Zeek's" };
  if (best !== undefined) return best;
  refuseOther(otherFile(head), name);
  if (head.length >= HEAD_BYTES && !head.includes(10) && !head.includes(13)) {
    const message = `${name}: its first line is longer than ${HEAD_BYTES / 1024} KiB, so it is no log of lines. Flowcase reads logs of Zeek, Suricata, Tstat and web servers, and tables; look at the file in a viewer.`;
    throw new FlowcaseError('LINE_TOO_LONG', message);
  }
  const names = headerAlone(head);
  if (names !== null) {
    const some = names.slice(0, 10).map((one) => one.slice(0, 50));
    const message = `${name} has a line that names ${plural(names.length, 'column')} (${some.join(', ')}${names.length > some.length ? ', ...' : ''}) and no rows below it, so there is nothing to import, and the names alone do not tell what it would be. Check that the file is whole, or import it as an empty table: --format csv.`;
    throw new FlowcaseError('FORMAT_UNKNOWN', message, { found: 'a table without rows' });
  }
  const binary = looksBinary(head);
  if (!binary && isTableAsSaid(head, options)) return { format: delimited, why: 'a person said how its columns are to be read' };
  const found = binary ? 'bytes that are no text' : `"${beginning(head)}"`;
  const expected = `${formats[0].title}, or any of ${formats.length - 1} other formats ("flowcase formats" lists them)`;
  const asTable = binary
    ? ''
    : ` It was not taken for a table because ${delimited.detect(head).why}; to read it as one all the same: --format csv.`;
  throw new FlowcaseError(
    'FORMAT_UNKNOWN',
    `${name} is no log that Flowcase knows. It begins with ${found}; expected: ${expected}.${asTable}`,
  );
}

/** Who says how a table is parted, or what its columns or records are, says that it is one, where its lines can be parted at all. */
function isTableAsSaid(head: Uint8Array, { mapping }: FormatOptions): boolean {
  if (mapping === undefined) return false;
  const first = head.find((byte) => byte > 32 && byte < 128);
  if (first === 123 || first === 91 || first === 60) return false;
  const table = tableHead(head, mapping);
  return table !== null && table.width > 1 && table.rows.length > 0;
}

/** The first format that nothing else could be; the rest need not be asked then, which takes some of them long. */
function certainFormat(head: Uint8Array): { readonly format: LogFormat; readonly why: string } | null {
  for (const format of formats) {
    const { confidence, why } = format.detect(head);
    if (confidence === 1) return { format, why };
  }
  return null;
}

function refuseOther(other: ReturnType<typeof otherFile>, name: string): void {
  if (other !== null) throw new FlowcaseError('FORMAT_UNKNOWN', `${name} is ${other.what}. ${other.advice}`, { found: other.what });
}

function refuseEncoding(head: Uint8Array, name: string): void {
  const encoding = encodingOf(head);
  if (encoding === null) return;
  // what is followed as it grows is not made UTF-8 of, though it has its mark
  const unmarked = encoding.startsWith('UTF-16') && head[0] < 0xfe;
  const [how, or] = unmarked ? [', without the mark at its beginning (BOM) that says so', ', or with its mark,'] : ['', ''];
  throw new FlowcaseError('ENCODING_UNSUPPORTED', `${name} is written in ${encoding}${how}. Save it as UTF-8${or} and import that copy.`, {
    encoding,
  });
}

/** By its mark, or by zeros in every other byte. */
function encodingOf(head: Uint8Array): string | null {
  if (head.length >= 4 && head[0] === 0xff && head[1] === 0xfe && head[2] === 0 && head[3] === 0) return 'UTF-32';
  if (head[0] === 0xff && head[1] === 0xfe) return 'UTF-16 (little endian)';
  if (head[0] === 0xfe && head[1] === 0xff) return 'UTF-16 (big endian)';
  if (head.length < 16) return null;
  const zeros = [0, 0];
  for (let i = 0; i < 16; i++) zeros[i % 2] += head[i] === 0 ? 1 : 0;
  if (zeros[1] === 8 && zeros[0] === 0) return 'UTF-16 (little endian)';
  return zeros[0] === 8 && zeros[1] === 0 ? 'UTF-16 (big endian)' : null;
}

function looksBinary(head: Uint8Array): boolean {
  const sample = head.subarray(0, 4096);
  return sample.filter((byte) => byte < 9 || (byte > 13 && byte < 32)).length > sample.length / 50;
}

/** The first line that says anything. */
function beginning(head: Uint8Array): string {
  const blank = (byte: number): boolean => byte === 10 || byte === 13 || byte === 9 || byte === 32;
  const start = Math.max(
    0,
    head.findIndex((byte) => !blank(byte)),
  );
  const end = head.findIndex((byte, i) => i > start && (byte === 10 || byte === 13));
  return safeText(head, start, end < 0 ? head.length : end, 60);
}
