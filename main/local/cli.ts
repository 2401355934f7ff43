/** Flowcase in a terminal: a host without a server, driven by one command line. */
import { runCli } from '../../app/cli/run-cli.ts';
import { dataFolder } from '../host/folders.ts';
import { createHost } from '../host/host.ts';
import { programVersion } from '../host/version.ts';

// whoever read the answer has seen enough (`flowcase query … | head`)
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

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
  onInterrupt: (listener, also) => {
    for (const signal of also === undefined ? (['SIGINT'] as const) : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const))
      process.once(signal, () => {
        listener();
        // once more ends it at once
        process.once(signal, () => process.exit(130));
      });
  },
});
