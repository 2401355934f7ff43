import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCommands } from './commands/import.ts';
import { CliBench, type Ran } from './testing.ts';

type Outcome = (paths: readonly string[]) => { evidence: unknown[]; skipped: unknown[]; refused: unknown[] };

const bench = new CliBench();
/** Runs the command over a host whose import ends as given. */
const run = (paths: readonly string[], outcome: Outcome): Promise<Ran> =>
  bench.run(importCommands, 'import', paths, (input) => outcome((input as { readonly paths: readonly string[] }).paths));

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
    const copies = (): string[] => readdirSync(bench.folder).filter((name) => name.includes('stdin'));
    await run(['-'], ([path]) => ({ evidence: [], skipped: [skip(path)], refused: [] }));
    expect(copies()).toEqual([]);
    await run(['-'], ([path]) => ({ evidence: [], skipped: [], refused: [refusal(path)] }));
    expect(copies()).toHaveLength(1);
  });
});
