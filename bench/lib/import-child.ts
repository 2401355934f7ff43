/** Imports a log into a new case and prints what it took: `node import-child.ts LOG CASE [none|zstd] [threads]`. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { createCase } from '../../app/case/open.ts';
import { importFiles } from '../../app/import/import-files.ts';

const [, , log, path, codec = 'none', threads = String(availableParallelism())] = process.argv;
const thread = import.meta.url.endsWith('.ts') ? '../../app/import/pieces/parse-thread.ts' : './parse-thread.js';
const createThread = (): Worker => new Worker(new URL(thread, import.meta.url));
const started = performance.now();
const writer = createCase(path, { name: 'Benchmark', number: '', examiner: '', who: 'bench', program: 'Flowcase bench' });
const { evidence } = await importFiles(
  writer,
  { paths: [log], force: false, compress: codec === 'zstd' },
  { report: () => undefined, stopped: () => false },
  { threads: Number(threads), createThread },
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
