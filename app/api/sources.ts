import { liveSource } from '../contract/live.ts';
import { FlowcaseError } from '../errors.ts';
import { isLoopback } from './door.ts';
import { RequestError } from './problems.ts';

const KAFKA_PORT = '9092';
const howElse = 'Begin it in the window or with “flowcase watch”, or start the server with --allow-source';

/**
 * What clients may have watched. What is posted, and files of the folders that may be read (`FileRoots`), always; syslog on loopback too. Another address
 * would open a port of this machine, and a broker would be sent the credentials that the server has: only where whoever started the server said so.
 */
export class SourceRules {
  /** Brokers as `host:port`. */
  readonly #brokers = new Set<string>();
  /** Addresses of syslog as `udp://host:port`; the port is `*` where all are allowed. */
  readonly #syslog = new Set<string>();

  /**
   * @param allowed `kafka://HOST[:PORT][,HOST[:PORT]…]`, `syslog://ADDRESS[:PORT]`, `syslog+tcp://ADDRESS[:PORT]`
   * @throws FlowcaseError PARAMETER for anything else
   */
  constructor(allowed: readonly string[]) {
    for (const text of allowed) {
      const brokers = brokersOf(text);
      const [, protocol, host, port = '*'] = /^syslog(\+tcp)?:\/\/([^/?#@\]]+?|\[[\da-f:.]+\])(?::(\d{1,5}))?\/?$/i.exec(text) ?? [];
      if (brokers !== null) for (const broker of brokers) this.#brokers.add(broker);
      else if (host !== undefined) this.#syslog.add(syslogKey(protocol === undefined ? 'udp' : 'tcp', host.replace(/^\[|\]$/g, ''), port));
      else
        throw new FlowcaseError(
          'PARAMETER',
          `“${text}” is none that can be allowed. It is written kafka://HOST:PORT, syslog://ADDRESS:PORT or syslog+tcp://ADDRESS:PORT.`,
          { name: 'allow-source', value: text },
        );
    }
  }

  /** @param source what a client wants watched, unchecked: what is no source the core refuses. @throws RequestError FORBIDDEN */
  check(source: unknown): void {
    const read = liveSource.safeParse(source);
    if (!read.success) return;
    const asked = read.data;
    switch (asked.type) {
      case 'http':
      case 'file':
        return;
      case 'syslog': {
        const allowed = [String(asked.port), '*'].some((port) => this.#syslog.has(syslogKey(asked.protocol, asked.host, port)));
        if (isLoopback(asked.host) || allowed) return;
        const scheme = asked.protocol === 'tcp' ? 'syslog+tcp' : 'syslog';
        throw forbidden(
          `A client may not open a port of this machine to others (${asked.host}). ${howElse} ${scheme}://${asked.host}:${asked.port}.`,
        );
      }
      case 'kafka': {
        const stranger = brokersOf(asked.url)?.find((broker) => !this.#brokers.has(broker));
        if (stranger === undefined) return;
        throw forbidden(
          `A client may not name a broker: this server's credentials would go to ${stranger}. ${howElse} kafka://${stranger}.`,
        );
      }
      case 'pipe':
        throw forbidden('A client may not have this server read standard input or a pipe. Begin it with “flowcase watch”.');
    }
  }
}

/** `host:port` of each broker of an address; null for what is no address of Kafka, which the core refuses. */
function brokersOf(text: string): readonly string[] | null {
  const [, hosts] = /^kafka:\/\/([^/?#]+)/i.exec(text.trim()) ?? [];
  return hosts === undefined ? null : hosts.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:${KAFKA_PORT}`).toLowerCase());
}

function syslogKey(protocol: string, host: string, port: string): string {
  return `${protocol}://${host.toLowerCase()}:${port}`;
}

const forbidden = (message: string): RequestError => new RequestError('FORBIDDEN', message);
