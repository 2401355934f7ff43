import { ofType, recordOf, type FirewallLine } from './firewall-fields.ts';

/** Firewalls whose messages have fields in known places. */

/** Fields of a traffic log of PAN-OS in their order; '' is not kept (https://docs.paloaltonetworks.com/pan-os/11-1/pan-os-admin/monitoring/use-syslog-for-monitoring/syslog-field-descriptions/traffic-log-fields). */
const panos = (
  ',,serial,,subtype,,,orig_h,resp_h,nat_source_ip,nat_destination_ip,rule,source_user,destination_user,service,virtual_system,source_zone,destination_zone,inbound_interface,' +
  'outbound_interface,log_action,,session_id,repeat_count,orig_p,resp_p,nat_source_port,nat_destination_port,session_flags,proto,action,total_bytes,orig_bytes,resp_bytes,' +
  'total_packets,,duration,category,,sequence_number,action_flags,source_location,destination_location,,orig_pkts,resp_pkts,session_end_reason,,,,,virtual_system_name,device_name,action_source'
).split(',');
const [GENERATED, STARTED, SUBTYPE, TYPE] = [6, 35, 4, 3];
/** Up to the elapsed time. */
const LEAST = 37;

/** Where a log of PAN-OS begins in a line. */
export const panosPattern = /(?:^|[\s\]])\d*,\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,[^,]*,[A-Z][A-Z-]+,/;

/** The line that names the columns, where such logs were saved as a table. */
export const panosHeader = /^"?Domain"?,"?Receive Time"?,"?Serial/;

/** `from`: where the log begins, behind the syslog header. */
export function panosLine(text: string, from: number): FirewallLine {
  const fields = csvFields(text.slice(from).trimStart());
  const type = fields[TYPE] ?? '';
  if (type !== 'TRAFFIC') return ofType(type);
  if (fields.length < LEAST) return { as: 'other', what: 'of the type TRAFFIC that break off' };
  const named = panos.flatMap((name, i): [string, string][] => {
    const value = fields[i] ?? '';
    return name === '' || value === '' ? [] : [[name, value]];
  });
  const subtype = fields[SUBTYPE];
  const phase = subtype === 'start' ? 'begun' : subtype === 'end' ? 'ended' : 'once';
  const started = fields[STARTED] ?? '';
  const began = /^\d{4}\/\d\d\/\d\d /.test(started) ? started : undefined;
  return recordOf({ fields: named, phase, began, logged: fields[GENERATED] }, 'of the type TRAFFIC without two addresses');
}

/** Fields between commas; those in quotes may hold some, and two quotes for one. */
function csvFields(text: string): string[] {
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  for (let at = 0; at <= text.length;) {
    let end: number;
    if (text[at] === '"') {
      let close = text.indexOf('"', at + 1);
      while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
      if (close < 0) close = text.length;
      fields.push(text.slice(at + 1, close).replaceAll('""', '"'));
      end = text.indexOf(',', close);
    } else {
      end = text.indexOf(',', at);
      fields.push(text.slice(at, end < 0 ? text.length : end));
    }
    if (end < 0) break;
    at = end + 1;
  }
  return fields;
}

const common = 'rule,sub_rule,anchor,tracker,interface,reason,action,direction'.split(',');
const ofIpv4 = 'tos,ecn,ttl,id,offset,ip_flags,,proto,orig_ip_bytes,orig_h,resp_h'.split(',');
const ofIpv6 = 'class,flow_label,hop_limit,proto,,orig_ip_bytes,orig_h,resp_h'.split(',');
const ofTcp = 'orig_p,resp_p,data_length,tcp_flags,sequence_number,acknowledged,window,urgent,options'.split(',');

/** A packet that pfSense or OPNsense logged (https://docs.netgate.com/pfsense/en/latest/monitoring/raw-filter-log-format.html). */
export function filterlogLine(message: string): FirewallLine | null {
  const fields = message.split(',');
  const version = fields[common.length];
  const ofIp = version === '4' ? ofIpv4 : version === '6' ? ofIpv6 : null;
  if (ofIp === null) return fields.length > common.length ? { as: 'other', what: 'of other IP versions' } : null;
  const names = [...common, '', ...ofIp];
  const proto = (fields[names.indexOf('proto')] ?? '').toLowerCase();
  const all = proto === 'tcp' || proto === 'udp' ? [...names, ...ofTcp] : [...names, 'details'];
  const named = all.flatMap((name, i): [string, string][] => {
    const value = name === 'details' ? fields.slice(i).join(',') : (fields[i] ?? '');
    return name === '' || value === '' ? [] : [[name, value]];
  });
  return recordOf({ fields: [...named, ['orig_pkts', '1']], phase: 'once' }, 'without two addresses');
}

const ofWindows =
  'action,proto,orig_h,resp_h,orig_p,resp_p,orig_ip_bytes,tcp_flags,tcp_sequence,tcp_acknowledged,tcp_window,icmp_type,icmp_code,info,path'.split(
    ',',
  );

/** How a line of pfirewall.log begins: its time is that of the machine. */
export const windowsPattern = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?=(?:ALLOW|DROP|OPEN|OPEN-INBOUND|CLOSE|INFO-EVENTS-LOST) )/;

/** A packet, or a connection that was let in, as the firewall of Windows logs it (pfirewall.log, its line `#Fields`). */
export function windowsLine(text: string, said: string): FirewallLine {
  const values = text.slice(said.length + 1).split(' ');
  const named = ofWindows.flatMap((name, i): [string, string][] => {
    const value = values[i] ?? '-';
    return value === '-' ? [] : [[name, value]];
  });
  return recordOf({ fields: named, phase: 'once', logged: said }, 'without two addresses');
}
