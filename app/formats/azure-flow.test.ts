import { describe, expect, it } from 'vitest';
import { lineShape, shapeOf } from './line-shapes.ts';
import { detectFormat } from './registry.ts';
import { readLog } from './testing.ts';

/** As Azure writes them: one hour of a network security group, and of a virtual network. */
const record = (rule: string, ...flowTuples: string[]): unknown => ({
  time: '2018-11-13T12:00:35.3899262Z',
  systemId: 'a0fca5ce',
  category: 'NetworkSecurityGroupFlowEvent',
  resourceId: '/NETWORKSECURITYGROUPS/VM-NSG',
  operationName: 'NetworkSecurityGroupFlowEvents',
  properties: { Version: 2, flows: [{ rule, flows: [{ mac: '000D3AF87856', flowTuples }] }] },
});
const nsg = {
  records: [
    record(
      'Allow "all", []',
      '1542110402,10.0.0.4,192.0.2.10,28746,443,T,O,A,B,,,,',
      '1542110424,10.0.0.4,192.0.2.10,28746,443,T,O,A,E,1,66,2,1000',
    ),
    record('Deny_In', '1542110437,203.0.113.9,10.0.0.4,59336,22,U,I,D'),
    record('Nothing'),
  ],
};
const vnet = {
  records: [
    {
      time: '2022-09-14T09:00:52.5625085Z',
      flowLogVersion: 4,
      macAddress: '112233445566',
      flowLogResourceID: '/FLOWLOGS/F',
      targetResourceID: '/virtualNetworks/v',
      flowRecords: {
        flows: [
          {
            aclID: 'acl-1',
            flowGroups: [{ rule: 'Internet', flowTuples: ['1663146003599,10.0.0.6,192.0.2.180,23956,443,6,O,B,NX,0,0,0,0'] }],
          },
          {
            aclID: 'acl-2',
            flowGroups: [{ rule: 'Mgmt', flowTuples: ['1663146003606,2001:db8::1,10.0.0.6,22730,53,17,I,D,NX,1,80,0,0'] }],
          },
        ],
      },
    },
  ],
};

function read(text: string, block = 1 << 16): ReturnType<typeof readLog> & { readonly id: string } {
  const bytes = Buffer.from(text);
  const shape = shapeOf(bytes);
  if (shape === null) throw new Error('it is lines already');
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += block) parts.push(shape.lines(bytes.subarray(at, at + block)));
  expect(shape.within).toBe(false);
  const lines = Buffer.concat(parts);
  expect(lines.length).toBe(bytes.length);
  const { format } = detectFormat(lines, 'PT1H.json');
  return { ...readLog(format, lines), id: format.id };
}

describe("flow logs of Azure's", () => {
  it.each([
    ['on one line', JSON.stringify(nsg)],
    ['over lines', JSON.stringify(nsg, null, 2)],
    ['a record a line', nsg.records.map((one) => JSON.stringify(one)).join('\n')],
  ])('network security groups, %s', (_, text) => {
    const { sink, figures, id } = read(text);
    expect(id).toBe('azure-flow');
    expect(figures).toMatchObject({ rows: 3, rejected: 0 });
    expect(figures.rows + figures.comments).toBe(figures.lines);
    const values = sink.records.map((one) =>
      ['ts', 'orig_h', 'resp_p', 'proto', 'direction', 'decision', 'flow_state', 'resp_ip_bytes', 'rule', 'mac', 'resource'].map(
        (name) => one.get(name) ?? null,
      ),
    );
    const [mac, group] = ['000D3AF87856', '/NETWORKSECURITYGROUPS/VM-NSG'];
    expect(values).toEqual([
      [1542110402e6, '10.0.0.4', 443, 'tcp', 'O', 'A', 'B', null, 'Allow "all", []', mac, group],
      [1542110424e6, '10.0.0.4', 443, 'tcp', 'O', 'A', 'E', 1000, 'Allow "all", []', mac, group],
      [1542110437e6, '203.0.113.9', 22, 'udp', 'I', 'D', null, null, 'Deny_In', mac, group],
    ]);
    // where a record stands, its text stands
    for (const one of sink.records) expect(text.slice(Number(one.get('_offset'))).trimStart()).toMatch(/^"\d{10},/);
    expect(read(text, 7).figures).toEqual(figures);
  });

  it('virtual networks', () => {
    const { sink, figures } = read(JSON.stringify(vnet));
    expect(figures).toMatchObject({ rows: 2, rejected: 0 });
    const values = sink.records.map((one) =>
      ['ts', 'proto', 'direction', 'flow_state', 'encryption', 'orig_ip_bytes', 'rule', 'acl', 'mac', 'target'].map(
        (name) => one.get(name) ?? null,
      ),
    );
    expect(values).toEqual([
      [1663146003599e3, 'tcp', 'O', 'B', 'NX', 0, 'Internet', 'acl-1', '112233445566', '/virtualNetworks/v'],
      [1663146003606e3, 'udp', 'I', 'D', 'NX', 80, 'Mgmt', 'acl-2', '112233445566', '/virtualNetworks/v'],
    ]);
  });

  it('says of no list what another one has', () => {
    const sorted = {
      records: [
        {
          category: 'NetworkSecurityGroupFlowEvent',
          properties: {
            flows: [
              { flows: [{ flowTuples: ['1542110402,10.0.0.4,192.0.2.10,1,443,T,O,A'], mac: 'ONE' }], rule: 'R1' },
              { flows: [{ flowTuples: ['1542110403,10.0.0.4,192.0.2.10,1,443,T,O,A'] }], rule: 'R2' },
            ],
          },
        },
      ],
    };
    expect(read(JSON.stringify(sorted)).sink.records.map((one) => [one.get('rule') ?? null, one.get('mac') ?? null])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('goes on behind a broken tuple, and is cut within one', () => {
    const text = JSON.stringify(nsg).replace('192.0.2.10,28746,443,T,O,A,B', '192.0.2.300,28746,443,T,O,A,B');
    expect(read(text).figures).toMatchObject({ rows: 2, rejected: 1 });
    const cut = Buffer.from(text.slice(0, text.indexOf('59336')));
    const shape = shapeOf(cut);
    const lines = shape?.lines(cut) ?? cut;
    expect(shape?.within).toBe(true);
    expect(readLog(detectFormat(lines, 'a').format, lines).figures).toMatchObject({ rows: 1, rejected: 2, cut: true });
  });

  it('shows a record again from where it stands', () => {
    const text = JSON.stringify(nsg, null, 1);
    const from = Buffer.from(text.slice(Number(read(text).sink.records[1]?.get('_offset'))));
    const [line] = Buffer.from(lineShape('flow-tuples').lines(from)).toString().split('\n');
    expect(line?.trim()).toBe('"1542110424,10.0.0.4,192.0.2.10,28746,443,T,O,A,E,1,66,2,1000"');
  });
});
