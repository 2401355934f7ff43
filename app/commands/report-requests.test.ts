import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importFiles } from '../import/import-files.ts';
import { runReport } from './jobs.ts';
import { runLearning } from './learning.ts';
import { createReadHandlers } from './read.ts';
import { caseOf, checked, quiet } from './testing.ts';

const line = (n: number, path: string, status: number): string =>
  `192.0.2.${n % 3} - - [16/Apr/2024:10:${String(n).padStart(2, '0')}:00 +0000] "GET ${path} HTTP/1.1" ${status} 1000 "-" "curl/8.4.0"`;
const log = [...Array.from({ length: 59 }, (_, n) => line(n, '/page', 200)), line(59, `/${'x'.repeat(5000)}`, 404)];

it('a case with only a web log has an overview, and a report that tells of its requests', async () => {
  const test = await caseOf();
  try {
    const path = join(test.folder, 'access.log');
    writeFileSync(path, `${log.join('\n')}\n`);
    await importFiles(test.writer, { paths: [path], force: false }, quiet);
    const overview = await createReadHandlers(test.reader)['insight.overview'](checked('insight.overview', {}));
    expect(overview).toMatchObject({ kind: 'request', total: 60, hosts: 3, failed: 1, bytes: 60_000 });
    const none = await createReadHandlers(test.reader)['insight.overview'](checked('insight.overview', { kind: 'connection' }));
    expect(none).toMatchObject({ kind: 'connection', total: 0 });

    const file = join(test.folder, 'report.json');
    await runReport(test.reader, checked('report.export', { path: file, format: 'json' }), quiet);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('The case holds 1 log file with 60 requests of 3 hosts, from 2024-04-16 10:00:00');
    expect(text).toContain('Web servers answered 3 clients with 58.6 KiB; 1 request got an error.');
    for (const caption of ['Requests over time (UTC)', 'Clients', 'What was asked for', 'Statuses', 'Agents'])
      expect(text).toContain(caption);
    expect(text).not.toContain('There are no connections');
    expect(text).not.toContain('x'.repeat(1000));
  } finally {
    test.close();
  }
});

it('a finding about requests is printed with its figures and with the requests that it rests on', async () => {
  const test = await caseOf();
  try {
    const path = join(test.folder, 'access.log');
    writeFileSync(path, `${log.join('\n')}\n`);
    await importFiles(test.writer, { paths: [path], force: false }, quiet);
    const request = checked('anomalies.run', { of: 'requests' });
    const outcome = await runLearning(test.reader, 'anomalies', request, { threads: 1, createThread: null, program: 'test' }, quiet);
    test.writer.saveLearning(request, outcome);
    expect(test.reader.findings({}).at(0)).toMatchObject({ of: 'requests', count: 1 });
    const file = join(test.folder, 'report.json');
    await runReport(test.reader, checked('report.export', { path: file, format: 'json' }), quiet);
    const report = JSON.parse(readFileSync(file, 'utf8')) as { sections: { id: string; blocks: Record<string, unknown>[] }[] };
    const blocks = report.sections.find(({ id }) => id === 'findings')?.blocks ?? [];
    const [bars] = blocks.filter(({ type }) => type === 'bars');
    expect(bars['caption']).toMatch(/^What does it/);
    const [records] = blocks.filter(({ type, caption }) => type === 'table' && caption === 'The records behind it');
    expect(JSON.stringify(records['rows'])).toContain('2024-04-16T10:59:00');
    expect(records['after']).toContain('File 1 is access.log.');
  } finally {
    test.close();
  }
});
