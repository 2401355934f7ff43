import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Socket } from 'node:net';
import { FlowcaseError } from '../../errors.ts';
import { systemDrops } from './system-drops.ts';
import { SyslogFraming, type TakeMessage } from './framing.ts';

/** Something that receives messages. */
export interface Listener {
  readonly port: number;
  /** Senders are to wait, where there is a way to tell them. */
  pause(): void;
  resume(): void;
  /** Messages that the system has thrown away since, because they were not fetched in time; as far as it says. */
  lost(): number;
  close(): Promise<void>;
}

/** What the system keeps of datagrams that nobody has fetched yet. */
const RECEIVED = 4 * 2 ** 20;

interface Where {
  readonly host: string;
  readonly port: number;
  readonly take: TakeMessage;
}

/** One message a datagram. @throws FlowcaseError where it cannot listen there */
export async function listenUdp({ host, port, take }: Where): Promise<Listener> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw notListening(error, 'UDP', host, port);
  }
  // the system may allow less
  try {
    socket.setRecvBufferSize(RECEIVED);
  } catch {
    // then what there is has to do
  }
  // what went wrong with one datagram is no reason to stop
  socket.on('error', () => undefined);
  socket.on('message', (message) => take(message, false));
  const { address, port: bound } = socket.address();
  return {
    port: bound,
    pause: () => undefined,
    resume: () => undefined,
    lost: () => systemDrops(address, bound) ?? 0,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

interface WhereTcp extends Where {
  /** Bytes of a message: of one that ends with a line end, and of one whose length stands before it. */
  readonly longest: { readonly line: number; readonly counted: number };
  readonly connections: number;
  readonly refused: () => void;
}

/** @throws FlowcaseError where it cannot listen there */
export async function listenTcp({ host, port, take, longest, connections, refused }: WhereTcp): Promise<Listener> {
  const sockets = new Set<Socket>();
  let paused = false;
  const server = createServer((socket) => {
    const framing = new SyslogFraming(longest, take);
    sockets.add(socket);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (block: Buffer) => framing.push(block));
    // a connection that breaks off has said what it has said
    socket.on('error', () => undefined);
    socket.on('close', () => {
      framing.end();
      sockets.delete(socket);
    });
    if (paused) socket.pause();
  });
  server.maxConnections = connections;
  server.on('drop', refused);
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw notListening(error, 'TCP', host, port);
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    pause: () => {
      paused = true;
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      if (!paused) return;
      paused = false;
      for (const socket of sockets) socket.resume();
    },
    lost: () => 0,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function notListening(error: unknown, protocol: string, host: string, port: number): FlowcaseError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const where = `${protocol} port ${port} of ${host}`;
  if (code === 'EADDRINUSE')
    return new FlowcaseError('BUSY', `Another program listens on ${where}. Choose another port, or end that program.`);
  const reason =
    code === 'EACCES'
      ? 'ports below 1024 are for the administrator; choose a higher one'
      : `the system says ${code}; see that this machine has that address`;
  return new FlowcaseError('INVALID_INPUT', `Flowcase cannot listen on ${where}: ${reason}.`, { host, port });
}
