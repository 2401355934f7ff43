import { plural } from '../contract/format.ts';
import type { FormatOptions, Mapping } from '../contract/formats.ts';
import { describeColumn } from './fields.ts';
import { GUESSED } from './firewall-asa.ts';
import { FirewallLines } from './firewall-lines.ts';
import { BEGUN, FirewallReader, OTHER, putRecord, timeOf } from './firewall-reader.ts';
import { jsonTable } from './json-table.ts';
import { settleYear, yearOfTimes, yearRemark, YEARLESS } from './syslog.ts';
import { headLines } from './table-head.ts';
import { ByteScratch } from './texts.ts';
import { timeZone } from './time-zone.ts';
import type { Detection, LogFormat, OpenedLog } from './types.ts';

/** Lines that tell. */
const LOOKED_AT = 50;

/**
 * Logs of firewalls, by syslog or bare, also several in one file: FortiGate and others that write key=value, what Linux logs for iptables, nftables and ufw,
 * SonicWall, CEF and LEEF, PAN-OS, filterlog of pfSense and OPNsense, Cisco's ASA. Each line that is about a connection, or about a packet, is a record; the time is
 * when it began: what was logged at its end is as much earlier as it lasted. What was logged at beginnings too is left out where ends are logged.
 */
export const firewall: LogFormat = {
  id: 'firewall',
  title: 'Firewall log (syslog, key=value, CEF, LEEF)',
  example: [
    'date=2024-02-10 time=17:42:07 logid="0000000013" type="traffic" eventtime=1707583327123456789 srcip=10.0.0.1 srcport=51514 dstip=192.0.2.10 dstport=443 proto=6 action="close" duration=2 sentbyte=3652 rcvdbyte=146668',
    '<6>2024-02-10T16:42:08Z asa1 : %ASA-6-302016: Teardown UDP connection 17 for outside:192.0.2.53/53 to inside:10.0.0.2/40001 duration 0:00:01 bytes 160',
    'Feb 10 2024 16:42:09: %ASA-5-111008: User enable_1 executed the logging command.',
    '',
  ].join('\n'),
  detect,
  settle: settleYear,
  open,
};

function detect(head: Uint8Array): Detection {
  const no = { confidence: 0, why: 'its lines are not those of firewalls' };
  const all = headLines(head)
    .filter((line) => line[0] !== HASH)
    .slice(0, LOOKED_AT);
  // most files have no such sign in their first line
  if (!all.some((line) => signs.some((sign) => line.includes(sign)))) return no;
  const lines = new FirewallLines(2000, timeZone(undefined), () => undefined);
  let [found, other] = [0, 0];
  for (const line of all) {
    if (line[0] === OPEN || (line[0] === OPEN_ARRAY && !(line[1] >= UPPER_A && line[1] <= UPPER_Z))) continue;
    const read = line.length > LONGEST ? null : lines.read(line, 0, line.length);
    if (read?.as === 'connection' && !Number.isNaN(timeOf(lines, read))) found++;
    else if (read?.as === 'other' && known(line)) other++;
  }
  if (found === 0 || (found + other) * 2 <= all.length) return no;
  return { confidence: 0.96, why: `${found} of its first ${all.length} lines are those of firewalls, about connections` };
}

const LONGEST = 2 ** 16;
const [OPEN, OPEN_ARRAY, HASH, UPPER_A, UPPER_Z] = [123, 91, 35, 65, 90];
/** `=`, `%`, a comma, a quote, `*`, `>` and `-`: messages of firewalls have one of them. */
const signs = [61, 37, 44, 34, 42, 62, 45];

/** Words that stand in other messages of the same logs. */
function known(line: Uint8Array): boolean {
  const text = Buffer.from(line.subarray(0, 512)).toString('latin1');
  return /%(?:ASA|FTD|PIX|FWSM)-|CEF: ?\d|LEEF:\d|logid=|\bfw=|filterlog|RT_FLOW|CheckPoint|logtype=|log_type=|\bulogd\b|\d,\d{4}\/\d\d\/\d\d /.test(
    text,
  );
}

const columns =
  'ts orig_h orig_p resp_h resp_p proto service duration orig_bytes resp_bytes orig_ip_bytes resp_ip_bytes orig_pkts resp_pkts orig_l2_addr resp_l2_addr'.split(
    ' ',
  );

const mapping: Mapping = {
  kind: 'connection',
  columns: columns.map((name) => {
    const type = describeColumn(name, 'connection')?.type;
    const unit = name === 'ts' || name === 'duration' ? { unit: 'microseconds' as const } : {};
    return { from: name, to: name, ...(type === undefined ? {} : { type }), ...unit };
  }),
};

/** A record with every known column, so that the plan does not depend on which of them the first lines have. */
const complete =
  '{"ts":1707583327123456,"orig_h":"192.0.2.1","orig_p":1,"resp_h":"192.0.2.2","resp_p":1,"proto":"tcp","service":"dns","duration":1,"orig_bytes":1,"resp_bytes":1,' +
  '"orig_ip_bytes":1,"resp_ip_bytes":1,"orig_pkts":1,"resp_pkts":1,"orig_l2_addr":"00:00:5e:00:53:01","resp_l2_addr":"00:00:5e:00:53:02"}\n';

function open(head: Uint8Array, options: FormatOptions): OpenedLog {
  const { year, guessed } = yearOfTimes(head, options);
  const lines = new FirewallLines(year, timeZone(options.timeZone), () => undefined);
  const out = new ByteScratch();
  out.putAll(Buffer.from(complete));
  let ends = false;
  for (const line of headLines(head)) {
    const read = lines.read(line, 0, line.length);
    if (read?.as !== 'connection') continue;
    if (read.phase === 'ended') ends = true;
    const ts = timeOf(lines, read);
    if (Number.isNaN(ts)) continue;
    putRecord(out, read, ts, lines.host);
    out.put(10);
  }
  const log = jsonTable.open(out.bytes.slice(0, out.length), { mapping });
  return {
    kind: 'connection',
    title: 'Connections (firewall log)',
    read: (sink) => new FirewallReader(sink, log, { year, zone: timeZone(options.timeZone), ends }),
    remarks: (tallies) => [
      ...(tallies.has(YEARLESS) ? [yearRemark(year, guessed)] : []),
      ...otherRemarks(tallies),
      ...log.remarks(tallies),
    ],
  };
}

/** So many kinds of messages are named. */
const NAMED = 8;

function otherRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const remarks: string[] = [];
  const begun = tallies.get(BEGUN) ?? 0;
  if (begun > 0) {
    remarks.push(
      `${plural(begun, 'line')} about beginnings of connections counted as comments: their ends are logged too, with what was sent.`,
    );
  }
  const others = [...tallies].filter(([key]) => key.startsWith(OTHER)).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (others.length > 0) {
    const count = others.reduce((sum, [, one]) => sum + one, 0);
    const named = others.slice(0, NAMED).map(([key, one]) => `${one} ${key.slice(OTHER.length)}`);
    const rest = others.length > NAMED ? ', and others' : '';
    const counted = count === 1 ? 'that is about no connection counted as a comment' : 'that are about no connection counted as comments';
    remarks.push(`${plural(count, 'line')} of the firewall ${counted}: ${named.join(', ')}${rest}.`);
  }
  const directions = tallies.get(GUESSED) ?? 0;
  if (directions > 0) {
    remarks.push(
      `Of ${plural(directions, 'connection')} that ended, the log does not hold who began ${directions === 1 ? 'it' : 'them'}: the side with a port below 1024 was taken for the responder, else the one named second for the originator.`,
    );
  }
  return remarks;
}
