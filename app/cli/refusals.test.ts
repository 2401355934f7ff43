import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { classifyCommands } from './commands/classify.ts';
import { reportCommands } from './commands/report.ts';
import { generateCommands } from './commands/generate.ts';
import { importCommands } from './commands/import.ts';
import { trainCommands } from './commands/train.ts';
import { CliBench } from './testing.ts';

const bench = new CliBench();
const never = (): never => {
  throw new Error('no job was to begin');
};

it('a refusal is no blank line on standard output', async () => {
  const refused = [{ path: '/x.log', code: 'FORMAT_UNKNOWN', message: '/x.log is no log' }];
  const ran = await bench.run(importCommands, 'import', ['/x.log'], () => ({ evidence: [], skipped: [], refused, hidden: 0 }));
  expect(ran).toEqual({ exit: 1, out: '', err: '/x.log is no log\n1 file was refused.\n' });
});

it.each([
  ['classify', classifyCommands, ['--with', '1', '--out', '-']],
  ['export', reportCommands, ['connections', '--out', '-']],
  ['train', trainCommands, ['--label', 'app', '--out', '-']],
  ['model', trainCommands, ['1', '--out', '-']],
] as const)('%s makes no file of the name of standard output, and says so before it begins', async (name, commands, args) => {
  await expect(bench.run(commands, name, args, never)).rejects.toThrow(/"-" is standard input or output.*\.\/-/);
  expect(existsSync(join(bench.folder, '-'))).toBe(false);
});

it('generate says so too', async () => {
  const [generate] = generateCommands;
  const { Args } = await import('./args.ts');
  const { CliContext } = await import('./command.ts');
  const io = { cwd: bench.folder } as ConstructorParameters<typeof CliContext>[1];
  const context = new CliContext(new Args(['--rows', '2', '--out', '-'], generate?.options ?? {}), io);
  await expect(generate?.run(context)).rejects.toThrow(/"-" is standard input or output/);
  expect(existsSync(join(bench.folder, '-'))).toBe(false);
});
