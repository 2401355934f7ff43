import type { Random } from '../shared/random.ts';

export interface Host {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly local: boolean;
  readonly v6: boolean;
}

/** A company's network and the outside it talks to. Private and documentation addresses only (RFC 1918, 5737, 3849). */
export interface Network {
  readonly workstations: readonly Host[];
  readonly resolvers: readonly Host[];
  readonly clocks: readonly Host[];
  readonly files: readonly Host[];
  readonly directory: readonly Host[];
  readonly mail: Host;
  readonly servers: readonly Host[];
  readonly outside: readonly Host[];
  readonly outsideV6: readonly Host[];
  readonly broadcast: Host;
}

export function makeNetwork(rows: number, random: Random): Network {
  const count = Math.max(24, Math.min(4000, Math.round(Math.sqrt(rows) / 2)));
  const workstations = Array.from({ length: count }, (_, i) =>
    random.below(12) === 0 ? local(`2001:db8:20::${(i + 16).toString(16)}`) : local(`10.20.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`),
  );
  const server = (last: number): Host => local(`10.10.0.${last}`);
  const outside = ['192.0.2', '198.51.100', '203.0.113'].flatMap((net) => Array.from({ length: 240 }, (_, i) => remote(`${net}.${i + 1}`)));
  return {
    workstations,
    resolvers: [server(53), server(54)],
    clocks: [server(123), remote('192.0.2.250')],
    files: [server(20), server(21), server(22)],
    directory: [server(10), server(11)],
    mail: server(25),
    servers: Array.from({ length: 40 }, (_, i) => server(100 + i)),
    outside: shuffled(outside, random),
    outsideV6: Array.from({ length: 60 }, (_, i) => remote(`2001:db8:${(0x1000 + i * 7).toString(16)}::${(i + 1).toString(16)}`)),
    broadcast: local('10.20.255.255'),
  };
}

export const local = (text: string): Host => host(text, true);
export const remote = (text: string): Host => host(text, false);

function host(text: string, isLocal: boolean): Host {
  return { text, bytes: new Uint8Array(Buffer.from(text, 'latin1')), local: isLocal, v6: text.includes(':') };
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}
