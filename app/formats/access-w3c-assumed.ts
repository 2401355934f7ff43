import { headLines } from './table-head.ts';

/** Fields that a log has whose header was taken off, as `grep -v '^#'` does and collectors do. */
export interface Assumed {
  readonly by: string;
  readonly software: string;
  readonly fields: readonly string[];
  /** Its lines begin so. */
  readonly beginning: RegExp;
}

const day = String.raw`\d{4}-\d\d-\d\d`;
const clock = String.raw`\d\d:\d\d:\d\d`;
const address = String.raw`[0-9A-Fa-f.:]+(?:%\d+)?`;
const method = String.raw`(?:[A-Z_]{3,16}|-)`;

const known: readonly Assumed[] = [
  {
    by: 'IIS',
    software: 'Microsoft Internet Information Services',
    // https://learn.microsoft.com/en-us/iis/configuration/system.applicationhost/sites/site/logfile/#attributes
    fields:
      'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken'.split(
        ' ',
      ),
    beginning: new RegExp(`^${day} ${clock} ${address} ${method} \\S+ \\S+ \\d{1,5} \\S+ ${address} \\S+ \\S+ \\d{3} \\d+ \\d+ \\d+\\r?$`),
  },
  {
    by: 'Amazon CloudFront',
    software: '',
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
    fields:
      'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end'.split(
        ' ',
      ),
    beginning: new RegExp(
      `^${day}\\t${clock}\\t[A-Z]{3}\\d+(?:-[A-Z]\\d+)?\\t\\d+\\t${address}\\t${method}\\t[^\\t]+\\t[^\\t]+\\t\\d{3}\\t`,
    ),
  },
];

/** Whose fields the first lines have; null where they are nobody's. CloudFront added some over the years: a line may have the first of them. */
export function assumedOf(head: Uint8Array): Assumed | null {
  const [first] = headLines(head);
  if (first === undefined) return null;
  const line = Buffer.from(first).toString('latin1');
  const found = known.find(({ beginning }) => beginning.test(line));
  if (found === undefined || found.software !== '') return found ?? null;
  const fields = found.fields.slice(0, line.split('\t').length);
  return fields.length < 12 ? null : { ...found, fields };
}
