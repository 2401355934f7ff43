/** Flowcase in a terminal: a host without a server, driven by one command line. */
import { runCli } from '../../app/cli/run-cli.ts';
import { dataFolder } from '../host/folders.ts';
import { createHost } from '../host/host.ts';
import { programVersion } from '../host/version.ts';

/** One press of Ctrl-C can come twice within this long: npm hands on what the terminal has sent to everybody. */
const SAME_PRESS_MS = 300;

// whoever read the answer has seen enough (`flowcase query … | head`)
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  // the terminal was closed: what was begun is still put in order
  if (stopped === null) throw error;
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && stopped === null) throw error;
});

const interrupts = new Set<() => void>();
/** When the first signal came. */
let stopped: number | null = null;

function interrupted(): void {
  if (stopped !== null) {
    // once more ends it at once
    if (performance.now() - stopped > SAME_PRESS_MS) process.exit(130);
    return;
  }
  stopped = performance.now();
  for (const listener of interrupts) listener();
}

/** Until somebody listens a signal ends the program at once: there is nothing to put in order then. */
function onInterrupt(listener: () => void): void {
  if (interrupts.size === 0) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  interrupts.add(listener);
  if (stopped !== null) listener();
}

process.exitCode = await runCli(process.argv.slice(2), {
  openHost: ({ watches = false } = {}) =>
    createHost({ kind: 'local', version: programVersion(), dataFolder: dataFolder(), recordOpenings: false, watches }),
  out: (text) => process.stdout.write(text),
  outBytes: (bytes) => process.stdout.write(bytes),
  input: () => process.stdin,
  err: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
  showsOutput: process.stdout.isTTY,
  cwd: process.cwd(),
  onInterrupt,
});
