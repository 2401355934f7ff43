import type { HostDetail, HostRow } from '../../../../app/contract.ts';
import { formatBytes, formatCount, formatDuration, formatTime, plural, visible } from '../../lib/format.ts';

/** What a host did, in a sentence of figures. */
export function hostWords(row: HostRow): string {
  const as = [
    row.asOriginator > 0 ? `originated ${plural(row.asOriginator, 'connection')}` : '',
    row.asResponder > 0 ? `answered ${plural(row.asResponder, 'connection')}` : '',
    row.requests > 0 ? `took part in ${plural(row.requests, 'request')}` : '',
  ].filter((part) => part !== '');
  const did = as.length === 0 ? 'appears in no connection' : listed(as);
  const failed = row.failed === 0 ? '' : `, of which ${plural(row.failed, 'failed', 'failed')}`;
  const span = row.last > row.first ? ` over ${formatDuration(row.last - row.first)}` : '';
  return `It ${did}${failed} with ${plural(row.peers, 'peer')}; it sent ${formatBytes(row.bytesOut)} and received ${formatBytes(row.bytesIn)}, from ${formatTime(row.first, 0)} to ${formatTime(row.last, 0)} UTC${span}.`;
}

/** "a, b and c" */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** "First of 2,214 hosts.", "12th of 2,214 hosts.", or nothing without a rank. */
export function rankWords(row: HostRow, hosts: number): string {
  if (row.rank === null) return '';
  const of = ` of ${plural(hosts, 'host')}.`;
  if (row.rank === 1) return `First${of}`;
  const tens = row.rank % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][row.rank % 10] ?? 'th');
  return `${row.rank.toLocaleString('en-US')}${ending}${of}`;
}

/** "It exchanged the most with 91.198.174.22: sent 2.3 GiB, received 1.1 MiB." */
export function peersSentence(peers: HostDetail['peers'], all: number): string {
  const most = [...peers].sort((a, b) => b.bytesOut + b.bytesIn - (a.bytesOut + a.bytesIn)).at(0);
  if (most === undefined) return '';
  return `It exchanged the most with ${visible(most.host)}: sent ${formatBytes(most.bytesOut)}, received ${formatBytes(most.bytesIn)}.${all > peers.length ? ` Listed: the ${peers.length} of ${formatCount(all)} with the most bytes or connections.` : ''}`;
}
