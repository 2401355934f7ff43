import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';

/**
 * How many datagrams for a UDP port the system has thrown away since it was opened, because its program did not fetch them in time. Linux says so
 * (https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html describes the like of TCP; the last column is `drops`); null where the system
 * does not.
 */
export function systemDrops(address: string, port: number): number | null {
  try {
    return dropsIn(readFileSync(isIPv4(address) ? '/proc/net/udp' : '/proc/net/udp6', 'utf8'), address, port);
  } catch {
    return null;
  }
}

/** The same from the text of /proc/net/udp; of IPv6 the port alone is compared. */
export function dropsIn(table: string, address: string, port: number): number | null {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  // as the processor has it in memory: the last part first, on all that Flowcase runs on
  const wanted = isIPv4(address)
    ? `${address
        .split('.')
        .reverse()
        .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
        .join('')}${suffix}`
    : suffix;
  const line = table
    .split('\n')
    .map((one) => one.trim().split(/\s+/))
    .find(([, local]) => (isIPv4(address) ? local === wanted : local?.endsWith(wanted)));
  const drops = Number(line?.at(-1));
  return Number.isSafeInteger(drops) ? drops : null;
}
