import { expect, it } from 'vitest';
import { cloudTrailEvent as event, cloudTrailFiles } from '../formats/testing-cloudtrail.ts';
import { previewFile } from './preview.ts';
import { ImportBench } from './testing-import.ts';

const bench = new ImportBench();

it.each(cloudTrailFiles)("a file of AWS CloudTrail's is its records: %s", async (_, content) => {
  const path = bench.file('123456789012_CloudTrail_us-east-1_20230719T2120Z_abc.json', content);
  const shown = await previewFile({ path, records: 20 });
  expect(shown).toMatchObject({ format: 'json', kind: 'cloudtrail', figures: { rows: 5, rejected: 0 } });
  const { evidence } = await bench.run([path]);
  expect(evidence).toMatchObject([
    { rows: 5, rejected: 0, status: 'complete', kind: 'cloudtrail', first: Date.UTC(2023, 6, 19, 21, 17) * 1000 },
  ]);
  expect(evidence[0].rows + evidence[0].rejected + evidence[0].comments).toBe(evidence[0].lines);
});

it('one event alone is one too, and a case holds the files of a day as one kind of record', async () => {
  const paths = [1, 2].map((i) => bench.file(`a_CloudTrail_${i}.json`, JSON.stringify({ Records: [event(i)] })));
  expect((await bench.run(paths)).evidence).toMatchObject([
    { rows: 1, kind: 'cloudtrail' },
    { rows: 1, kind: 'cloudtrail' },
  ]);
});

it('any array that is the only member of an object is read so; one that is cut says so', async () => {
  const value = Array.from({ length: 40 }, (_, i) => ({ at: `2024-04-19T20:00:${String(i).padStart(2, '0')}Z`, host: 'a', n: i }));
  const text = JSON.stringify({ value });
  const { evidence } = await bench.run([bench.file('events.json', text), bench.file('cut.json', text.replace('"a"', '"b"').slice(0, -40))]);
  expect(evidence).toMatchObject([
    { rows: 40, rejected: 0, status: 'complete', kind: 'events', options: { shape: 'json-member' } },
    { rows: 39, rejected: 1, status: 'incomplete' },
  ]);
  expect(evidence[0].remarks.join()).toContain('around an array');
});
