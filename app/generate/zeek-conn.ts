import { Random } from '../shared/random.ts';
import { Background } from './background.ts';
import { Clock, DAY, MONDAY } from './clock.ts';
import { ConnWriter, type Conn } from './conn.ts';
import { plant, type Incident, type Planted, type Scenario } from './incidents.ts';
import { local, makeNetwork } from './network.ts';

export interface GenerateOptions {
  /** Records, planted ones among them. */
  readonly rows: number;
  readonly seed: number;
  /** Of the first day, microseconds since 1970 UTC; a Monday unless told. */
  readonly start?: number | undefined;
  readonly days?: number | undefined;
  readonly scenarios: readonly Scenario[];
}

/** What was planted, to compare findings with. Plain data for a JSON file beside the log. */
export interface Truth {
  readonly kind: 'zeek-conn';
  readonly seed: number;
  readonly rows: number;
  /** Microseconds since 1970 UTC. */
  readonly start: number;
  readonly end: number;
  readonly incidents: readonly (Incident & {
    readonly first: number;
    readonly last: number;
    /** Lines of the log, counted from 1, and the uids that stand there. */
    readonly lines: readonly number[];
    readonly uids: readonly string[];
  })[];
}

/** No scenario takes a larger part of the log than this. */
const SHARE = 0.05;

/**
 * Writes a conn.log of an office network: a daily rhythm, heavy-tailed sizes and durations, the usual services and failures, and the
 * incidents asked for, in the order of time. The same options give the same bytes. Blocks are the taker's to keep; the next one waits for it.
 */
export async function generateZeekConn(options: GenerateOptions, write: (block: Uint8Array) => void | Promise<void>): Promise<Truth> {
  const random = new Random(options.seed);
  const start = options.start ?? MONDAY;
  const days = options.days ?? 1;
  const network = makeNetwork(options.rows, random.fork());
  const budget = Math.floor(options.rows * SHARE);
  const planted = options.scenarios
    .flatMap((scenario) => plant(scenario, { start, days, budget, network, random: random.fork() }))
    .sort((a, b) => a.ts - b.ts);
  const background = new Background(network, random.fork());
  const clock = new Clock(start, days, options.rows - planted.length, random.fork());
  const log = new ConnWriter(write);
  const found = new Records();
  const uids = new Uids(random.fork());
  const conn = blank();
  log.open(start);
  let ts = clock.next();
  let next = 0;
  for (let row = 0; row < options.rows; row++) {
    const uid = uids.next();
    if (next < planted.length && planted[next].ts <= ts) {
      conn.ts = planted[next].ts;
      planted[next].fill(conn);
      found.add(planted[next++], log.line, uid);
    } else {
      background.fill(conn);
      conn.ts = ts;
      ts = clock.next();
    }
    if (log.row(conn, uid)) await log.hand();
  }
  await log.close(start + days * DAY);
  return { kind: 'zeek-conn', seed: options.seed, rows: options.rows, start, end: start + days * DAY, incidents: found.incidents() };
}

const letters = new Uint8Array(Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 'latin1'));

/** Zeek's kind of id: C and 17 letters or digits. */
class Uids {
  readonly #random: Random;
  readonly #uid = new Uint8Array(18).fill(67);

  constructor(random: Random) {
    this.#random = random;
  }

  /** Valid until the next call. */
  next(): Uint8Array {
    const uid = this.#uid;
    for (let at = 1; at < 18;) {
      let draw = this.#random.uint32();
      for (let i = 0; i < 5 && at < 18; i++) {
        const rest = Math.floor(draw / 62);
        uid[at++] = letters[draw - rest * 62];
        draw = rest;
      }
    }
    return uid;
  }
}

/** Keeps where the planted records came to stand. */
class Records {
  readonly #of = new Map<Incident, { first: number; last: number; readonly lines: number[]; readonly uids: string[] }>();

  add({ ts, incident }: Planted, line: number, uid: Uint8Array): void {
    let found = this.#of.get(incident);
    if (found === undefined) this.#of.set(incident, (found = { first: ts, last: ts, lines: [], uids: [] }));
    found.last = ts;
    found.lines.push(line);
    found.uids.push(Buffer.from(uid).toString('latin1'));
  }

  incidents(): Truth['incidents'] {
    return [...this.#of].map(([incident, records]) => ({ ...incident, ...records }));
  }
}

function blank(): Conn {
  const nobody = local('10.0.0.0');
  return {
    ts: 0,
    orig: nobody,
    origPort: 0,
    resp: nobody,
    respPort: 0,
    proto: 'tcp',
    service: '-',
    duration: -1,
    origBytes: -1,
    respBytes: -1,
    state: 'OTH',
    history: '-',
    missed: 0,
    origPackets: 0,
    respPackets: 0,
  };
}
