import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll } from 'vitest';
import { Args } from './args.ts';
import { CliContext, type CliCommand } from './command.ts';
import type { CliHost, CliIo } from './io.ts';

/** What a command came to. */
export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A folder for the tests of the file that calls this, with a case that is none: for commands over a host that is made up. */
export class CliBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'flowcase-cli-'));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true }));
    writeFileSync(join(this.folder, 'a.flowcase'), '');
  }

  /** Runs a command on the case, over a host of which every job comes to what `job` gives for its input. */
  async run(
    commands: readonly CliCommand[],
    name: string,
    args: readonly string[],
    job: (input: unknown) => unknown,
    heard: (err: string) => void = () => undefined,
  ): Promise<Ran> {
    const said = { out: '', err: '' };
    const host = {
      invoke: (called: string) => Promise.resolve(called === 'evidence.list' ? [] : {}),
      runJob: (_: string, input: unknown) => Promise.resolve(job(input)),
      close: () => Promise.resolve(),
    } as unknown as CliHost;
    const io: CliIo = {
      openHost: () => host,
      out: (text) => void (said.out += text),
      input: () => Readable.from([Buffer.from('a log\n')]),
      err: (text) => {
        said.err += text;
        heard(text);
      },
      isTerminal: false,
      cwd: this.folder,
      onInterrupt: () => undefined,
    };
    const command = commands.find((one) => one.name === name);
    if (command === undefined) throw new Error(`there is no command ${name}`);
    const exit = await command.run(new CliContext(new Args(['a.flowcase', ...args], command.options), io));
    return { exit, ...said };
  }
}
