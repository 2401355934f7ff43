/**
 * The test command: lint, layer rule and format; types; the production build; unit and property tests; what is live against a real Kafka broker; the product
 * driven in a real browser.
 * Every stage runs even when an earlier one failed, so that one run shows everything; those without tests two at a time. The last line counts:
 * `N passed, N failed, N skipped`. It fails when anything failed or when no test ran.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Reads the counts that the stage's runner wrote; a stage without counts one check. */
  readonly tally?: () => Tally;
}

const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results', 'tally');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

const unitFile = join(results, 'unit.json');
const integrationFile = join(results, 'integration.json');
const e2eFile = join(results, 'e2e.json');

const stages: readonly Stage[] = [
  { name: 'lint of app', command: [bin('eslint'), 'app'] },
  { name: 'lint of the rest', command: [bin('eslint'), '.', '--ignore-pattern', 'app/**'] },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  {
    name: 'types of the window',
    command: [bin('svelte-check'), '--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  },
  { name: 'build', command: [process.execPath, 'tools/build.ts'] },
  {
    name: 'unit',
    command: [bin('vitest'), 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${unitFile}`],
    tally: () => vitestTally(unitFile),
  },
  {
    name: 'integration',
    command: [process.execPath, 'tools/integration.ts'],
    tally: () => vitestTally(integrationFile),
  },
  {
    name: 'e2e',
    command: [bin('playwright'), 'test', '--reporter=line,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: e2eFile },
    tally: () => playwrightTally(e2eFile),
  },
];

function read(file: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${file} holds no result`);
  return parsed as Record<string, unknown>;
}

function count(record: Record<string, unknown>, key: string): number {
  const value = record[key];
  if (typeof value !== 'number') throw new Error(`the result lacks ${key}`);
  return value;
}

function vitestTally(file: string): Tally {
  const result = read(file);
  return {
    passed: count(result, 'numPassedTests'),
    failed: count(result, 'numFailedTests'),
    skipped: count(result, 'numPendingTests') + count(result, 'numTodoTests'),
  };
}

function playwrightTally(file: string): Tally {
  const stats = read(file)['stats'] as Record<string, unknown>;
  return { passed: count(stats, 'expected') + count(stats, 'flaky'), failed: count(stats, 'unexpected'), skipped: count(stats, 'skipped') };
}

/** Runs a stage; returns its exit code. `quiet`: what it says is shown at its end, since others run beside it. */
function run(stage: Stage, quiet: boolean): Promise<number> {
  const [program = '', ...args] = stage.command;
  return new Promise((resolve) => {
    const said: Buffer[] = [];
    const child = spawn(program, args, {
      cwd: root,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: { ...process.env, ...stage.env },
      shell: process.platform === 'win32',
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', (error) => {
      console.error(`${stage.name}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => {
      if (quiet) process.stdout.write(`\n== ${stage.name}\n${Buffer.concat(said).toString()}`);
      resolve(code ?? 1);
    });
  });
}

/** The counts of a stage that ended with `code`. A runner that fails without a failed test (a file that does not load) is one failure. */
function countStage(stage: Stage, code: number): Tally {
  if (stage.tally === undefined) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  try {
    const tally = stage.tally();
    return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
  } catch (error) {
    console.error(`${stage.name}: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const only = process.argv.slice(2);
const chosen = only.length === 0 ? stages : stages.filter((stage) => only.includes(stage.name));
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const total: Tally = { passed: 0, failed: 0, skipped: 0 };
let tests = 0;
const lines: string[] = [];

async function carryOut(stage: Stage, quiet: boolean): Promise<void> {
  const started = performance.now();
  if (!quiet) console.log(`\n== ${stage.name}`);
  const code = await run(stage, quiet);
  const tally = countStage(stage, code);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
  if (stage.tally !== undefined) tests += tally.passed + tally.failed;
  lines.push(
    `${tally.failed === 0 ? 'ok    ' : 'FAILED'}  ${stage.name.padEnd(20)} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`,
  );
}

// each of these keeps one core busy, and none needs another
const checks = chosen.filter((stage) => stage.tally === undefined);
const lane = async (): Promise<void> => {
  for (let stage = checks.shift(); stage !== undefined; stage = checks.shift()) await carryOut(stage, true);
};
await Promise.all([lane(), lane()]);
for (const stage of chosen) if (stage.tally !== undefined) await carryOut(stage, false);

console.log(`\n${lines.join('\n')}\n`);
if (tests === 0 && chosen.some((stage) => stage.tally !== undefined)) {
  console.error('no test ran');
  total.failed += 1;
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
