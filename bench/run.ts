/** `npm run bench [-- import|tstat|access|learn|query|live ...]`: every benchmark beside a peer in one run, quoted as ratios. `learn kmeans` runs a part. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const known = ['import', 'tstat', 'access', 'learn', 'query', 'live'] as const;
const flags = process.argv.slice(2).filter((word) => word.startsWith('-'));
const asked = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const isKnown = (name: string): boolean => (known as readonly string[]).includes(name);
// words behind "learn" are its own parts
const parts = asked.filter((name, i) => !isKnown(name) && asked.lastIndexOf('learn', i) >= 0);
const unknown = asked.filter((name) => !isKnown(name) && !parts.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown.join('", "')}". There are: ${known.join(', ')}.`);
  process.exit(2);
}
for (const name of asked.length === 0 ? known : asked.filter(isKnown)) {
  const words = name === 'learn' ? [...parts, ...flags] : flags;
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...words], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
