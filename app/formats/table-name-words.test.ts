import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonTable } from './json-table.ts';
import { readName, sideOf, wordsOf } from './table-name-words.ts';
import { settleColumns } from './table-settle.ts';

/** What the columns of a table become, by the first line of its values. */
function columnsOf(record: Readonly<Record<string, string>>): Record<string, string | null> {
  const names = Object.keys(record);
  const settled = settleColumns(names, [Object.values(record)], {});
  return Object.fromEntries(settled.columns.map(({ from, to }) => [from, to]));
}

const TIME = '2023-06-01T12:00:11Z';

describe('the words of a name', () => {
  it.each([
    ['jsonPayload.connection.src_ip', ['json', 'payload', 'connection', 'src', 'ip']],
    ['sourceIPv4Address', ['source', 'ip', 'address']],
    ['SRCIPAddr', ['src', 'ip', 'addr']],
    ['src2dst_bytes', ['src', 'to', 'dst', 'bytes']],
    ['src4_addr', ['src', 'addr']],
    ['dstaddr', ['dst', 'addr']],
    ['bytes_toserver', ['bytes', 'to', 'server']],
    ['tomato', ['tomato']],
  ])('%s', (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });

  it.each([
    ['bytes_toserver', 'orig_ip_bytes'],
    ['pkts_to_client', 'resp_pkts'],
    ['client_bytes_sent', 'orig_bytes'],
    ['server.bytes_sent', 'resp_bytes'],
    ['server bytes received', 'orig_bytes'],
    ['bytesFromServer', 'resp_ip_bytes'],
    ['dst2src_packets', 'resp_pkts'],
    ['server_bytes_in', 'orig_ip_bytes'],
    ['packets_sent', 'orig_pkts'],
    ['Initiator Packets', 'orig_pkts'],
    ['Responder Bytes', 'resp_ip_bytes'],
    ['Source Port / ICMP Type', 'orig_p'],
    ['port_dst', 'resp_p'],
    ['time_flow_start_ns', 'ts'],
    ['First Packet', 'ts'],
    ['event.lastPacketTime', 'end'],
    ['duration_msec', 'duration'],
    // seen from whom?
    ['bytes_in', null],
    ['bytes_out', null],
    ['avg_src_bytes', null],
    ['src_dst_bytes', null],
    ['Fwd Packets/s', null],
    ['dst_nat_ip', null],
    ['source_server_ip', null],
    ['time', null],
    ['first_last', null],
  ])('of %s make it %s', (name, column) => {
    expect(readName(name)?.column ?? null).toBe(column);
  });
});

