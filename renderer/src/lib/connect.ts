import type { Client, CommandName, EventName, Events, Input, Output } from '../../../app/contract.ts';
import { decodeFrame, encodeFrame } from '../../../app/contract/wire.ts';
import { FlowcaseError, fromErrorShape, type ErrorShape } from '../../../app/errors.ts';
import type { Connection, HostServices, Link, PickOpen, PickSave } from './host.ts';

/** What Electron's preload puts on the window. */
interface Bridge {
  invoke(name: string, input: unknown): Promise<{ readonly output: unknown } | { readonly error: ErrorShape }>;
  on(event: string, listener: (payload: unknown) => void): () => void;
  /** Flowcase was started without the system's dialogs: the window's own path browser takes their place. */
  readonly inPageDialogs: boolean;
  pickOpen(options: PickOpen): Promise<readonly string[]>;
  pickSave(options: PickSave): Promise<string | null>;
  pathForFile(file: File): string;
  notify(title: string, body: string): Promise<boolean>;
}

declare global {
  interface Window {
    readonly flowcase?: Bridge;
  }
}

/** The window's end of the contract: Electron's bridge where there is one, else the WebSocket of the loopback host. */
export async function connect(): Promise<Connection> {
  return window.flowcase === undefined ? connectLocally() : connectBridge(window.flowcase);
}

function connectBridge(bridge: Bridge): Connection {
  const client: Client = {
    async invoke<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> {
      const answer = await bridge.invoke(name, input);
      if ('error' in answer) throw fromErrorShape(answer.error);
      return answer.output as Output<N>;
    },
    on: <E extends EventName>(event: E, listener: (payload: Events[E]) => void) =>
      bridge.on(event, (payload) => listener(payload as Events[E])),
  };
  const host: HostServices = {
    kind: 'electron',
    pickOpen: bridge.inPageDialogs ? null : (options) => bridge.pickOpen(options),
    pickSave: bridge.inPageDialogs ? null : (options) => bridge.pickSave(options),
    pathForFile: (file) => bridge.pathForFile(file),
    upload: null,
    notify: (title, body) => bridge.notify(title, body),
    watchLink: null,
  };
  return { client, host };
}

async function connectLocally(): Promise<Connection> {
  const client = new SocketClient();
  await client.open();
  const watchLink = (listener: (link: Link) => void): void => client.watch(listener);
  return { client, host: { kind: 'local', pickOpen: null, pickSave: null, pathForFile: null, upload, notify: null, watchLink } };
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: FlowcaseError) => void;
}

interface Incoming {
  readonly call?: number;
  readonly output?: unknown;
  readonly error?: ErrorShape;
  readonly event?: EventName;
  readonly payload?: unknown;
}

const lost = (): FlowcaseError =>
  new FlowcaseError('PROCESS_DIED', 'Flowcase does not answer. Is it still running? Start it again and open the address that it prints.');

/** Calls and events over one WebSocket, opened again when it is lost. */
class SocketClient implements Client {
  #socket: WebSocket | null = null;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<EventName, Set<(payload: unknown) => void>>();
  #watcher: (link: Link) => void = () => undefined;

  watch(listener: (link: Link) => void): void {
    this.#watcher = listener;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${location.host}/contract`);
      socket.binaryType = 'arraybuffer';
      let opened = false;
      socket.onopen = () => {
        opened = true;
        this.#socket = socket;
        resolve();
      };
      socket.onmessage = (message: MessageEvent<ArrayBuffer>) => this.#take(decodeFrame(message.data) as Incoming);
      socket.onclose = () => {
        this.#socket = null;
        if (opened) this.#watcher('lost');
        for (const { reject: refuse } of this.#waiting.values()) refuse(lost());
        this.#waiting.clear();
        if (opened) this.#again(250);
        else reject(lost());
      };
    });
  }

  invoke<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> {
    const socket = this.#socket;
    if (socket === null) return Promise.reject(lost());
    const call = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve: (output) => resolve(output as Output<N>), reject });
      socket.send(encodeFrame({ call, name, input }));
    });
  }

  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    const own = (payload: unknown): void => listener(payload as Events[E]);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  #take({ call, output, error, event, payload }: Incoming): void {
    if (event !== undefined) {
      this.#emit(event, payload);
      return;
    }
    const waiting = this.#waiting.get(call ?? -1);
    this.#waiting.delete(call ?? -1);
    if (error === undefined) waiting?.resolve(output);
    else waiting?.reject(fromErrorShape(error));
  }

  #emit(event: EventName, payload: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload);
  }

  /** A host that is gone for a second has ended; it is asked for from time to time all the same. */
  #again(after: number): void {
    setTimeout(() => {
      this.open().then(
        () => this.#watcher('up'),
        () => {
          if (after >= 1000) this.#watcher('ended');
          this.#again(Math.min(after * 2, 10_000));
        },
      );
    }, after);
  }
}

/** Hands a dropped file to the host, which answers with where it put it. */
function upload(file: File, onProgress?: (sent: number, total: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/upload?name=${encodeURIComponent(file.name)}`);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(loaded, total);
    request.onerror = () => reject(lost());
    request.onload = () => {
      const answer: unknown = request.response;
      if (request.status === 200 && typeof answer === 'object' && answer !== null && 'path' in answer && typeof answer.path === 'string')
        resolve(answer.path);
      else reject(new FlowcaseError('FILE_UNREADABLE', `${file.name} could not be handed to Flowcase (status ${request.status}).`));
    };
    request.send(file);
  });
}
