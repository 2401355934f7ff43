import { describe, expect, it } from 'vitest';
import type { JobState } from '../contract.ts';
import { printable, progressText } from './progress-line.ts';
import { jsonCell, textCell, textTable } from './values.ts';

const job: JobState = {
  id: '1',
  command: 'evidence.import',
  title: '',
  status: 'running',
  done: 0,
  total: null,
  unit: 'bytes',
  rate: null,
  remaining: null,
  note: '',
  started: 0,
  ended: null,
  result: null,
  error: null,
};

describe('text on a terminal', () => {
  it('shows control and direction characters instead of obeying them', () => {
    expect(printable('\u001b[2Jhost\u202etxt\0')).toBe('\\x1b[2Jhost\\u{202e}txt\\x00');
  });

  it('draws progress with amount, rate and time left', () => {
    const text = progressText({ ...job, done: 524_288, total: 1_048_576, rate: 1_048_576, remaining: 0.5, note: 'conn.log: 10 records' });
    expect(text).toContain(' 50 %');
    expect(text).toContain('512.0 KiB of 1.0 MiB');
    expect(text).toContain('500 ms left');
    expect(text).toContain('conn.log: 10 records');
  });

  it('aligns tables, numbers to the right', () => {
    expect(
      textTable(
        ['name', 'n'],
        [
          ['a', '1'],
          ['bcdef', '100'],
        ],
        [false, true],
      ),
    ).toBe('name     n\na        1\nbcdef  100');
  });

  it('writes cells by their type', () => {
    expect(jsonCell({ type: 'time' }, 1_379_288_667_706_265)).toBe('2013-09-15T23:44:27.706265Z');
    expect(jsonCell({ type: 'interval' }, 1_500_000)).toBe(1.5);
    expect(jsonCell({ type: 'bool' }, 0)).toBe(false);
    expect(jsonCell({ type: 'count' }, null)).toBeNull();
    expect(textCell({ type: 'count', name: 'orig_bytes' }, 2048)).toBe('2.0 KiB');
    expect(textCell({ type: 'addr', name: 'orig_h' }, null)).toBe('-');
  });
});
