import { namedFields, recordOf, type FirewallLine } from './firewall-fields.ts';
import { listedPairs, quotedPairs, Values, type Pairs } from './key-values.ts';

/** Firewalls whose pairs have meanings of their own. */

const checkPointTold = {
  time: null,
  s_port: 'orig_p',
  sport_svc: 'orig_p',
  service: 'resp_p',
  svc: 'resp_p',
  service_id: 'service',
  sent_bytes: 'orig_bytes',
  received_bytes: 'resp_bytes',
  start_time: null,
};

/** Logs of Check Point as its Log Exporter writes them in the forms syslog and generic; `service` is the port. */
export function checkPointLine(pairs: Pairs, values: Values): FirewallLine {
  const fields = namedFields(
    pairs.filter(([key, value]) => key !== 'service' || /^\d{1,5}$/.test(value)),
    checkPointTold,
  );
  return recordOf({ fields, phase: 'once', logged: values.get('time') }, 'without two addresses');
}

const firepowerTold = {
  SrcIP: 'orig_h',
  DstIP: 'resp_h',
  SrcPort: 'orig_p',
  DstPort: 'resp_p',
  Protocol: 'proto',
  ApplicationProtocol: 'service',
  InitiatorPackets: 'orig_pkts',
  ResponderPackets: 'resp_pkts',
  InitiatorBytes: 'orig_ip_bytes',
  ResponderBytes: 'resp_ip_bytes',
  ConnectionDuration: 'duration',
  FirstPacketSecond: null,
};

/**
 * Security events of Firepower Threat Defense (Cisco Secure Firewall Threat Defense Syslog Messages): a connection that began (430002), that ended (430003), and
 * intrusions (430001). Files are none.
 */
export function firepowerLine(number: string, message: string): FirewallLine {
  if (number > '430003') return { as: 'other', what: 'of files (430004, 430005)' };
  const pairs = listedPairs(message);
  const phase = number === '430002' ? 'begun' : number === '430003' ? 'ended' : 'once';
  const began = new Values(pairs).get('FirstPacketSecond');
  return recordOf({ fields: namedFields(pairs, firepowerTold), phase, began }, 'without two addresses');
}

const merakiTold = { time: null, timestamp: null };

/**
 * Messages of Meraki's devices (Syslog Event Types and Log Samples). `kind`: what the message is called: `flows`, `firewall`, `ip_flow_start`, ...; what was done
 * stands behind it, or in the rule that fitted (`pattern: deny all`).
 */
export function merakiLine(kind: string, message: string): FirewallLine {
  const words: string[] = [];
  const pairs = quotedPairs(message, (word) => words.push(word));
  const rule = /pattern: (.{1,200})$/.exec(message)?.[1];
  const fields = namedFields(
    pairs.filter(([key]) => key !== 'pattern'),
    merakiTold,
  );
  fields.push(['event', kind]);
  const action = /^(?:allow|deny)/.exec(rule ?? words[0] ?? '')?.[0];
  if (action !== undefined) fields.push(['action', action]);
  if (rule !== undefined) fields.push(['rule', rule]);
  const phase = kind === 'ip_flow_start' ? 'begun' : kind === 'ip_flow_end' ? 'ended' : 'once';
  return recordOf({ fields, phase }, 'without two addresses');
}

const stormshieldTold = {
  time: null,
  startime: null,
  tz: null,
  proto: 'service',
  ipproto: 'proto',
  sent: 'orig_bytes',
  rcvd: 'resp_bytes',
};

/** Logs of Stormshield (SNS logs, description of audit logs): `proto` is the application's, and times are those of the firewall, `tz` east of UTC. */
export function stormshieldLine(pairs: Pairs, values: Values): FirewallLine {
  const zoned = (key: string): string | undefined => {
    const time = values.get(key);
    return time === undefined ? undefined : `${time} ${values.get('tz') ?? ''}`.trimEnd();
  };
  const record = { fields: namedFields(pairs, stormshieldTold), phase: 'ended', began: zoned('startime'), logged: zoned('time') } as const;
  return recordOf(record, 'without two addresses');
}
