import type { Random } from '../shared/random.ts';
import type { Client } from './tstat-clients.ts';
import { C, S, whole, type Side } from './tstat-slots.ts';
import { tstatServices, type Service, type Visit } from './tstat-services.ts';
import { bytesOf, dash, type TstatRow } from './tstat-writer.ts';

const SEGMENT = 1460;

const resolver = bytesOf('192.0.2.53');
const offered = bytesOf('0304,0303');
const chosen = [bytesOf('0304'), bytesOf('0303')];
const codes = [200, 200, 200, 200, 200, 200, 304, 302, 301, 404];

/** What is said of one connection; the rest of the row follows from it. */
export interface Visitation {
  readonly client: Client;
  readonly service: number;
  readonly server: number;
  readonly clientBytes: number;
  readonly serverBytes: number;
  readonly requests: number;
  /** Open after the last data, milliseconds. */
  readonly idle: number;
  /** When it was closed, microseconds since 1970 UTC. */
  readonly closed: number;
}

interface Names {
  readonly label: Uint8Array;
  readonly hosts: readonly Uint8Array[];
  readonly servers: readonly Uint8Array[];
}

/** Turns visits of clients to services into rows as Tstat would have measured them. */
export class Traffic {
  readonly #random: Random;
  readonly #row: TstatRow;
  readonly #names: readonly Names[];
  readonly #weights: readonly Uint8Array[];

