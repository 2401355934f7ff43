/** A process of its own for tests: imports a log into a case in small pieces, so that there are many moments to be killed in, and says when it begins. */
import { Worker } from 'node:worker_threads';
import { openCaseForWriting } from '../case/open.ts';
import { importFiles } from './import-files.ts';

const [path, log] = process.argv.slice(2);
const writer = openCaseForWriting(path, { who: 'child', program: 'Flowcase test' });
const createThread = (): Worker => new Worker(new URL('./pieces/parse-thread.ts', import.meta.url));
const sizes = { first: 1000, rows: 1000, least: 1, most: 2 ** 20 };
process.send?.('begins');
await importFiles(
  writer,
  { paths: [log], force: false },
  { report: () => undefined, stopped: () => false },
  { threads: 1, createThread, sizes },
);
writer.close();
process.send?.('done');
process.disconnect();
