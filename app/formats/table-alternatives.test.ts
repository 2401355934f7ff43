import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { delimited } from './delimited.ts';
import { jsonTable } from './json-table.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import type { LogFormat } from './types.ts';

interface Read {
  readonly kind: string;
  readonly rows: readonly Record<string, Cell>[];
  readonly rejects: readonly unknown[];
  readonly remarks: readonly string[];
}

/** As an import does: settled first, and in pieces the same. */
function read(format: LogFormat, log: string, options: FormatOptions = {}): Read {
  const settled = format.settle?.(Buffer.from(log), options, 'x') ?? options;
  expect(format.settle?.(Buffer.from(log), settled, 'y')).toEqual(settled);
  const whole = readLog(format, log, 1000, false, settled);
  for (const every of [1, 2]) expect(outcome(readPieces(format, log, every, settled))).toEqual(outcome(whole));
  const opened = format.open(Buffer.from(log), settled);
  return {
    kind: opened.kind,
    rows: whole.sink.records.map((record) =>
      Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))),
    ),
    rejects: whole.sink.rejects.map(({ line, reason }) => [line, reason]),
    remarks: opened.remarks(whole.figures.tallies),
  };
}

const utc = (...parts: Parameters<typeof Date.UTC>): number => Date.UTC(...parts) * 1000;

