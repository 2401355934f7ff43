import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { Args } from './args.ts';
import { CliContext } from './command.ts';
import { importCommands } from './commands/import.ts';
import type { CliHost, CliIo } from './io.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'a.flowcase'), '');

type Outcome = (paths: readonly string[]) => { evidence: unknown[]; skipped: unknown[]; refused: unknown[] };

/** Runs the command over a host whose import ends as given. */
async function run(paths: readonly string[], outcome: Outcome): Promise<{ readonly exit: number; readonly err: string }> {
  const err: string[] = [];
  const host = {
    invoke: () => Promise.resolve({}),
    runJob: (_: string, input: { readonly paths: readonly string[] }) => Promise.resolve(outcome(input.paths)),
    close: () => Promise.resolve(),
  } as unknown as CliHost;
  const io: CliIo = {
    openHost: () => host,
    out: () => undefined,
    input: () => Readable.from([Buffer.from('a log\n')]),
    err: (text) => err.push(text),
    isTerminal: false,
    cwd: folder,
    onInterrupt: () => undefined,
  };
  const [command] = importCommands;
  const exit = await command.run(new CliContext(new Args(['a.flowcase', ...paths], command.options), io));
  return { exit, err: err.join('') };
}

const skip = (path: string): unknown => ({ path, evidence: 1, message: `${path} was skipped` });
const refusal = (path: string): unknown => ({ path, code: 'FORMAT_UNKNOWN', message: `${path} is no log` });

describe('import in the terminal', () => {
  it('fails where a file that was named is refused; of a folder it says how many are', async () => {
    const named = await run(['x.log', 'y.log'], ([x, y]) => ({ evidence: [], skipped: [skip(x)], refused: [refusal(y)] }));
    expect(named.exit).toBe(1);
    const some = await run(['logs'], ([logs]) => ({
      evidence: [],
      skipped: [skip(join(logs, 'x'))],
      refused: [refusal(join(logs, 'y')), refusal(join(logs, 'z'))],
    }));
    expect(some).toMatchObject({ exit: 0, err: expect.stringContaining('2 files were refused.') as string });
    const none = await run(['logs'], ([logs]) => ({ evidence: [], skipped: [], refused: [refusal(join(logs, 'y'))] }));
    expect(none).toMatchObject({ exit: 1, err: expect.stringContaining('1 file was refused.') as string });
  });

  it('keeps no copy of standard input that the case has already', async () => {
    const copies = (): string[] => readdirSync(folder).filter((name) => name.includes('stdin'));
    await run(['-'], ([path]) => ({ evidence: [], skipped: [skip(path)], refused: [] }));
    expect(copies()).toEqual([]);
    await run(['-'], ([path]) => ({ evidence: [], skipped: [], refused: [refusal(path)] }));
    expect(copies()).toHaveLength(1);
  });
});
