import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../shared/ipv4.ts';
import { Ipv6Reader } from './addresses.ts';

const ipv4 = (text: string): number => parseIpv4(Buffer.from(text), 0, Buffer.byteLength(text));
const reader = new Ipv6Reader();
function ipv6(text: string): string | null {
  const bytes = Buffer.from(text);
  return reader.read(bytes, 0, bytes.length) ? Buffer.from(reader.bytes.subarray(0, reader.length)).toString() : null;
}

/** Text that is nearly an address. */
const nearly = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.string({ unit: fc.constantFrom(...'0 1 2 3 4 5 6 7 8 9 a b c d e f F : . %'.split(' ')), maxLength: 42 }),
  fc
    .tuple(fc.ipV6(), fc.nat(40), fc.constantFrom(':', '::', '.', '0', 'g', ''))
    .map(([text, at, more]) => text.slice(0, at) + more + text.slice(at)),
);

describe('addresses', () => {
  it('takes the IPv4 addresses that Node takes, as their number', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(ipv4(text)).toBe(text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0));
      }),
    );
    fc.assert(
      fc.property(nearly, (text) => {
        expect(ipv4(text) >= 0).toBe(isIPv4(text));
      }),
      { numRuns: 2000 },
    );
    for (const bad of ['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1..2.3', '1.2.3.', '-1.2.3.4', '1.2.3.4 '])
      expect(ipv4(bad)).toBe(-1);
  });

  it('takes the IPv6 addresses that Node takes', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        if (!text.includes('%')) expect([text, ipv6(text) !== null]).toEqual([text, isIPv6(text)]);
      }),
      { numRuns: 5000 },
    );
  });

  it('writes them as the URL standard does (RFC 5952)', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = ipv6(text);
        if (canonical === null || canonical.includes('.')) return;
        expect(`[${canonical}]`).toBe(new URL(`http://[${text}]/`).hostname);
        expect(ipv6(canonical)).toBe(canonical);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::FFFF:10.0.0.1', '::ffff:10.0.0.1'],
    ['::ffff:a00:1', '::ffff:10.0.0.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['1::', '1::'],
  ])('writes %s as %s', (text, canonical) => expect(ipv6(text)).toBe(canonical));

  it.each([
    '',
    ':',
    ':::',
    '1',
    '1:2',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8:',
    '::1::',
    '12345::',
    'g::',
    'fe80::1%',
    'fe80::1%a b',
    '::1.2.3',
    '1.2.3.4::',
  ])('refuses "%s"', (text) => expect(ipv6(text)).toBeNull());
});
