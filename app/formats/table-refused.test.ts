import { describe, expect, it } from 'vitest';
import { detectFormat } from './registry.ts';

const refusal = (text: string): string => {
  try {
    return detectFormat(Buffer.from(text), 'a.csv').format.id;
  } catch (error) {
    return String(error);
  }
};

describe('lines that look like a table', () => {
  const rows = Array.from({ length: 20 }, (_, i) => `170928720${i},10.0.0.1,192.0.2.1,${i},443\n`).join('');

  it('without a line that names the columns are refused with what reads them', () => {
    const said = refusal(rows);
    expect(said).toContain('its lines have 5 fields, parted by commas');
    expect(said).toContain('--header no');
    expect(detectFormat(Buffer.from(rows), 'a.csv', { mapping: { header: false } }).format.id).toBe('csv');
  });

  it('of several widths are refused with how many fit, and what takes these', () => {
    const said = refusal('ts,src,dst\n1,10.0.0.1,192.0.2.1\n1,10.0.0.1\n1,10.0.0.1,192.0.2.1,5\n1,2,3,4,5\n');
    expect(said).toContain('1 of 4 lines below the first has its 3 fields, parted by commas');
    expect(said).toContain('--max-rejects 1');
    expect(said).toContain('--format csv');
    expect(refusal('It was a dark and stormy night.\nThe rain, it fell,\nin torrents\n')).not.toContain('--max-rejects');
  });
});
