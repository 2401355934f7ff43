import { z } from 'zod';
import { formatCount, plural } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import type { LiveSource, Position, SourceGauge, SourceSink, Stretch } from '../types.ts';
import { lineOf, type SentLine, type SyslogPayload } from './message-line.ts';
import { listenTcp, listenUdp, type Listener } from './listeners.ts';

/** There is no way back: a position says which stretches there are. */
const positionSchema = z.object({
  form: z.literal(1),
  /** Senders by the number of their stretch less one. */
  senders: z.array(z.string()),
  current: z.int().nonnegative(),
  /** Those of the senders whose messages are lines of a log. */
  logs: z.array(z.string()).optional(),
});

/** Lines of one sender are handed over in batches of about so many bytes. */
const BATCH = 2 ** 20;
/** What a line that waits takes beside its bytes. */
const OVERHEAD = 100;
/** Of so many senders that write no log it is known that they do not. */
const MOST_LOOKED_AT = 10_000;
/** So many senders have a stretch of their own; all others share one. */
const MOST_SENDERS = 100;
const OTHERS = 'others';
/** What programs say that write no log, of all senders: no sender is called like this. */
const MESSAGES = '*';
/** So many messages of a sender are looked at for whether they are lines of a log. */
const LOOKED_AT = 20;
/** Drops and cuts are told at most this often (ms). */
const TOLD = 10_000;
/** What was lost is looked at so often (ms), also while the case takes nothing. */
const LOOK = 1000;

export interface SyslogOptions {
  readonly protocol: 'udp' | 'tcp';
  /** Address to listen on. Default 127.0.0.1: nothing that comes from elsewhere. */
  readonly host?: string;
  /** 0: a free one. */
  readonly port: number;
  /**
   * `message` (default): the line of the log is what the sender logged, without syslog's header; every sender (host and program) has a stretch of its own,
   * whose format is told by itself. `whole`: the line is all that was received, for the format `syslog`; access logs keep the header in a column too.
   */
  readonly payload?: SyslogPayload;
  /**
   * Whether a message by itself is a line of a log. Of senders of which none of the first messages is one, all that was received is kept as syslog has it,
   * in one stretch for all of them. Default: all are.
   */
  readonly isLog?: (line: Uint8Array) => boolean;
  /** Bytes that may wait for the sink. Default 16 MiB. Beyond, TCP senders are made to wait, and messages over UDP are dropped and counted. */
  readonly most?: number;
  /** Longest message; of a longer one the rest is cut off, and counted. Default 64 KiB. */
  readonly longest?: number;
  /** The same where octet counting says its length before it: it need not be searched for its end. Default 1 MiB. */
  readonly longestCounted?: number;
  /** TCP connections at a time. Default 100. */
  readonly connections?: number;
}

/** Lines that wait, of one sender. */
interface Waiting {
  readonly lines: Uint8Array[];
  /** Those of them that lack their end. */
  readonly cut: Set<Uint8Array>;
  bytes: number;
}

/** Receives syslog messages (RFC 5424, RFC 3164) over UDP or TCP (RFC 6587). */
export class SyslogSource implements LiveSource {
  readonly #options: Required<SyslogOptions>;
  /** By sender, the one that has waited longest first. */
  #waiting = new Map<string, Waiting>();
  #waitingBytes = 0;
  #waitingLines = 0;
  readonly #senders: string[] = [];
  /** Senders of which it is known that they send lines of a log; of the others, how many messages were none. */
  readonly #logs = new Set<string>();
  readonly #others = new Map<string, number>();
  #current = 0;
  #listener: Listener | null = null;
  #wake: () => void = () => undefined;
  #state: SourceGauge['state'] = 'starting';
  #why = '';
  #bytes = 0;
  #errors = 0;
  /** Since it was told last. */
  #dropped = 0;
  #cut = 0;
  /** Since it was started. */
  #allCut = 0;
  #refused = 0;
  /** Of those that the system threw away, so many were told. */
  #lost = 0;
  #told = -Infinity;

  constructor(options: SyslogOptions) {
    const defaults = {
      host: '127.0.0.1',
      payload: 'message',
      isLog: () => true,
      most: 16 * 2 ** 20,
      longest: 2 ** 16,
      longestCounted: 2 ** 20,
      connections: 100,
    } as const;
    this.#options = { ...defaults, ...options };
  }

