import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ImportBench } from './testing-import.ts';

const bench = new ImportBench();
const records = Array.from({ length: 9 }, (_, i) => ({ at: `2024-04-19T20:00:0${i}Z`, host: 'a', text: i === 2 ? '],[' : `x${i}` }));

/** What the second import of a name says, of 4 records and then of 6. */
async function grown(write: (some: readonly object[]) => string | Uint8Array, name = 'a.json'): Promise<string> {
  await bench.run([bench.file(name, write(records.slice(0, 4)))]);
  const { evidence, skipped } = await bench.run([bench.file(name, write(records.slice(0, 6)))]);
  expect([skipped, evidence[0].rows]).toEqual([[], 6]);
  return evidence[0].remarks.join(' ');
}

describe('a JSON array that has grown', () => {
  it.each<[string, (some: readonly object[]) => string]>([
    ['on one line', (some) => JSON.stringify(some)],
    ['with a line end', (some) => `${JSON.stringify(some)}\n`],
    ['a record a line', (some) => `[\n${some.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`],
    ['for people', (some) => JSON.stringify(some, null, 4)],
    ['with line ends of Windows', (some) => JSON.stringify(some, null, 2).replaceAll('\n', '\r\n')],
    ['as an only member', (some) => JSON.stringify({ Records: some })],
    ['as an only member, for people', (some) => `${JSON.stringify({ Records: some }, null, 2)}\n`],
    ['as an only member, with TABs', (some) => JSON.stringify({ value: some }, null, '\t')],
  ])('says of what evidence it is a later state, and what to do: %s', async (_, write) => {
    const said = await grown(write);
    expect(said).toContain('It is a later state of evidence 1 (a.json): it has the 4 records of that, and 2 more.');
    expect(said).toContain('Remove evidence 1; this one has them.');
  });

  it('packed too', async () => {
    expect(await grown((some) => gzipSync(JSON.stringify(some)), 'a.json.gz')).toContain('evidence 1 (a.json.gz)');
  });

  it('is told from one that is another', async () => {
    await bench.run([bench.file('a.json', JSON.stringify(records.slice(0, 4)))]);
    const other = await bench.run([bench.file('a.json', JSON.stringify(records.slice(1, 7)))]);
    expect(other.evidence[0].remarks.join()).not.toContain('later state');
    const named = await bench.run([bench.file('b.json', JSON.stringify(records.slice(0, 5)))]);
    expect(named.evidence[0].remarks.join()).not.toContain('later state');
    const forced = await bench.run([bench.file('a.json', JSON.stringify(records))], { force: true });
    expect(forced.evidence[0].remarks.join()).not.toContain('later state');
  });

  it('says of what copies that were cut it has the beginning', async () => {
    const whole = JSON.stringify(records, null, 1);
    for (const share of [0.4, 0.8]) {
      const { evidence } = await bench.run([bench.file('a.json', whole.slice(0, whole.length * share))]);
      expect(evidence[0].status).toBe('incomplete');
    }
    const said = (await bench.run([bench.file('a.json', whole)])).evidence[0].remarks.join(' ');
    expect(said).toMatch(
      /evidence 1 \(a\.json\), which is cut: 3 records of it are in the case twice.*evidence 2 \(a\.json\), which is cut: 7 records/,
    );
  });
});
