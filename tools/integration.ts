/**
 * `npm run test:integration [-- NAME…]`: the live part against a real Kafka broker, which is started for it (tools/kafka). Without Java or its jars what
 * needs the broker is skipped, and why is said. The last line counts: `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { whyNoBroker } from './kafka/java.ts';

const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results', 'tally', 'integration.json');
const counts = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
});

const why = await whyNoBroker();
if (why !== null) console.log(`What needs a Kafka broker is skipped: ${why}.`);

rmSync(results, { force: true });
mkdirSync(join(results, '..'), { recursive: true });
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
const args = [vitest, 'run', '--config', 'tools/integration.config.ts', ...reporters, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
const told = counts.parse(JSON.parse(readFileSync(results, 'utf8')));
const skipped = told.numPendingTests + told.numTodoTests;
// a file that does not load fails without a failed test
const failed = status !== 0 && told.numFailedTests === 0 ? 1 : told.numFailedTests;
console.log(`${told.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || told.numPassedTests + skipped === 0 ? 1 : 0;