  get gauge(): SourceGauge {
    const lag = { bytes: this.#waitingBytes, records: this.#waitingLines };
    return { state: this.#state, why: this.#why || this.#cutWords, lag, bytes: this.#bytes, errors: this.#errors };
  }

  /** "" where nothing was cut. */
  get #cutWords(): string {
    if (this.#allCut === 0 || this.#state !== 'running') return '';
    const { longest, longestCounted } = this.#options;
    const were = this.#allCut === 1 ? 'was' : 'were';
    return `${plural(this.#allCut, 'message')} ${were} cut off: only the first ${formatCount(longest)} bytes of a message are kept (${formatCount(longestCounted)} where octet counting says its length)`;
  }

  /** Where it listens; null while it does not. */
  get port(): number | null {
    return this.#listener?.port ?? null;
  }

  async run(sink: SourceSink, from: Position | null, stopped: AbortSignal): Promise<void> {
    const wake = (): void => this.#wake();
    stopped.addEventListener('abort', wake);
    const looking = setInterval(() => this.#tell(sink), LOOK).unref();
    try {
      if (from !== null) this.#resume(from);
      this.#listener = await this.#listen();
      this.#state = 'running';
      while (!stopped.aborted) {
        this.#tell(sink);
        if (this.#waitingLines > 0) await this.#handAll(sink, stopped);
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      this.#end(sink);
    } catch (error) {
      const cancelled = error instanceof FlowcaseError && error.code === 'CANCELLED';
      this.#end(sink);
      if (cancelled) return;
      this.#state = 'failed';
      this.#why = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      stopped.removeEventListener('abort', wake);
      clearInterval(looking);
      await this.#listener?.close();
      this.#listener = null;
    }
  }

  #listen(): Promise<Listener> {
    const { protocol, host, port, longest: line, longestCounted: counted, connections } = this.#options;
    const take = (message: Uint8Array, cut: boolean): void => this.#receive(message, cut);
    if (protocol === 'udp') return listenUdp({ host, port, take });
    return listenTcp({ host, port, take, longest: { line, counted }, connections, refused: () => this.#refused++ });
  }

  #receive(message: Uint8Array, cut: boolean): void {
    const { most, longest, payload, protocol } = this.#options;
    // a stream is parted into messages that are short enough
    const long = protocol === 'udp' && message.length > longest;
    const kept = long ? message.subarray(0, longest) : message;
    const said = lineOf(kept, payload);
    // what has no text, such as a header alone
    if (said.line.length === 1) return;
    const isLog = payload === 'whole' || this.#isLog(said);
    const { line, sender } = isLog ? said : { line: lineOf(kept, 'whole').line, sender: MESSAGES };
    if (protocol === 'udp' && this.#waitingBytes + line.length + OVERHEAD > most) {
      this.#dropped++;
      return;
    }
    const there: Waiting = this.#waiting.get(this.#known(sender)) ?? { lines: [], cut: new Set(), bytes: 0 };
    this.#waiting.set(this.#known(sender), there);
    there.lines.push(line);
    there.bytes += line.length;
    if (cut || long) {
      there.cut.add(line);
      this.#cut++;
      this.#allCut++;
    }
    this.#waitingBytes += line.length + OVERHEAD;
    this.#waitingLines++;
    if (this.#waitingBytes > most) this.#listener?.pause();
    this.#wake();
  }

  #isLog({ line, sender }: SentLine): boolean {
    const { isLog } = this.#options;
    if (this.#logs.has(sender)) return true;
    const looked = this.#others.get(sender) ?? 0;
    if (looked >= LOOKED_AT) return false;
    if (!isLog(line)) {
      // senders are made up as easily as messages
      if (this.#others.size >= MOST_LOOKED_AT && looked === 0) return false;
      this.#others.set(sender, looked + 1);
      return false;
    }
    if (this.#logs.size < MOST_SENDERS * 2) this.#logs.add(sender);
    this.#others.delete(sender);
    return true;
  }

  /** The sender whose stretch it goes to. */
  #known(sender: string): string {
    if (this.#senders.includes(sender)) return sender;
    const known = this.#senders.length < MOST_SENDERS || sender === MESSAGES ? sender : OTHERS;
    if (!this.#senders.includes(known)) this.#senders.push(known);
    return known;
  }

  async #handAll(sink: SourceSink, stopped: AbortSignal): Promise<void> {
    for (const [sender, waiting] of [...this.#waiting]) {
      while (waiting.lines.length > 0 && !stopped.aborted) await this.#hand(sink, sender, waiting);
      if (waiting.lines.length === 0) this.#waiting.delete(sender);
    }
  }

  async #hand(sink: SourceSink, sender: string, waiting: Waiting): Promise<void> {
    let [count, bytes] = [0, 0];
    while (count < waiting.lines.length && bytes < BATCH) bytes += waiting.lines[count++].length;
    const lines = waiting.lines.splice(0, count);
    const stretch = this.#senders.indexOf(sender) + 1;
    const begins = stretch === this.#current ? null : this.#stretch(sender, stretch);
    const after = { form: 1, senders: [...this.#senders], current: stretch, logs: [...this.#logs] };
    const cut = lines.filter((line) => waiting.cut.delete(line)).length;
    await sink.take({ bytes: Buffer.concat(lines), after, begins, ...(cut === 0 ? {} : { cut }) });
    this.#current = stretch;
    this.#bytes += bytes;
    waiting.bytes -= bytes;
    this.#waitingBytes -= bytes + count * OVERHEAD;
    this.#waitingLines -= count;
    if (this.#waitingBytes < this.#options.most / 2) this.#listener?.resume();
  }

  #stretch(sender: string, number: number): Stretch {
    const { protocol, host } = this.#options;
    const named = sender !== '' && sender !== MESSAGES;
    const path = `syslog+${protocol}://${host}:${this.#listener?.port ?? this.#options.port}${named ? `/${sender}` : ''}`;
    const format = sender === MESSAGES ? { format: 'syslog' } : {};
    return { id: String(number), path, name: named ? sender : 'syslog', byte: null, line: null, head: null, ...format };
  }

  #resume(from: Position): void {
    const parsed = positionSchema.safeParse(from);
    if (!parsed.success)
      throw new FlowcaseError(
        'CASE_DAMAGED',
        `What the case keeps about syslog at ${this.#options.protocol} port ${this.#options.port} of ${this.#options.host} cannot be understood. Take the source off the list and watch it anew.`,
      );
    this.#senders.push(...parsed.data.senders);
    this.#current = parsed.data.current;
    for (const sender of parsed.data.logs ?? parsed.data.senders) this.#logs.add(sender);
  }

  /** Says what was lost, now and then. */
  #tell(sink: SourceSink, now = Date.now()): void {
    if (now - this.#told < TOLD) return;
    const lost = (this.#listener?.lost() ?? 0) - this.#lost;
    if (this.#dropped + this.#cut + this.#refused + lost === 0) return;
    this.#told = now;
    const { longest, longestCounted, connections } = this.#options;
    const say = (count: number, message: string): void => {
      if (count === 0) return;
      this.#errors += count;
      sink.fault(message);
    };
    say(this.#dropped, `${plural(this.#dropped, 'message')} over UDP came faster than the case could take them, and are lost.`);
    say(
      this.#cut,
      `Cut off: ${plural(this.#cut, 'message')} that broke off, or had more than ${formatCount(longest)} bytes (${formatCount(longestCounted)} with octet counting).`,
    );
    say(this.#refused, `${plural(this.#refused, 'connection')} refused: there are ${connections} already.`);
    say(lost, `${plural(lost, 'message')} over UDP came while this program was busy; the system did not keep them, and they are lost.`);
    this.#lost += lost;
    this.#dropped = 0;
    this.#cut = 0;
    this.#refused = 0;
  }

  #end(sink: SourceSink): void {
    this.#state = 'ended';
    this.#tell(sink, Infinity);
    if (this.#waitingLines === 0) return;
    this.#errors++;
    sink.fault(`${plural(this.#waitingLines, 'message')} had come and were not kept when watching was stopped.`);
  }
}
