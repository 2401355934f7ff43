/** Made-up connections for the test double: any number of them, each computed from its place, so that nothing is kept. */
import type { Cell, ColumnInfo } from '../../app/contract.ts';

export const columns: readonly ColumnInfo[] = [
  { name: 'ts', type: 'time', title: 'When the connection began', shown: true },
  { name: 'uid', type: 'string', title: 'Identifier that Zeek gave the connection', shown: true },
  { name: 'orig_h', type: 'addr', title: 'Originator', shown: true },
  { name: 'orig_p', type: 'port', title: 'Port of the originator', shown: false },
  { name: 'resp_h', type: 'addr', title: 'Responder', shown: true },
  { name: 'resp_p', type: 'port', title: 'Port of the responder', shown: true },
  { name: 'proto', type: 'enum', title: 'Transport protocol', shown: false },
  { name: 'service', type: 'string', title: 'Application protocol', shown: true },
  { name: 'duration', type: 'interval', title: 'How long it lasted', shown: true },
  { name: 'orig_bytes', type: 'count', title: 'Payload bytes the originator sent', shown: true },
  { name: 'resp_bytes', type: 'count', title: 'Payload bytes the responder sent', shown: true },
  { name: 'conn_state', type: 'string', title: 'State of the connection', shown: true },
  { name: 'history', type: 'string', title: 'History of states', shown: false },
  { name: 'local_orig', type: 'bool', title: 'The originator is local', shown: false },
];

/** A well-mixed 32-bit number for (row, salt). */
export function mix(row: number, salt: number): number {
  let x = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

export const firstTime = Date.UTC(2026, 3, 17, 3, 11, 0) * 1000;
const services: readonly (string | null)[] = ['ssl', 'ssl', 'quic', 'dns', 'http', 'smb', null, 'ssl'];

function beacon(row: number): boolean {
  return row % 97 === 41;
}

export function clusterOf(row: number): number {
  return beacon(row) ? 7 : 1 + (mix(row, 9) % 6);
}

/** One record, in the order of `columns`. */
export function record(row: number): readonly Cell[] {
  const bad = beacon(row);
  const service = bad ? 'ssl' : (services[mix(row, 1) % services.length] ?? null);
  const uid =
    row === 5 ? 'C<script>alert(1)</script>' : row === 8 ? 'C\u202eevil\u0007x' : `C${mix(row, 2).toString(36)}${mix(row, 3).toString(36)}`;
  return [
    firstTime + row * 8_037_000 + (mix(row, 4) % 999_000),
    uid,
    bad ? '10.20.4.87' : `10.20.${mix(row, 5) % 9}.${1 + (mix(row, 6) % 250)}`,
    1024 + (mix(row, 7) % 60_000),
    bad ? '185.220.101.34' : `142.250.${mix(row, 8) % 90}.${mix(row, 10) % 250}`,
    service === 'dns' ? 53 : service === 'http' ? 80 : service === 'smb' ? 445 : 443,
    service === 'dns' || service === 'quic' ? 'udp' : 'tcp',
    service,
    mix(row, 11) % 7 === 0 ? null : mix(row, 12) % 90_000_000,
    bad ? 412 + (row % 4) : mix(row, 13) % (row % 211 === 3 ? 400_000_000 : 9000),
    mix(row, 14) % 90_000,
    'SF',
    'ShADadFf',
    mix(row, 15) % 3 === 0 ? null : 1,
  ];
}
