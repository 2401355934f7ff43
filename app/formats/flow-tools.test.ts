import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';

interface Read {
  readonly id: string;
  readonly kind: string;
  readonly rows: readonly Record<string, Cell>[];
  readonly remarks: string;
}

/** As an import does: recognised, settled, read whole and in pieces. */
function read(log: string, options: FormatOptions = {}): Read {
  const head = Buffer.from(log);
  const { format } = detectFormat(head, 'x', options);
  const settled = format.settle?.(head, options, 'x') ?? options;
  const { sink, figures } = readLog(format, log, 1000, false, settled);
  expect(sink.rejects).toEqual([]);
  expect(outcome(readPieces(format, log, 1, settled))).toEqual(outcome(readLog(format, log, 1000, false, settled)));
  const opened = format.open(head, settled);
  return {
    id: format.id,
    kind: opened.kind,
    rows: sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_')))),
    remarks: opened.remarks(figures.tallies).join(' '),
  };
}

const utc = (...parts: Parameters<typeof Date.UTC>): number => Date.UTC(...parts) * 1000;

describe('flows as other tools write them', () => {
  it('pmacct, as JSON and as CSV', () => {
    const record =
      '{"event_type":"purge","ip_src":"127.0.0.1","ip_dst":"127.0.0.2","port_src":35204,"port_dst":8802,"tcp_flags":"24","ip_proto":"tcp","timestamp_start":"2026-11-21 23:44:36.871970","timestamp_end":"0000-00-00 00:00:00.000000","stamp_inserted":"2026-11-21 23:44:00","stamp_updated":"2026-11-22 00:00:53","packets":1,"bytes":378}\n';
    const expected = {
      ts: utc(2026, 10, 21, 23, 44, 36, 871) + 970,
      orig_h: '127.0.0.1',
      orig_p: 35_204,
      resp_h: '127.0.0.2',
      resp_p: 8802,
      proto: 'tcp',
      orig_pkts: 1,
      orig_ip_bytes: 378,
    };
    expect(read(record).rows).toMatchObject([expected]);
    const csv =
      'SRC_IP,DST_IP,SRC_PORT,DST_PORT,TCP_FLAGS,PROTOCOL,TIMESTAMP_START,TIMESTAMP_END,PACKETS,BYTES\n127.0.0.1,127.0.0.2,35204,8802,24,tcp,2026-11-21 23:44:36.871970,0000-00-00 00:00:00.000000,1,378\n';
    expect(read(csv).rows).toMatchObject([expected]);
    // without times of its own there is when it was written down
    expect(read(record.replace(/"timestamp_(start|end)":"[^"]*",/g, '')).rows).toMatchObject([
      { ts: utc(2026, 10, 21, 23, 44), resp_p: 8802 },
    ]);
  });

  it('goflow2, with times in nanoseconds', () => {
    const record =
      '{"type":"NETFLOW_V9","time_received_ns":1681583295157626000,"sequence_num":2999,"sampling_rate":100,"sampler_address":"192.168.0.9","time_flow_start_ns":1681583294157626000,"time_flow_end_ns":1681583295157626000,"bytes":1500,"packets":1,"dst_addr":"10.1.1.1","src_addr":"192.168.0.1","etype":"IPv4","proto":"TCP","src_port":50001,"dst_port":443}\n';
    const { kind, rows, remarks } = read(record);
    expect(kind).toBe('connection');
    expect(remarks).toBe('');
    expect(rows).toMatchObject([
      {
        ts: 1_681_583_294_157_626,
        duration: 1e6,
        orig_h: '192.168.0.1',
        orig_p: 50_001,
        resp_h: '10.1.1.1',
        resp_p: 443,
        orig_ip_bytes: 1500,
        // what is no number that can be kept loses no digit
        time_received_ns: '1681583295157626000',
        sampler_address: '192.168.0.9',
      },
    ]);
  });

  it('nfdump as CSV without the line that names its fields', () => {
    const row =
      '2027-01-10 16:47:24,2027-01-10 16:47:25,1.002,127.0.0.1,127.0.0.2,60232,18443,TCP,...APRS.,0,0,13,1513,2,90,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,    0.000,    0.000,    0.000,127.0.0.1,0/0,1,2026-11-21 23:50:15.730\n';
    const { id, rows } = read(row + row);
    expect(id).toBe('nfdump-csv');
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      ts: utc(2027, 0, 10, 16, 47, 24),
      duration: 1_002_000,
      orig_h: '127.0.0.1',
      orig_p: 60_232,
      resp_h: '127.0.0.2',
      resp_p: 18_443,
      proto: 'tcp',
      orig_pkts: 13,
      orig_ip_bytes: 1513,
      resp_pkts: 2,
      resp_ip_bytes: 90,
      exid: 1,
    });
  });

  it('argus, with absolute times', () => {
    const log =
      'StartTime,LastTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,SrcPkts,DstPkts,SrcBytes,DstBytes,State\n1795304676.871970,1795304681.848809,4.976839,6,127.0.0.1,35204,  <?>,127.0.0.2,8802,296,269,137431,116988,CON\n';
    expect(read(log).rows).toMatchObject([{ ts: 1_795_304_676_871_970, resp_h: '127.0.0.2', resp_pkts: 269, resp_ip_bytes: 116_988 }]);
  });
});

