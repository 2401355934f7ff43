/**
 * `npm run bench -- learn [kmeans] [mixture] ...`: what learns, beside scikit-learn and others on the same seeded data, as ratios.
 * Every file of bench/learn/ is a part, in a process of its own; all of them where none is named.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { peerVersion, python } from './lib/python-peer.ts';

const folder = join(import.meta.dirname, 'learn');
const known = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length))
  .sort();
const flags = process.argv.slice(2).filter((word) => word.startsWith('-'));
const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark "learn ${unknown.join('", "learn ')}". There are: ${known.join(', ')}.`);
  process.exit(2);
}
const version = peerVersion();
console.log(
  version === null ? `beside no scikit-learn: ${python} has none (FLOWCASE_PYTHON names one that has)` : `beside scikit-learn ${version}`,
);
for (const name of asked.length === 0 ? known : asked) {
  const { status } = spawnSync(process.execPath, [join(folder, `${name}.ts`), ...flags], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
