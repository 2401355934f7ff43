import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { CliIo } from '../../app/cli/io.ts';
import { runCli } from '../../app/cli/run-cli.ts';
import { generatorOf } from '../../app/generate/registry.ts';
import { createHost, type Host } from './host.ts';

/** A folder with hosts of its own and the terminal in it, for tests; `close` it afterwards. */
export class TerminalBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'flowcase-terminal-'));
  readonly #hosts: Host[] = [];

  readonly host = (): Host => {
    const made = createHost({
      kind: 'local',
      version: '0.0.1',
      dataFolder: join(this.folder, 'data'),
      recordOpenings: false,
      who: 'Ada',
    });
    this.#hosts.push(made);
    return made;
  };

  path(name: string): string {
    return join(this.folder, name);
  }

  /** A host with the case a.flowcase, which has so many labelled connections of Tstat. */
  async withLog(rows: number): Promise<Host> {
    const log = this.path('log_tcp_complete');
    await generatorOf('tstat').generate({ rows, seed: 2 }, (block) => appendFileSync(log, block));
    const one = this.host();
    await one.invoke('case.create', { path: this.path('a.flowcase'), name: 'a', number: '', examiner: '' });
    await one.runJob('evidence.import', { paths: [log] });
    return one;
  }

  /** One command line; what it printed as JSON, and its exit code. */
  async cli(...args: readonly string[]): Promise<{ readonly code: number; readonly json: Record<string, unknown>; readonly err: string }> {
    const { code, out, err } = await this.words(...args, '--json');
    return { code, json: (out === '' ? {} : JSON.parse(out)) as Record<string, unknown>, err };
  }

  /** One command line; what it printed, and its exit code. */
  async words(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    let [out, err] = ['', ''];
    const io: CliIo = {
      cwd: this.folder,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      input: () => Readable.from([]) as AsyncIterable<Uint8Array>,
      isTerminal: false,
      openHost: this.host,
      onInterrupt: () => undefined,
    };
    const code = await runCli([...args], io);
    return { code, out, err };
  }

  async close(): Promise<void> {
    await Promise.all(this.#hosts.splice(0).map((one) => one.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
