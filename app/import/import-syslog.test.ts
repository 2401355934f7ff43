import { utimesSync } from 'node:fs';
import { expect, it } from 'vitest';
import { previewFile } from './preview.ts';
import { ImportBench } from './testing-import.ts';

const bench = new ImportBench();
const at = (iso: string): number => Date.parse(iso) * 1000;

it('the times of syslog have the year in which the file was last changed, in a preview as in an import', async () => {
  const path = bench.file('syslog', 'Dec 31 23:59:59 web-1 cron[1]: a\nJan  1 00:00:01 web-1 cron[1]: b\n');
  utimesSync(path, new Date('2020-01-02T00:00:00Z'), new Date('2020-01-02T00:00:00Z'));
  const times = { first: at('2019-12-31T23:59:59Z'), last: at('2020-01-01T00:00:01Z') };
  expect(await previewFile({ path, records: 5 })).toMatchObject({ ...times, format: 'syslog', kind: 'syslog', options: { year: 2019 } });
  const { evidence } = await bench.run([path]);
  expect(evidence).toMatchObject([
    { ...times, format: 'syslog', rows: 2, remarks: ['Its times name no year: the first was taken to be of 2019.'] },
  ]);
});