describe('who began a connection', () => {
  it.each<[Record<string, string>, string]>([
    [{ time: TIME, 'net.dst_ip': '10.0.0.2', 'net.src_ip': '10.0.0.1' }, 'net.src_ip'],
    [{ time: TIME, 'net.dst_addr': '10.0.0.2', 'net.src_addr': '10.0.0.1' }, 'net.src_addr'],
    [{ time: TIME, 'flow.destinationIPv4Address': '10.0.0.2', 'flow.sourceIPv4Address': '10.0.0.1' }, 'flow.sourceIPv4Address'],
    [{ time: TIME, 'event.dst.ip': '10.0.0.2', 'event.src.ip': '10.0.0.1' }, 'event.src.ip'],
    [{ time: TIME, 'dst host ip': '10.0.0.2', 'source host ip': '10.0.0.1' }, 'source host ip'],
    [{ time: TIME, server: '10.0.0.2', client: '10.0.0.1' }, 'client'],
  ])('%j', (record, orig) => {
    const columns = columnsOf(record);
    expect(Object.keys(columns).filter((name) => columns[name] === 'orig_h')).toEqual([orig]);
    expect(Object.values(columns).filter((to) => to === 'resp_h')).toHaveLength(1);
  });

  it('is nobody where both names say the same end, and no router where there are two hosts without it', () => {
    expect(Object.values(columnsOf({ time: TIME, dst_ip: '10.0.0.2', dest_host: '10.0.0.1' }))).not.toContain('orig_h');
    expect(Object.values(columnsOf({ time: TIME, remote: '10.0.0.2', a: '10.0.0.1' }))).toContain('orig_h');
    expect(columnsOf({ time: TIME, router: '10.0.0.9', a: '10.0.0.1', b: '10.0.0.2' })).toMatchObject({ a: 'orig_h', b: 'resp_h' });
  });

  it('is the first of two that say nothing, and a remark says so', () => {
    const remarks = (record: object): string => {
      const head = Buffer.from(`${JSON.stringify(record)}\n`);
      return jsonTable
        .open(head, jsonTable.settle?.(head, {}, 'x') ?? {})
        .remarks(new Map())
        .join(' ');
    };
    expect(remarks({ time: TIME, b: '10.0.0.1', a: '10.0.0.2' })).toContain('Neither of the names b and a says which host began');
    expect(remarks({ time: TIME, dst: '10.0.0.1', a: '10.0.0.2' })).toBe('');
    expect(remarks({ time: TIME, sa: '10.0.0.1', da: '10.0.0.2' })).toBe('');
  });

  it('is told by such words in any order, case and way of parting, whatever stands around them, or nothing is', () => {
    const parted = fc.constantFrom<(words: readonly string[]) => string>(
      ...['.', '_', '-', ' ', ' / '].map((by) => (words: readonly string[]) => words.join(by)),
      (words) => words.map((word, i) => (i === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1))).join(''),
      (words) => words.join('_').toUpperCase(),
      (words) => words.join(''),
    );
    const origins = ['src', 'source', 'orig', 'originator', 'client', 'local', 'from', 'initiator'];
    const targets = ['dst', 'dest', 'destination', 'resp', 'responder', 'server', 'remote', 'to', 'target'];
    const what = fc.constantFrom([], ['ip'], ['addr'], ['address'], ['host'], ['host', 'ip'], ['ip4', 'addr']);
    const shape = fc.record({
      around: fc.constantFrom([], ['net'], ['event'], ['jsonPayload', 'connection'], ['x']),
      what,
      parted,
      turned: fc.boolean(),
    });
    const name = (side: string, { around, what: of, parted: by, turned }: typeof shape extends fc.Arbitrary<infer T> ? T : never): string =>
      by([...around, ...(turned ? [...of, side] : [side, ...of])]);
    fc.assert(
      fc.property(fc.constantFrom(...origins), fc.constantFrom(...targets), shape, shape, fc.boolean(), (orig, resp, one, two, first) => {
        const [from, to] = [name(orig, one), name(resp, two)];
        // a letter that is one with the word makes another word of it
        fc.pre(!/^x[a-z]/.test(from) && !/^x[a-z]/.test(to));
        const pairs: [string, string][] = [
          [from, '10.0.0.1'],
          [to, '10.0.0.2'],
        ];
        const columns = columnsOf(Object.fromEntries([['time', TIME], ...(first ? pairs : pairs.toReversed())]));
        expect([columns[from], columns[to]]).toEqual(['orig_h', 'resp_h']);
        expect([sideOf(from), sideOf(to)].filter((side) => side === 'both')).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

it('a record of flows of Google Cloud comes out whole', () => {
  const record =
    '{"insertId":"1","jsonPayload":{"bytes_sent":"1024","connection":{"dest_ip":"10.128.0.5","dest_port":443,"protocol":6,"src_ip":"203.0.113.9","src_port":51000},"end_time":"2023-06-01T12:00:05.123456789Z","packets_sent":"8","reporter":"DEST","start_time":"2023-06-01T12:00:00.000000001Z"},"receiveTimestamp":"2023-06-01T12:00:10.5Z","timestamp":"2023-06-01T12:00:10.5Z"}\n';
  const head = Buffer.from(record);
  const { mapping } = jsonTable.settle?.(head, {}, 'x') ?? {};
  expect(mapping?.kind).toBe('connection');
  expect(Object.fromEntries(mapping?.columns?.map(({ from, to }) => [to, from]) ?? [])).toMatchObject({
    ts: 'jsonPayload.start_time',
    end: 'jsonPayload.end_time',
    orig_h: 'jsonPayload.connection.src_ip',
    orig_p: 'jsonPayload.connection.src_port',
    resp_h: 'jsonPayload.connection.dest_ip',
    resp_p: 'jsonPayload.connection.dest_port',
    proto: 'jsonPayload.connection.protocol',
    orig_bytes: 'jsonPayload.bytes_sent',
    orig_pkts: 'jsonPayload.packets_sent',
    timestamp: 'timestamp',
  });
});

it('what a cloud or a manager of alerts puts around a record says nothing', () => {
  const record =
    '{"datetime":1709630107123,"logContent":{"data":{"action":"ACCEPT","destinationAddress":"10.0.0.7","destinationPort":443,"endTime":1709630160,"packets":12,"protocol":6,"protocolName":"TCP","sourceAddress":"203.0.113.7","sourcePort":51514,"startTime":1709630100},"time":"2024-03-05T09:15:00.000Z"}}\n';
  const { mapping } = jsonTable.settle?.(Buffer.from(record), {}, 'x') ?? {};
  expect(mapping?.kind).toBe('connection');
  expect(Object.fromEntries(mapping?.columns?.map(({ from, to }) => [to, from]) ?? [])).toMatchObject({
    ts: 'logContent.data.startTime',
    end: 'logContent.data.endTime',
    orig_h: 'logContent.data.sourceAddress',
    resp_p: 'logContent.data.destinationPort',
    proto: 'logContent.data.protocol',
    orig_pkts: 'logContent.data.packets',
  });
  const alert =
    '{"timestamp":"2024-03-05T09:15:00.000+0000","rule":{"level":3},"agent":{"ip":"10.0.0.9"},"data":{"protocol":"TCP","srcip":"203.0.113.7","srcport":"51514","dstip":"10.0.0.7","dstport":"22"}}\n';
  const columns = jsonTable.settle?.(Buffer.from(alert), {}, 'x')?.mapping?.columns ?? [];
  expect(Object.fromEntries(columns.map(({ from, to }) => [to, from]))).toMatchObject({
    ts: 'timestamp',
    orig_h: 'data.srcip',
    resp_p: 'data.dstport',
    proto: 'data.protocol',
  });
});
