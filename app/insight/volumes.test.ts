import { describe, expect, it } from 'vitest';
import { everyRow } from '../columns/scan/slices.ts';
import { connectionFields, specOf } from '../formats/fields.ts';
import { MemoryTable, type PlainRow } from '../query/testing.ts';
import { hosts } from './hosts.ts';
import { overview } from './overview.ts';

const columns = connectionFields.map(specOf);
const ts = Date.UTC(2024, 3, 15) * 1000;
const between = { ts, orig_h: '10.0.0.1', resp_h: '10.0.0.2' };
/** Every second chunk, of two rows here, belongs to the second log. */
const flows: readonly PlainRow[] = [
  { ...between, orig_ip_bytes: 100, resp_ip_bytes: 1000 },
  { ...between, orig_ip_bytes: 50 },
];
const payload: readonly PlainRow[] = [
  { ...between, orig_bytes: 7, resp_bytes: 70, orig_ip_bytes: 9999, resp_ip_bytes: 9999 },
  { ...between, orig_ip_bytes: 9999 },
];

describe('volumes', () => {
  it.each([
    ['headers', [...flows], 150, 1000, ' (bytes with headers)'],
    ['payload', [...payload], 7, 70, ''],
    ['mixed', [...flows, ...payload], 157, 1070, ' (bytes with headers where a log knows no others)'],
  ] as const)('are those that the logs know: %s', (volume, rows, bytesOut, bytesIn, words) => {
    const table = new MemoryTable(columns, rows, 2);
    const answer = overview(table, everyRow, { buckets: 10, top: 5 });
    expect(answer).toMatchObject({ volume, bytesOut, bytesIn });
    expect(answer.talkers[0]).toMatchObject({ host: '10.0.0.1', bytesOut, bytesIn });
    expect(answer.timeline.bytesOut.reduce((a, b) => a + b, 0)).toBe(bytesOut);
    expect(answer.sentences.at(-1)?.endsWith(`B${words}.`)).toBe(true);
    const figures = hosts(table, everyRow);
    const id = table.dictionary('host').idOf('10.0.0.2');
    expect([figures.bytesOut[id], figures.bytesIn[id]]).toEqual([bytesIn, bytesOut]);
  });

  it('are told for a log as a whole, whatever is chosen of it', () => {
    const table = new MemoryTable(columns, [payload[0], flows[0], payload[1]], 1);
    const chunk = (wanted: number) => ({
      everything: false,
      mask: ({ id }: { readonly id: number }) => (id === wanted ? Uint8Array.of(1) : null),
    });
    const options = { buckets: 10, top: 5 };
    expect(overview(table, chunk(2), options)).toMatchObject({ total: 1, volume: 'headers', bytesOut: 100 });
    // of the first log too, whose other record tells payload
    expect(overview(table, chunk(3), options)).toMatchObject({ total: 1, volume: 'payload', bytesOut: 0 });
  });
});
