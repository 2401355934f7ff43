import type { FormatInfo, FormatOptions } from '../contract/formats.ts';

/** Formats, by their ids, that have a use for what a person may say of them. */
const users = {
  mapping: new Set(['csv', 'json', 'parquet']),
  zeekLog: new Set(['zeek-json', 'zeek-tsv', 'zeek-conn']),
  eventType: new Set(['suricata-eve']),
  year: new Set(['syslog', 'firewall']),
  logFormat: new Set(['access']),
  fields: new Set(['vpc-flow']),
} as const satisfies Partial<Record<keyof FormatOptions, ReadonlySet<string>>>;

/** Formats whose times count from a moment in UTC, or always name their zone. */
const ownZone: ReadonlySet<string> = new Set(['zeek-conn', 'zeek-tsv', 'tstat', 'squid', 'suricata-eve', 'vpc-flow']);

/** What was said of a file of this format and is of no use to it: one sentence each. */
export function unusedOf({ id, title }: FormatInfo, options: FormatOptions): string[] {
  const unused = (option: keyof typeof users): boolean => options[option] !== undefined && !users[option].has(id);
  const { zeekLog, eventType, year, timeZone } = options;
  const remarks: string[] = [];
  if (unused('mapping'))
    remarks.push(`What was said of its columns was not used: a ${title} says them itself. To map them, read it as a table: --format csv.`);
  if (unused('zeekLog'))
    remarks.push(`The log that was named (${zeekLog}) was not used: this is no log of Zeek's (--zeek-log), but: ${title}.`);
  if (unused('eventType'))
    remarks.push(
      `The type of events that was named (${eventType}) was not used: only Suricata's eve.json has such, and this is: ${title}.`,
    );
  if (unused('year')) remarks.push(`The year that was given (${year}) was not used: no time of this format is without one (${title}).`);
  if (timeZone !== undefined && timeZone !== 'UTC' && ownZone.has(id))
    remarks.push(`The time zone that was given (${timeZone}) was not used: no time of this format needs one (${title}).`);
  if (unused('logFormat'))
    remarks.push(`The log format that was given was not used: it is for logs of web servers, and this is: ${title}.`);
  if (unused('fields'))
    remarks.push(`The fields that were given were not used: they are for flow logs of Amazon VPC, and this is: ${title}.`);
  return remarks;
}
