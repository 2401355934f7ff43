import { describe, expect, it } from 'vitest';
import type { Evidence, Refusal } from '../../../app/contract.ts';
import { importWords, refusalGroups } from './refusals.ts';

const file = (name: string, rows: number, rejected: number): Evidence => ({ name, rows, rejected }) as Evidence;
const refusal = (path: string, code: string): Refusal => ({ path, code, message: `${path} was refused.` });

describe('how an import ended', () => {
  it('says what was taken, rejected, refused and skipped', () => {
    const skipped = [{ path: 'x', evidence: 1, message: '' }];
    const refused = [refusal('a', 'FORMAT_UNKNOWN'), refusal('b', 'FILE_EMPTY')];
    expect(importWords({ evidence: [file('conn.log', 5, 1)], refused: [], hidden: 0, skipped: [] }, 0.21)).toBe(
      '5 records from conn.log in 0.2 s. 1 line rejected.',
    );
    expect(importWords({ evidence: [file('a', 1000, 0), file('b', 609, 0)], refused, skipped, hidden: 2 }, 1)).toBe(
      '1,609 records from 2 files in 1.0 s. No line rejected. 2 files refused, 1 skipped. 2 hidden files and folders were passed over.',
    );
    expect(importWords({ evidence: [], refused: [], hidden: 0, skipped }, 1)).toBe('Nothing was imported. 1 file skipped.');
  });

  it('groups refusals by reason, the most frequent first; an unknown reason too', () => {
    const groups = refusalGroups([
      refusal('a', 'FILE_EMPTY'),
      refusal('b', 'FORMAT_UNKNOWN'),
      refusal('c', 'FORMAT_UNKNOWN'),
      refusal('d', 'X'),
    ]);
    expect(groups.map((group) => [group.code, group.files.length])).toEqual([
      ['FORMAT_UNKNOWN', 2],
      ['FILE_EMPTY', 1],
      ['X', 1],
    ]);
    expect(groups.every((group) => group.words !== '')).toBe(true);
  });
});
