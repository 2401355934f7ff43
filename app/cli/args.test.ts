import { describe, expect, it } from 'vitest';
import { Args, UsageError, wholeNumber } from './args.ts';

describe('Args', () => {
  it('tells options from positionals, and knows --json everywhere', () => {
    const args = new Args(['case.flowcase', '--limit', '5', '--csv', '--json', 'more'], {
      limit: { type: 'string', about: '' },
      csv: { type: 'boolean', about: '' },
    });
    expect(args.positionals).toEqual(['case.flowcase', 'more']);
    expect([args.integer('limit'), args.flag('csv'), args.json]).toEqual([5, true, true]);
  });

  it('refuses an unknown option, a missing value and one argument too many', () => {
    expect(() => new Args(['--nonsense'], {})).toThrow(UsageError);
    expect(() => new Args(['--limit'], { limit: { type: 'string', about: '' } })).toThrow(UsageError);
    // what is said ends without a dot: the usage follows
    expect(() => new Args(['-d'], {})).toThrow(/^Unknown option '-d'$/);
    expect(() => new Args(['a', 'b'], {}).atMost(1)).toThrow('"b" is one argument too many');
    expect(() => new Args([], {}).required(0, 'CASE')).toThrow('CASE is missing');
  });

  it('takes a value that begins with a dash', () => {
    const args = new Args(['--sort', '-ts', 'x'], { sort: { type: 'string', about: '' } });
    expect([args.text('sort'), args.positionals]).toEqual(['-ts', ['x']]);
  });

  it('takes whole numbers only', () => {
    expect(wholeNumber('7', '--k', 1)).toBe(7);
    for (const text of ['0', '-1', '1.5', '1e3', '', ' 3', '9007199254740993', 'seven'])
      expect(() => wholeNumber(text, '--k', 1)).toThrow(UsageError);
  });
});
