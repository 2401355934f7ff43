import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runImport } from './jobs.ts';
import { runLearning } from './learning.ts';
import { createReadHandlers } from './read.ts';
import { caseOf, checked, quiet } from './testing.ts';

const here = { threads: 1, createThread: null, program: 'Flowcase test' };

/** Clients read a few pages each; one asks for four hundred that are not there. */
function accessLog(): string {
  const line = (host: string, second: number, path: string, status: number): string =>
    `${host} - - [19/Apr/2024:03:${String(Math.floor(second / 60) % 60).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000] "GET ${path} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0"`;
  const readers = Array.from({ length: 600 }, (_, i) => line(`198.51.100.${i % 120}`, i * 5, `/page/${i % 7}`, 200));
  const scanner = Array.from({ length: 400 }, (_, i) => line('203.0.113.66', i * 7, `/.env.${i}`, 404));
  return [...readers, ...scanner, ''].join('\n');
}

it('a finding about a host of a web log rests on its requests', async () => {
  const test = await caseOf();
  const path = join(test.folder, 'access.log');
  writeFileSync(path, accessLog());
  await runImport(test.writer, checked('evidence.import', { paths: [path] }), quiet);
  test.reader.refresh();
  const request = checked('anomalies.run', { of: 'hosts' });
  const outcome = await runLearning(test.reader, 'anomalies', request, here, quiet);
  test.writer.saveLearning(request, outcome);
  test.reader.refresh();
  const finding = test.reader.findings({ host: '203.0.113.66' }).at(0);
  expect([finding?.count, finding?.of]).toEqual([400, 'requests']);
  expect(test.reader.findings({}).every(({ count }) => count > 0)).toBe(true);
  const read = createReadHandlers(test.reader);
  const asked = await read['records.query'](checked('records.query', { kind: 'request', filter: `finding = ${finding?.id}`, limit: 0 }));
  expect(asked.total).toBe(400);
  test.close();
});
