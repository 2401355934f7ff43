import { describe, expect, it } from 'vitest';
import { requestRows, requestSentence, requestTable } from './requests.ts';

const list = [
  { name: '/a', requests: 60, bytes: 10, failed: 30 },
  { name: '-', requests: 30, bytes: 900, failed: 0 },
  { name: '/<b>', requests: 10, bytes: 90, failed: 10 },
];

describe('requests as the overview draws them', () => {
  it('are ranked by what is asked for', () => {
    expect(requestRows(list, 'requests').map(({ key }) => key)).toEqual(['/a', '-', '/<b>']);
    expect(requestRows(list, 'bytes').map(({ label, value }) => [label, value])).toEqual([
      ['absent', 900],
      ['/<b>', 90],
      ['/a', 10],
    ]);
    expect(requestTable(list, 'path').rows[0]).toEqual(['/a', '60', '30', '10']);
  });

  it('are said in one sentence', () => {
    expect(requestSentence(list, 'requests', 100, 'path')).toBe('/a leads with 60.0 % of 100 requests, 50.0 % of them errors.');
    expect(requestSentence(list, 'bytes', 1000, 'path')).toBe('No name leads with 90.0 % of 1,000 B.');
    const tied = [list[0], { ...list[0], name: '/c' }].flatMap((one) => one ?? []);
    expect(requestSentence(tied, 'requests', 120, 'status')).toBe('2 statuses have the most: 60 requests each.');
    expect(requestSentence([], 'requests', 0, 'path')).toBe('');
  });
});
