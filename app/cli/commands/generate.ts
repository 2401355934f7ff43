import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { plural } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import { generatorOf, generators, scenarioWords } from '../../generate/registry.ts';
import type { GeneratedTruth, Generator, GeneratorOptions } from '../../generate/types.ts';
import { writeWhole } from '../../report/safe-file.ts';
import { UsageError } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';

/** Writes a generated log to `path` and what is true of it beside it (`path.truth.json`). */
export async function writeGenerated(generator: Generator, path: string, options: GeneratorOptions): Promise<GeneratedTruth> {
  const { filled: truth } = await writeWhole(path, async (output) => {
    const told = await generator.generate(options, async (block) => {
      if (!output.write(block)) await once(output, 'drain');
    });
    output.end();
    return told;
  });
  await writeFile(`${path}.truth.json`, `${JSON.stringify(truth, null, 2)}\n`);
  return truth;
}

/** A log that lies there without a truth beside it was not generated: it may be evidence. @throws FlowcaseError WRITE_FAILED */
export function mustNotBeEvidence(path: string): void {
  if (!existsSync(path) || existsSync(`${path}.truth.json`)) return;
  const message = `${path} is there already and was not generated, so it was left as it is. Choose another name, or say --force.`;
  throw new FlowcaseError('WRITE_FAILED', message, { path });
}

const kinds = generators.map(({ kind }) => kind).join('|');
const layouts = generators.flatMap(({ kind, layouts: of }) => (of.length === 0 ? [] : [`${kind}: ${of.join(', ')}`])).join('; ');

const generate: CliCommand = {
  name: 'generate',
  usage: `--rows N --out FILE [--kind ${kinds}] [--seed S] [--days D] [--scenario NAME|all|none]... [--layout WORD] [--force]`,
  about: 'Writes realistic traffic with planted incidents, and the truth beside it (FILE.truth.json). The same seed, the same bytes.',
  options: {
    kind: { type: 'string', about: generators.map(({ kind, title }) => `${kind}: ${title}`).join('; ') },
    rows: { type: 'string', about: 'how many records', value: 'N' },
    seed: { type: 'string', about: 'seed of the random numbers (default 1)', value: 'S' },
    days: { type: 'string', about: 'over so many days (default 3)', value: 'D' },
    scenario: { type: 'string', about: `what to plant, or all, or none: ${scenarioWords()}`, value: 'NAME', multiple: true },
    layout: { type: 'string', about: `shape of the log: ${layouts === '' ? 'each kind has but one' : layouts}`, value: 'WORD' },
    out: { type: 'string', about: 'where to', value: 'FILE' },
    force: { type: 'boolean', about: 'write over a file that was not generated' },
  },
  async run(context) {
    const { args } = context;
    args.atMost(0);
    const rows = args.integer('rows', 1);
    const out = args.text('out');
    if (rows === undefined) throw new UsageError('--rows N is missing');
    if (out === undefined) throw new UsageError('--out FILE is missing');
    const path = context.path(out);
    if (!args.flag('force')) mustNotBeEvidence(path);
    const truth = await writeGenerated(generatorOf(args.text('kind') ?? 'zeek-conn'), path, {
      rows,
      seed: args.integer('seed') ?? 1,
      days: args.integer('days', 1) ?? 3,
      scenarios: args.texts('scenario')?.filter((name) => name !== 'none'),
      layout: args.text('layout'),
    });
    context.answer(
      { file: path, truth: `${path}.truth.json`, rows, kind: truth.kind, incidents: truth.incidents.length },
      () => `${path}\n${plural(rows, 'record')}; the truth is in ${path}.truth.json`,
    );
    return exitCodes.done;
  },
};

export const generateCommands: readonly CliCommand[] = [generate];
