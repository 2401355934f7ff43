/** Imports a log into a new case and prints what it took: `node import-child.ts LOG CASE [none|zstd] [threads]`. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const [, , log, path, codec = 'none', threads = String(availableParallelism())] = process.argv;
const entry = new URL(import.meta.url.endsWith('.ts') ? '../../app/import/pieces/parse-thread.ts' : './parse-thread.js', import.meta.url);
const started = performance.now();
// a thread starts while the rest of the program is loaded and the case is made; short logs need none
const begun = statSync(log).size >= 2 ** 22 ? [new Worker(entry)] : [];
const { createCase } = await import('../../app/case/open.ts');
const { importFiles } = await import('../../app/import/import-files.ts');
const writer = createCase(path, { name: 'Benchmark', number: '', examiner: '', who: 'bench', program: 'Flowcase bench' });
const { evidence } = await importFiles(
  writer,
  { paths: [log], force: false, compress: codec === 'zstd' },
  { report: () => undefined, stopped: () => false },
  { threads: Number(threads), createThread: () => begun.pop() ?? new Worker(entry) },
);
writer.close();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    rows: evidence[0].rows,
    rejected: evidence[0].rejected,
    seconds,
    cpu: (user + system) / 1e6,
    maxRss: process.resourceUsage().maxRSS * 1024,
  }),
);
