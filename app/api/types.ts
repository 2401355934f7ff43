import type { Registry } from 'prom-client';
import type { Client, CommandName, IngestAnswer, NamesOf, Input, JobState, Result } from '../contract.ts';
import type { DoorOptions } from './door.ts';
import type { TokenStore } from './tokens.ts';
import type { Timeouts } from './unparsed.ts';

/** Takes what is posted to the API as it happens. The live engine implements it. */
export interface IngestSink {
  /**
   * Takes whole lines of `source`, or a JSON array; resolves when they are kept, so that a sender who waits for the answer is slowed down to what can be kept.
   * `contentType` is one of those that the API takes; the body is as it was sent, unpacked. `format`: how the lines are read; recognised where it is not given. `gone`: whoever sent it waits no more; nothing is
   * taken then of what was not begun. `key`: who sends and its Idempotency-Key; what comes again with the same one is answered as it was the first time.
   * @throws FlowcaseError; of a key with the detail `idempotency`: `inFlight`, or `otherRequest` where it came with something else before
   */
  accept(source: string, contentType: string, body: Buffer, format?: string, gone?: AbortSignal, key?: string): Promise<IngestAnswer>;
}

/** The core, as a server uses it. */
export interface ApiCore extends Client {
  /** Starts a job and waits for it. @throws the job's error as FlowcaseError */
  runJob<N extends NamesOf<'job'>>(name: N, input: Input<N>, onProgress?: (state: JobState) => void): Promise<Result<N>>;
  /** Where posted events go; without it the API says that it takes none. */
  readonly ingest?: IngestSink;
}

export interface ApiOptions {
  readonly core: ApiCore;
  /** Of Flowcase: "0.1.0". */
  readonly version: string;
  readonly tokens: TokenStore;
  /** Which address, which certificate, which other sites. */
  readonly door: DoorOptions;
  /** Certificate and key, PEM; null: plain HTTP, on loopback alone. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Requests a second and token. */
  readonly rate: number;
  /** The case is open for reading only. */
  readonly readOnly: boolean;
  /** Folders that files may be imported from; none: no command that names a file of the server is served. */
  readonly files: readonly string[];
  /** Brokers, and addresses of syslog beside loopback, that clients may have watched: `kafka://HOST:PORT`, `syslog://ADDRESS:PORT`. */
  readonly sources: readonly string[];
  /** Where exports are written until they are fetched. It is the server's own, and is removed when it stops. */
  readonly scratch: string;
  /** Largest body in bytes, and largest body of an ingest after unpacking. */
  readonly bodyLimit: number;
  readonly ingestLimit: number;
  /** One JSON line a request; null: none. Addresses and headers with tokens are not in it. */
  readonly log: { write(line: string): void } | null;
  /** Adds metrics of other parts to /metrics. */
  readonly metrics?: (registry: Registry) => void;
  /** Milliseconds that clients have for a request. */
  readonly timeouts: Timeouts;
  /** Seconds between two signs of life of a stream of events. */
  readonly heartbeat?: number;
}

/** `invoke` where the command is known only when a request comes: the core checks name and input. */
export function call(core: Client, command: CommandName, input: unknown): Promise<unknown> {
  return core.invoke(command, input as Input<typeof command>);
}