  constructor(row: TstatRow, random: Random) {
    this.#row = row;
    this.#random = random;
    const nets = ['192.0.2', '198.51.100', '203.0.113'];
    this.#names = tstatServices.map(({ name, hosts }, i) => ({
      label: bytesOf(`class:${name}`),
      hosts: hosts.map(bytesOf),
      servers: Array.from({ length: 24 }, (_, k) => bytesOf(`${nets[i % 3]}.${1 + Math.floor(i / 3) * 60 + k * 2}`)),
    }));
    this.#weights = tstatServices.map(({ visits }) =>
      Uint8Array.from(visits.flatMap(({ weight }, i) => new Array<number>(weight).fill(i))),
    );
  }

  serverOf(service: number, server: number): string {
    return Buffer.from(this.#names[service].servers[server]).toString('latin1');
  }

  /** An everyday visit. */
  visit(client: Client, service: number, closed: number): Visitation {
    const weights = this.#weights[service];
    const visit = tstatServices[service].visits[weights[this.#random.below(weights.length)]];
    const [clientBytes, serverBytes] = this.#sizes(visit);
    return {
      client,
      service,
      server: Math.floor(24 * this.#random.float() ** 2),
      clientBytes,
      serverBytes,
      requests: visit.requests + this.#random.below(visit.requests + 1),
      idle: this.#heavy(visit.idle, 1.3),
      closed,
    };
  }

  /** Most visits are like each other; some are like nothing else. */
  #sizes({ client, server }: Visit): readonly [number, number] {
    const random = this.#random;
    const wide = random.below(100);
    if (wide < 5) return [Math.max(120, Math.floor(this.#heavy(7.2, 1.1))), Math.floor(this.#heavy(9.4, 2.2))];
    const spread = wide < 20 ? 3 : 1;
    return [
      Math.max(120, Math.floor(this.#heavy(client[0], client[1] * spread))),
      Math.max(60, Math.floor(this.#heavy(server[0], server[1] * spread))),
    ];
  }

  /** Fills the row. */
  fill(visitation: Visitation): void {
    const { client, service, clientBytes, serverBytes, requests } = visitation;
    const random = this.#random;
    const row = this.#row;
    const about = tstatServices[service];
    const names = this.#names[service];
    row.clear();
    const plain = random.float() < about.plain;
    const away = Math.exp(about.distance + 0.35 * random.normal());
    const home = Math.exp(client.distance + 0.25 * random.normal());
    row.texts[C.ip] = client.address;
    row.texts[S.ip] = names.servers[visitation.server];
    row.texts[whole.label] = names.label;
    row.numbers[C.port] = 32_768 + random.below(28_232);
    row.numbers[S.port] = plain ? 80 : 443;
    row.numbers[whole.con_t] = plain ? 1 : 8192;
    this.#volume(C, clientBytes, requests + (plain ? 0 : 2), client.loss);
    this.#volume(S, serverBytes, Math.min(requests, 4) + (plain ? 0 : 2), client.loss * 0.8);
    this.#control(client);
    this.#times(visitation, away, home, plain);
    this.#roundTrips(C, away, C.pkts_data);
    this.#roundTrips(S, home, S.pkts_data);
    this.#options(C, client.windowScale, client.timestamps, client.ttl);
    this.#options(S, 7 + (service % 3), client.timestamps, 64 - 6 - random.below(8));
    this.#words(about, names, plain, requests, away);
    this.#statistics(C, requests + (plain ? 0 : 2));
    this.#statistics(S, Math.min(requests, 4) + (plain ? 0 : 2));
  }

  /** Log-normal, by the mean of its logarithm and its spread; at most 4 GB. */
  #heavy(mean: number, spread: number): number {
    return Math.min(4e9, Math.exp(mean + spread * this.#random.normal()));
  }

  #volume(side: Side, bytes: number, messages: number, loss: number): void {
    const { numbers } = this.#row;
    const segments = Math.max(1, Math.ceil(bytes / SEGMENT) + this.#random.below(messages + 1) + (messages >> 1));
    const again = loss === 0 ? 0 : Math.floor(segments * loss * -Math.log(1 - this.#random.float()) + this.#random.float() * loss * 20);
    const bytesAgain = again * Math.min(SEGMENT, Math.ceil(bytes / segments));
    numbers[side.bytes_uniq] = bytes;
    numbers[side.pkts_data] = segments + again;
    numbers[side.bytes_all] = bytes + bytesAgain;
    numbers[side.pkts_retx] = again;
    numbers[side.bytes_retx] = bytesAgain;
    numbers[side.pkts_ooo] = again === 0 ? 0 : this.#random.below(again + 1);
    numbers[side.pkts_rto] = again >> 1;
    numbers[side.pkts_fs] = again - (again >> 1);
    numbers[side.pkts_reor] = this.#random.below(60) === 0 ? 1 : 0;
    numbers[side.syn_cnt] = this.#random.float() < loss ? 2 : 1;
  }

  /** Segments without payload, and how the connection ended. */
  #control({ loss }: Client): void {
    const { numbers } = this.#row;
    const random = this.#random;
    const ending = random.below(100);
    numbers[C.fin_cnt] = ending < 74 || ending >= 92 ? 1 : 0;
    numbers[S.fin_cnt] = ending < 84 ? 1 : 0;
    numbers[C.rst_cnt] = ending >= 84 && ending < 94 ? 1 : 0;
    numbers[S.rst_cnt] = ending >= 94 ? 1 : 0;
    const pure = (mine: Side, theirs: Side): number =>
      1 + Math.ceil(numbers[theirs.pkts_data] * (0.35 + 0.3 * random.float())) + (numbers[mine.rst_cnt] === 0 ? 1 : 0);
    numbers[C.ack_cnt_p] = pure(C, S);
    numbers[S.ack_cnt_p] = pure(S, C);
    for (const side of [C, S]) {
      const rest = numbers[side.pkts_data] + numbers[side.ack_cnt_p] + numbers[side.fin_cnt] + numbers[side.rst_cnt];
      numbers[side.pkts_all] = rest + numbers[side.syn_cnt];
      // a client's SYN acknowledges nothing yet
      numbers[side.ack_cnt] = side === C ? rest : rest + numbers[side.syn_cnt];
      numbers[side.sack_cnt] = Math.round(numbers[side === C ? S.pkts_retx : C.pkts_retx] * (1 + 20 * loss));
    }
    numbers[C.isint] = 1;
  }

  #times({ idle, closed }: Visitation, away: number, home: number, plain: boolean): void {
    const { numbers } = this.#row;
    const random = this.#random;
    const micros = (value: number): number => Math.round(value * 1000) / 1000;
    const trip = away + home;
    const think = Math.exp(1.6 + 0.9 * random.normal());
    const first = trip + 0.2 + random.float();
    const answer = first + away + think;
    const speed = 900 + 5200 * random.float();
    const turns = (plain ? 1 : 2) + Math.log2(1 + numbers[S.pkts_data] / 10);
    const busy = answer + turns * trip + numbers[S.bytes_all] / speed + numbers[C.bytes_all] / speed;
    const durat = busy + idle;
    const last = closed / 1000;
    numbers[whole.durat] = micros(durat);
    numbers[whole.last] = last;
    numbers[whole.first] = last - micros(durat);
    numbers[C.first] = micros(first);
    numbers[S.first] = micros(answer);
    numbers[C.last] = micros(Math.max(first, busy - trip * random.float()));
    numbers[S.last] = micros(Math.max(answer, busy));
    numbers[C.first_ack] = micros(trip);
    numbers[S.first_ack] = micros(first + away);
    if (plain) return;
    numbers[C.last_handshakeT] = micros(first + trip * (1 + random.float()));
    numbers[S.last_handshakeT] = micros(answer + trip * random.float());
    numbers[C.appdataT] = micros(first + trip * (1.2 + random.float()));
    numbers[S.appdataT] = micros(answer + trip * (1.1 + random.float()));
    numbers[C.appdataB] = Math.min(numbers[C.bytes_uniq], 80 + random.below(60) * 8);
    numbers[S.appdataB] = Math.min(numbers[S.bytes_uniq], 200 + random.below(80) * 16);
  }

  #roundTrips(side: Side, mean: number, segments: number): void {
    const { numbers } = this.#row;
    const count = 1 + Math.floor(numbers[segments] * (0.3 + 0.5 * this.#random.float()));
    const low = mean * (0.82 + 0.15 * this.#random.float());
    const high = mean * (1 + (1 - 1 / count) * 2 * this.#random.float() ** 2);
    numbers[side.rtt_cnt] = count;
    numbers[side.rtt_min] = Math.round(low * 1000) / 1000;
    numbers[side.rtt_max] = Math.round(Math.max(high, low) * 1000) / 1000;
    numbers[side.rtt_avg] = low + (Math.max(high, low) - low) * 0.4;
    numbers[side.rtt_std] = count < 2 ? 0 : (Math.max(high, low) - low) * 0.3;
  }

  #options(side: Side, scale: number, timestamps: boolean, ttl: number): void {
    const { numbers } = this.#row;
    const bytes = numbers[side.bytes_uniq];
    const largest = Math.min(SEGMENT - (timestamps ? 12 : 0), bytes);
    numbers[side.ttl_min] = numbers[side.ttl_max] = ttl;
    numbers[side.f1323_opt] = numbers[side.sack_opt] = 1;
    numbers[side.tm_opt] = timestamps ? 1 : 0;
    numbers[side.win_scl] = scale;
    numbers[side.mss] = SEGMENT;
    numbers[side.mss_max] = largest;
    numbers[side.mss_min] = Math.max(1, Math.min(largest, 24 + this.#random.below(40)));
    numbers[side.win_max] = 65_535 * (1 + this.#random.below(2 ** scale));
    numbers[side.win_min] = 29_200 + this.#random.below(40_000);
    numbers[side.cwin_ini] = Math.min(bytes, 517 + this.#random.below(120));
    numbers[side.cwin_max] = Math.min(bytes, numbers[side.cwin_ini] + Math.floor(bytes * 0.2 * this.#random.float()));
    numbers[side.cwin_min] = Math.min(numbers[side.cwin_ini], numbers[side.mss_min]);
  }

  #words({ hosts }: Service, names: Names, plain: boolean, requests: number, away: number): void {
    const { numbers, texts } = this.#row;
    const random = this.#random;
    const host = names.hosts[random.below(hosts.length)];
    if (plain) {
      numbers[whole.http_t] = 1;
      numbers[whole.requests] = numbers[whole.answers] = requests;
      numbers[whole.code] = codes[random.below(codes.length)];
      texts[whole.host] = host;
    } else {
      texts[whole.sni] = host;
      texts[whole.versions] = offered;
      texts[whole.version] = chosen[random.below(4) === 0 ? 1 : 0];
      numbers[whole.alpn] = 6;
      numbers[whole.answeredAlpn] = random.below(3) === 0 ? 2 : 4;
    }
    const told = random.below(10) < 7;
    texts[whole.fqdn] = told ? host : dash;
    texts[whole.resolver] = told ? resolver : dash;
    numbers[whole.told] = told ? numbers[whole.first] - 1 - 40 * random.float() : 0;
    numbers[whole.asked] = told ? numbers[whole.told] - away - 5 * random.float() : 0;
  }

  /** Sizes of the first messages and segments, gaps between the first segments, and their figures. */
  #statistics(side: Side, messages: number): void {
    const { numbers } = this.#row;
    const random = this.#random;
    const segments = numbers[side.pkts_data];
    const bytes = numbers[side.bytes_all];
    const pushes = Math.min(segments, messages + random.below(3));
    numbers[side.pkts_push] = numbers[side.pushAgain] = pushes;
    const kept = Math.min(10, pushes);
    numbers[side.msgsize_count] = kept;
    for (let i = 0; i < kept; i++) numbers[side.messages + i] = 1 + Math.floor((bytes / Math.max(1, pushes)) * 2 * random.float());
    const sized = Math.min(10, segments);
    numbers[side.pktsize_count] = sized;
    for (let i = 0; i < sized; i++) numbers[side.segments + i] = 1 + random.below(Math.max(1, numbers[side.mss_max]));
    const open = numbers[side.last] - numbers[side.first];
    for (let i = 0; i < Math.min(9, sized - 1); i++) numbers[side.gaps + i] = Math.round((open / segments) * 2000 * random.float()) / 1000;
    numbers[side.again] = segments;
    numbers[side.pkts_data_avg] = bytes / segments;
    numbers[side.pkts_data_std] = segments < 2 ? 0 : (bytes / segments) * (0.4 + 0.5 * random.float());
    numbers[side.seg_cnt] = numbers[side.pkts_all];
    numbers[side.sit_avg] = numbers[whole.durat] / numbers[side.pkts_all];
    numbers[side.sit_std] = numbers[side.sit_avg] * (0.8 + 2 * random.float());
  }
}
