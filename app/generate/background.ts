import type { Random } from '../shared/random.ts';
import type { Conn } from './conn.ts';
import type { Host, Network } from './network.ts';

/** One kind of everyday traffic: how often it comes, and what it looks like. */
interface Habit {
  readonly weight: number;
  readonly fill: (conn: Conn) => void;
}

const SECOND = 1e6;
const WORKDAY_START = 7;

/** How busy an hour of the week is, relative to the busiest; weekday 0 is Sunday, UTC. */
export function rhythm(weekday: number, hour: number): number {
  const weekend = weekday === 0 || weekday === 6;
  const bell = Math.exp(-(((hour - WORKDAY_START - 5) / 3.6) ** 2));
  return 0.08 + (weekend ? 0.1 : 0.92) * bell;
}

/** What an office does all day: names looked up, pages read, files opened, mail sent, clocks set, and the usual failures. */
export class Background {
  readonly #random: Random;
  readonly #network: Network;
  readonly #choice: Uint8Array;
  readonly #habits: readonly Habit[];

  constructor(network: Network, random: Random) {
    this.#network = network;
    this.#random = random;
    this.#habits = [
      { weight: 70, fill: (conn) => this.#dns(conn) },
      { weight: 66, fill: (conn) => this.#web(conn, 443, 'ssl') },
      { weight: 16, fill: (conn) => this.#web(conn, 80, 'http') },
      { weight: 10, fill: (conn) => this.#quic(conn) },
      { weight: 11, fill: (conn) => this.#clock(conn) },
      { weight: 14, fill: (conn) => this.#files(conn) },
      { weight: 6, fill: (conn) => this.#logon(conn) },
      { weight: 3, fill: (conn) => this.#shell(conn) },
      { weight: 4, fill: (conn) => this.#mail(conn) },
      { weight: 7, fill: (conn) => this.#names(conn) },
      { weight: 6, fill: (conn) => this.#ping(conn) },
      { weight: 9, fill: (conn) => this.#failure(conn) },
    ];
    this.#choice = Uint8Array.from(this.#habits.flatMap(({ weight }, i) => new Array<number>(weight).fill(i)));
  }

  /** Fills everything but the time. */
  fill(conn: Conn): void {
    conn.missed = 0;
    conn.origPort = 32_768 + this.#random.below(28_232);
    conn.orig = this.#some(this.#network.workstations);
    this.#habits[this.#choice[this.#random.below(this.#choice.length)]].fill(conn);
  }

  #dns(conn: Conn): void {
    this.#udp(
      conn,
      this.#some(this.#network.resolvers),
      53,
      'dns',
      28 + this.#random.below(50),
      60 + this.#heavy(4.4, 0.8),
      this.#heavy(9.6, 1.1),
    );
  }

  #quic(conn: Conn): void {
    this.#udp(conn, this.#popular(conn), 443, 'quic', 1200 + this.#heavy(7.5, 1), 2400 + this.#heavy(9, 1.7), this.#heavy(14.5, 1.4));
  }

  #clock(conn: Conn): void {
    conn.origPort = 123;
    this.#udp(conn, this.#some(this.#network.clocks), 123, 'ntp', 48, 48, this.#heavy(9.4, 0.7));
  }

  #names(conn: Conn): void {
    conn.origPort = 137;
    this.#udp(conn, this.#network.broadcast, 137, 'dns', 50 * (1 + this.#random.below(3)), -1, this.#random.below(2 * SECOND));
  }

  #web(conn: Conn, port: number, service: string): void {
    const origBytes = (port === 443 ? 517 : 180) + this.#heavy(6.6, 1.1);
    this.#tcp(conn, this.#popular(conn), port, service, origBytes, 300 + this.#heavy(8.8, 1.9), this.#heavy(13.8, 1.7));
  }

  #files(conn: Conn): void {
    this.#tcp(
      conn,
      this.#some(this.#network.files),
      445,
      'gssapi,smb',
      900 + this.#heavy(8, 1.8),
      900 + this.#heavy(9, 2),
      this.#heavy(15.5, 1.6),
    );
  }

  #logon(conn: Conn): void {
    this.#tcp(
      conn,
      this.#some(this.#network.directory),
      88,
      'krb_tcp',
      1300 + this.#random.below(500),
      1400 + this.#random.below(400),
      this.#heavy(9, 0.8),
    );
  }

  #shell(conn: Conn): void {
    this.#tcp(
      conn,
      this.#some(this.#network.servers),
      22,
      'ssh',
      2200 + this.#heavy(8, 1.6),
      2600 + this.#heavy(9, 1.8),
      this.#heavy(17.5, 1.5),
    );
  }

  #mail(conn: Conn): void {
    this.#tcp(conn, this.#network.mail, 587, 'smtp', 900 + this.#heavy(9.5, 1.6), 600 + this.#random.below(900), this.#heavy(14, 0.9));
  }

  #ping(conn: Conn): void {
    conn.proto = 'icmp';
    conn.resp = this.#some(this.#network.servers);
    conn.origPort = 8;
    conn.respPort = 0;
    conn.service = '-';
    conn.state = 'OTH';
    conn.history = '-';
    conn.origPackets = conn.respPackets = 1 + this.#random.below(4);
    conn.origBytes = conn.respBytes = 56 * conn.origPackets;
    conn.duration = (conn.origPackets - 1) * SECOND + this.#heavy(6.5, 0.6);
  }

  /** Attempts that nothing came of: a service that is off, a host that is gone. */
  #failure(conn: Conn): void {
    const ports = [80, 443, 445, 3389, 8080, 9100];
    const resp = this.#random.below(3) === 0 ? this.#popular(conn) : this.#some(this.#network.servers);
    attempt(conn, resp, ports[this.#random.below(ports.length)], this.#random.below(2) === 0, this.#random);
  }

  #udp(conn: Conn, resp: Host, port: number, service: string, origBytes: number, respBytes: number, duration: number): void {
    const answered = respBytes >= 0 && this.#random.below(60) !== 0;
    conn.proto = 'udp';
    conn.resp = resp;
    conn.respPort = port;
    conn.service = service;
    conn.origBytes = origBytes;
    conn.respBytes = answered ? respBytes : 0;
    conn.origPackets = packets(origBytes);
    conn.respPackets = answered ? packets(respBytes) : 0;
    conn.state = answered ? 'SF' : 'S0';
    conn.history = answered ? 'Dd' : 'D';
    conn.duration = answered || conn.origPackets > 1 ? duration : -1;
    if (!answered && conn.duration < 0) conn.origBytes = conn.respBytes = -1;
  }

  #tcp(conn: Conn, resp: Host, port: number, service: string, origBytes: number, respBytes: number, duration: number): void {
    conn.proto = 'tcp';
    conn.resp = resp;
    conn.respPort = port;
    conn.service = service;
    conn.origBytes = origBytes;
    conn.respBytes = respBytes;
    conn.origPackets = 4 + packets(origBytes) + (packets(respBytes) >> 1);
    conn.respPackets = 3 + packets(respBytes) + (packets(origBytes) >> 1);
    conn.duration = 2000 + duration;
    this.#ending(conn);
    if (this.#random.below(400) === 0) {
      conn.missed = Math.min(respBytes, 1460 * (1 + this.#random.below(20)));
      conn.history += 'g';
    }
  }

  /** How connections end, by and large as in real offices. */
  #ending(conn: Conn): void {
    const draw = this.#random.below(100);
    if (draw < 78) {
      conn.state = 'SF';
      conn.history = draw < 40 ? 'ShADadFf' : draw < 65 ? 'ShADadfF' : 'ShADadtFf';
    } else if (draw < 86) end(conn, 'RSTO', 'ShADadR');
    else if (draw < 90) end(conn, 'RSTR', 'ShADadr');
    else if (draw < 94) end(conn, 'S1', 'ShADad');
    else if (draw < 96) end(conn, 'S3', 'ShADadf');
    else if (draw < 98) end(conn, 'S2', 'ShADadF');
    else end(conn, 'OTH', 'DadA');
  }

  #some(hosts: readonly Host[]): Host {
    return hosts[this.#random.below(hosts.length)];
  }

  /** Few sites get most of the traffic. A host talks to its own kind of address. */
  #popular(conn: Conn): Host {
    const hosts = conn.orig.v6 ? this.#network.outsideV6 : this.#network.outside;
    return hosts[Math.floor(hosts.length * this.#random.float() ** 3)];
  }

  /** Log-normal, whole, at most 4 GB: the mean of its logarithm, and its spread. */
  #heavy(mean: number, spread: number): number {
    return Math.floor(Math.min(4e9, Math.exp(mean + spread * this.#random.normal())));
  }
}

function end(conn: Conn, state: string, history: string): void {
  conn.state = state;
  conn.history = history;
}

/** A TCP connection that is refused, or never answered. */
export function attempt(conn: Conn, resp: Host, port: number, refused: boolean, random: Random): void {
  conn.proto = 'tcp';
  conn.resp = resp;
  conn.respPort = port;
  conn.service = '-';
  conn.missed = 0;
  conn.state = refused ? 'REJ' : 'S0';
  conn.history = refused ? 'Sr' : 'S';
  conn.origPackets = refused ? 1 : 1 + random.below(3);
  conn.respPackets = refused ? 1 : 0;
  const timed = refused || conn.origPackets > 1;
  conn.origBytes = conn.respBytes = timed ? 0 : -1;
  conn.duration = refused ? 150 + random.below(900) : timed ? 1_000_000 * (conn.origPackets === 2 ? 1 : 3) + random.below(30_000) : -1;
}

const packets = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1448));