describe('times that are none of a connection', () => {
  it('count from a beginning that nobody names: Wireshark, as it exports its list', () => {
    const log =
      '"No.","Time","Source","Destination","Protocol","Length","Info"\n"1","0.000000","127.0.0.1","127.0.0.2","TCP","74","35204  >  8802 [SYN] Seq=0"\n"2","0.000658","127.0.0.2","127.0.0.1","TCP","74","x, ""y"""\n';
    const { kind, rows, remarks } = read(log);
    expect(kind).toBe('x');
    expect(rows[1]).toMatchObject({ Time: 0.000_658 });
    expect(rows[1]).not.toHaveProperty('ts');
    expect(remarks).toContain('Time counts from a beginning that it does not name (0.000000, 0.000658');
    expect(remarks).toContain('View > Time Display Format');
    // with absolute ones they are
    expect(read(log.replace('0.000000', '2026-11-21 23:44:36.1').replace('0.000658', '2026-11-21 23:44:36.2')).kind).toBe('connection');
  });

  it('are of a day that is not named: argus, as it writes by itself', () => {
    const log =
      'StartTime,Dur,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotPkts,State\n23:44:36.871970,4.976839, e s      ,tcp,127.0.0.1,35204,  <?>,127.0.0.2,8802,565,CON\n';
    const { kind, remarks } = read(log);
    expect(kind).toBe('x');
    expect(remarks).toContain('StartTime has times of day (23:44:36.871970) and no date');
    expect(remarks).toContain('ra -u');
    expect(
      read('{"time":"23:44:36","src":"10.0.0.1","dst":"10.0.0.2"}\n{"time":"23:44:37","src":"10.0.0.1","dst":"10.0.0.2"}\n').remarks,
    ).toContain('no date');
  });

  it('are not taken where there are better ones', () => {
    const log = 'start,timestamp,src,dst\n0.5,2026-11-21T23:44:36Z,10.0.0.1,10.0.0.2\n1.5,2026-11-21T23:44:37Z,10.0.0.1,10.0.0.2\n';
    expect(read(log).rows).toMatchObject([{ ts: utc(2026, 10, 21, 23, 44, 36), start: 0.5 }, { start: 1.5 }]);
  });
});

describe('traffic logs of firewalls', () => {
  const flow = { orig_h: '10.0.0.1', orig_p: 51_514, resp_h: '192.0.2.1', resp_p: 443, proto: 'tcp' };

  it('Palo Alto, exported as CSV', () => {
    const log =
      'Receive Time,Type,Generate Time,Source address,Destination address,NAT Source IP,NAT Destination IP,Application,Source Port,Destination Port,NAT Source Port,NAT Destination Port,IP Protocol,Action,Bytes,Bytes Sent,Bytes Received,Packets,Start Time,Elapsed Time (sec),Packets Sent,Packets Received\n' +
      '2024/04/19 20:00:09,TRAFFIC,2024/04/19 20:00:08,10.0.0.1,192.0.2.1,203.0.113.1,192.0.2.1,ssl,51514,443,1,443,tcp,allow,300,100,200,7,2024/04/19 20:00:00,5,3,4\n';
    expect(read(log).rows).toMatchObject([
      {
        ...flow,
        ts: utc(2024, 3, 19, 20),
        duration: 5e6,
        orig_bytes: 100,
        resp_bytes: 200,
        orig_pkts: 3,
        resp_pkts: 4,
        service: 'ssl',
        Bytes: 300,
        Packets: 7,
      },
    ]);
  });

  it('Cisco Secure Firewall, exported as CSV', () => {
    const log =
      'First Packet,Last Packet,Action,Initiator IP,Responder IP,Source Port / ICMP Type,Destination Port / ICMP Code,Protocol,Initiator Packets,Responder Packets,Initiator Bytes,Responder Bytes\n' +
      '2024-04-19 20:00:00,2024-04-19 20:00:05,Allow,10.0.0.1,192.0.2.1,51514,443,tcp,3,4,100,200\n';
    expect(read(log).rows).toMatchObject([
      { ...flow, ts: utc(2024, 3, 19, 20), duration: 5e6, orig_ip_bytes: 100, resp_ip_bytes: 200, orig_pkts: 3, resp_pkts: 4 },
    ]);
  });

  it('FortiGate, as CSV', () => {
    const log =
      'date,time,eventtime,srcip,srcport,dstip,dstport,proto,service,duration,sentbyte,rcvdbyte,sentpkt,rcvdpkt\n' +
      '2024-04-19,22:00:00,1713556800123456789,10.0.0.1,51514,192.0.2.1,443,6,HTTPS,5,100,200,3,4\n';
    expect(read(log).rows).toMatchObject([
      { ...flow, ts: 1_713_556_800_123_457, duration: 5e6, orig_bytes: 100, resp_bytes: 200, orig_pkts: 3, resp_pkts: 4 },
    ]);
  });

  it('Check Point, as CSV: a port is called service', () => {
    const log =
      'time,src,s_port,dst,service,proto,sent_bytes,received_bytes\n2024-04-19T20:00:00Z,10.0.0.1,51514,192.0.2.1,443,6,100,200\n';
    expect(read(log).rows).toMatchObject([{ ...flow, orig_bytes: 100, resp_bytes: 200 }]);
  });
});