describe('two columns that become one', () => {
  const mapping = {
    columns: [
      { from: 'a', to: 'orig_h' },
      { from: 'b', to: 'orig_h' },
      { from: 'p', to: 'orig_p' },
      { from: 'q', to: 'orig_p' },
    ],
  };

  it('have the first that has a value, and what the other has is kept, and told', () => {
    const log =
      'time,dst,a,p,b,q\n' +
      '2024-01-01 00:00:00,192.0.2.1,10.0.0.1,1,,\n' +
      '2024-01-01 00:00:00,192.0.2.1,-,,::1,2\n' +
      '2024-01-01 00:00:00,192.0.2.1,10.0.0.2,3,::2,3\n' +
      '2024-01-01 00:00:00,192.0.2.1,,,,4\n' +
      '2024-01-01 00:00:00,192.0.2.1,,,::3,x\n' +
      '2024-01-01 00:00:00,192.0.2.1,10.0.0.4,5,::4,6\n';
    const { kind, rows, rejects, remarks } = read(delimited, log, { mapping });
    expect(kind).toBe('connection');
    expect(rows.map(({ orig_h, orig_p, orig_p_text, b, q }) => [orig_h, orig_p, orig_p_text, b, q])).toEqual([
      ['10.0.0.1', 1, undefined, undefined, undefined],
      ['::1', 2, undefined, undefined, undefined],
      ['10.0.0.2', 3, undefined, '::2', undefined],
      ['::3', undefined, 'x', undefined, undefined],
      ['10.0.0.4', 5, undefined, '::4', '6'],
    ]);
    expect(rejects).toEqual([[5, 'MISSING']]);
    expect(remarks).toContain(
      '2 records have more than one value for orig_h: the one that stands first is taken, and b is kept as text in the column b, which only these records have.',
    );
    expect(remarks).toContain(
      '1 record has more than one value for orig_p: the one that stands first is taken, and q is kept as text in the column q, which only these records have.',
    );
  });

  it('may be the end of a record, of which its length is worked out', () => {
    const log =
      'ts,src,dst,x,y\n2024-01-01 00:00:00,10.0.0.1,192.0.2.1,2024-01-01 00:00:01,\n2024-01-01 00:00:00,10.0.0.1,192.0.2.1,,2024-01-01 00:00:02\n';
    const ends = { columns: ['x', 'y'].map((from) => ({ from, to: 'end' })) };
    expect(read(delimited, log, { mapping: ends }).rows.map(({ duration }) => duration)).toEqual([1e6, 2e6]);
  });

  it('are so by themselves where one is for IPv4 and the other for IPv6, and no record has both', () => {
    const time = '2024-01-01T00:00:00Z';
    const lines = (...records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const four = { time, sourceIPv4Address: '10.0.0.1', destinationIPv4Address: '10.0.0.2' };
    const six = { time, sourceIPv6Address: '::1', destinationIPv6Address: '::2' };
    const found = read(jsonTable, lines(four, six));
    expect(found.rows).toMatchObject([
      { orig_h: '10.0.0.1', resp_h: '10.0.0.2' },
      { orig_h: '::1', resp_h: '::2' },
    ]);
    const both = { ...four, sourceIPv6Address: '::', destinationIPv6Address: '::' };
    expect(read(jsonTable, lines(both, both)).rows).toMatchObject([
      { orig_h: '10.0.0.1', sourceIPv6Address: '::' },
      { orig_h: '10.0.0.1', sourceIPv6Address: '::' },
    ]);
  });
});

it("tshark's fields of both families and both protocols become one each, also where the first lines have none of the second", () => {
  const header = 'frame.time_epoch,ip.src,ipv6.src,ip.dst,ipv6.dst,tcp.srcport,udp.srcport,tcp.dstport,udp.dstport,frame.len\n';
  const four = '1795304676.871970000,10.0.0.1,,10.0.0.2,,4000,,443,,60\n';
  const six = '1795304677.871970000,,::1,,::2,,5000,,53,61\n';
  for (const log of [header + four + six, header + six + four, header + four.repeat(2000) + six]) {
    const { rows, rejects, remarks } = read(delimited, log);
    expect([rejects, remarks]).toEqual([[], []]);
    expect(rows.find(({ orig_h }) => orig_h === '10.0.0.1')).toMatchObject({ resp_h: '10.0.0.2', orig_p: 4000, resp_p: 443 });
    expect(rows.find(({ orig_h }) => orig_h === '::1')).toMatchObject({ resp_h: '::2', orig_p: 5000, resp_p: 53 });
  }
});

it("nfdump's records as JSON are connections, with keys that come late", () => {
  const about = {
    type: 'FLOW',
    sampled: 0,
    first: '2027-01-10T16:47:24.452',
    last: '2027-01-10T16:47:25.454',
    received: '2026-11-21T23:50:15.730',
  };
  const flow = { ...about, in_packets: 13, in_bytes: 1513, proto: 6, tcp_flags: '...APRS.', src_port: 60_232, dst_port: 443 };
  const beside = { input_snmp: 0, src_mask: 0, ip4_router: '127.0.0.1', label: '<none>' };
  const records = [
    ...Array.from({ length: 300 }, () => ({ ...flow, src4_addr: '10.0.0.1', dst4_addr: '10.0.0.2', ...beside })),
    { ...flow, src6_addr: '2001:db8::1', dst6_addr: '2001:db8::2', out_packets: 2, out_bytes: 90 },
    { ...about, in_packets: 1, in_bytes: 84, proto: 1, icmp_type: 8, icmp_code: 0, src4_addr: '10.0.0.1', dst4_addr: '10.0.0.2' },
  ];
  const log = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  expect(detectFormat(Buffer.from(log), 'x').why).toContain('nfdump');
  const { kind, rows, remarks } = read(jsonTable, log, { timeZone: '+01:00' });
  expect(kind).toBe('connection');
  expect(remarks).toEqual([]);
  expect(rows[0]).toMatchObject({
    ts: utc(2027, 0, 10, 15, 47, 24, 452),
    duration: 1_002_000,
    orig_h: '10.0.0.1',
    orig_p: 60_232,
    resp_h: '10.0.0.2',
    resp_p: 443,
    proto: 'tcp',
    ip_proto: 6,
    orig_pkts: 13,
    orig_ip_bytes: 1513,
    tcp_flags: '...APRS.',
    ip4_router: '127.0.0.1',
  });
  expect(rows.slice(300)).toMatchObject([
    { orig_h: '2001:db8::1', resp_h: '2001:db8::2', resp_pkts: 2, resp_ip_bytes: 90 },
    { orig_h: '10.0.0.1', proto: 'icmp', orig_p: 8, resp_p: 0 },
  ]);
});
