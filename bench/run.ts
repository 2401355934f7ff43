/** `npm run bench [-- import|tstat|access|learn|query ...]`: every benchmark beside a peer in one run, quoted as ratios. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const known = ['import', 'tstat', 'access', 'learn', 'query'] as const;
const flags = process.argv.slice(2).filter((word) => word.startsWith('-'));
const asked = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknown = asked.filter((name) => !(known as readonly string[]).includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown.join('", "')}". There are: ${known.join(', ')}.`);
  process.exit(2);
}
for (const name of asked.length === 0 ? known : asked) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...flags], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
