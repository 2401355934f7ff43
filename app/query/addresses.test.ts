import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalAddress, compareAddresses, isInNetwork, readAddress, readNetwork } from './addresses.ts';

function inside(address: string, network: string): boolean {
  const [one, net] = [readAddress(address), readNetwork(network)];
  if (one === null || net === null) throw new Error(`${address} or ${network} cannot be read`);
  return isInNetwork(one, net);
}

it.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.0.0.0', '10.0.0.0/8', false],
  ['192.0.2.129', '192.0.2.128/25', true],
  ['192.0.2.127', '192.0.2.200/25', false],
  ['255.255.255.255', '0.0.0.0/0', true],
  ['192.0.2.1', '192.0.2.1/32', true],
  ['192.0.2.2', '192.0.2.1/32', false],
  ['2001:db8::1', '2001:db8::/32', true],
  ['2001:db9::1', '2001:db8::/32', false],
  ['fe80::1%eth0', 'fe80::/10', true],
  ['ffff::', '::/0', true],
  ['1.2.3.4', '::/0', false],
  ['::1', '::1/128', true],
  ['::2', '::1/128', false],
  ['2001:db8:0:8000::', '2001:db8::/49', false],
])('%s in %s: %s', (address, network, answer) => {
  expect(inside(address, network)).toBe(answer);
});

it('agrees with whole numbers on every network of IPv4 and IPv6', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const v6 = fc.array(fc.oneof(group, fc.constant(0)), { minLength: 8, maxLength: 8 });
  const valueOf = (groups: readonly number[]): bigint => groups.reduce((sum, one) => sum * 65_536n + BigInt(one), 0n);
  const textOf = (groups: readonly number[]): string => groups.map((one) => one.toString(16)).join(':');
  fc.assert(
    fc.property(v6, v6, fc.integer({ min: 0, max: 128 }), (a, b, bits) => {
      const shift = BigInt(128 - bits);
      expect(inside(textOf(a), `${textOf(b)}/${bits}`)).toBe(valueOf(a) >> shift === valueOf(b) >> shift);
      const [one, other] = [readAddress(textOf(a)), readAddress(textOf(b))];
      if (one === null || other === null) throw new Error('no address');
      const difference = valueOf(a) - valueOf(b);
      expect(Math.sign(compareAddresses(one, other))).toBe(difference === 0n ? 0 : difference > 0n ? 1 : -1);
    }),
  );
  const v4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
  fc.assert(
    fc.property(v4, v4, fc.integer({ min: 0, max: 32 }), (a, b, bits) => {
      const size = 2 ** (32 - bits);
      expect(inside(dotted(a), `${dotted(b)}/${bits}`)).toBe(Math.floor(a / size) === Math.floor(b / size));
    }),
  );
});

it('writes an address the one way the importer does', () => {
  expect(canonicalAddress('2001:0DB8:0:0:0:0:0:1')).toBe('2001:db8::1');
  expect(canonicalAddress('10.0.0.1')).toBe('10.0.0.1');
  expect(canonicalAddress('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1');
  expect(readAddress('::ffff:192.0.2.1')?.words).toEqual([0, 0, 0xffff, 0xc0000201]);
});

it.each(['', '10.0.0', '10.0.0.256', '010.0.0.1', '1:2', ':::', 'host', `${'1:'.repeat(200)}1`, 'fe80::1%'])(
  'takes %j for no address',
  (text) => {
    expect([readAddress(text), canonicalAddress(text)]).toEqual([null, null]);
  },
);

it.each(['10.0.0.0/33', '::/129', '10.0.0.0/', '/8', '10.0.0.0/8/8', '10.0.0.0/-1', 'x/8'])('takes %j for no network', (text) => {
  expect(readNetwork(text)).toBeNull();
});
