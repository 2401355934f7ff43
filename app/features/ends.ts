import type { Fill } from './fills.ts';

/** 1 for addresses that are not routed in the internet, and so lie in a network of one's own, 0 for others; NaN for what is no address. */
export function isLocalAddress(text: string): number {
  const v4 = readIpv4(text);
  if (v4 !== null) return isLocal4(v4) ? 1 : 0;
  if (!text.includes(':')) return Number.NaN;
  const first = firstGroup(text);
  // ::1 loopback, fc00::/7 unique local (RFC 4193), fe80::/10 link-local (RFC 4291)
  return text === '::1' || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 ? 1 : 0;
}

/** 1 for addresses of many (multicast, and the broadcast of IPv4), 0 for others; NaN for what is no address. */
export function isManyAddress(text: string): number {
  const v4 = readIpv4(text);
  if (v4 !== null) return (v4[0] >= 224 && v4[0] <= 239) || v4.every((byte) => byte === 255) ? 1 : 0;
  if (!text.includes(':')) return Number.NaN;
  return (firstGroup(text) & 0xff00) === 0xff00 ? 1 : 0;
}

/**
 * RFC 1918 private, 6598 shared (carrier-grade NAT), 3927 link-local, loopback; 0.0.0.0 is a machine that has no address yet.
 */
function isLocal4([a, b, c, d]: readonly number[]): boolean {
  if (a === 10 || a === 127) return true;
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 192) return b === 168;
  if (a === 169) return b === 254;
  if (a === 100) return b >= 64 && b <= 127;
  return a === 0 && b === 0 && c === 0 && d === 0;
}

/** Four bytes of 10.0.0.1 or ::ffff:10.0.0.1; null for anything else. */
function readIpv4(text: string): readonly number[] | null {
  const found = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(text);
  if (found === null) return null;
  const bytes = found.slice(1).map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

function firstGroup(text: string): number {
  const first = text.slice(0, text.indexOf(':'));
  return /^[0-9a-f]{1,4}$/i.test(first) ? Number.parseInt(first, 16) : 0;
}

/** 1 where this end is local: as the log's own column says, and where that says nothing by the address. */
export function localEnd(says: string, host: string): Fill {
  return ({ selection: { table }, entries }, { chunk, rows, start }, out) => {
    const own = table.column(says)?.storage === 'number' ? chunk.numbers(says) : null;
    const ids = chunk.ids(host);
    const local = entries.of(host, 'local', isLocalAddress);
    for (let i = 0; i < rows.length; i++) {
      const said = own === null ? Number.NaN : own[rows[i]];
      out[start + i] = Number.isNaN(said) ? local.at(ids[rows[i]]) : said;
    }
  };
}
