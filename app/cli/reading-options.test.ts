import { describe, expect, it } from 'vitest';
import { formatOptions } from '../contract.ts';
import { Args, UsageError } from './args.ts';
import { mappedColumn, readingOf, readingOptions } from './reading-options.ts';

const of = (...args: string[]): unknown => readingOf(new Args(args, readingOptions));

describe('options of reading', () => {
  it('become what the contract takes', () => {
    const said = of(
      ...['--format', 'csv', '--time-zone', 'Europe/Berlin', '--map', 'a b=ts:time,b=orig_h', '--map', 'x:y=lag:interval:milliseconds,c='],
      ...['--kind', 'connection', '--time-format', '%d/%m/%Y %H:%M', '--delimiter', 'tab', '--header', 'no'],
      ...['--decimal', 'comma'],
    );
    expect(said).toEqual({
      format: 'csv',
      options: {
        timeZone: 'Europe/Berlin',
        mapping: {
          columns: [
            { from: 'a b', to: 'ts', type: 'time' },
            { from: 'b', to: 'orig_h' },
            { from: 'x:y', to: 'lag', type: 'interval', unit: 'milliseconds' },
            { from: 'c', to: null },
          ],
          kind: 'connection',
          timeFormat: '%d/%m/%Y %H:%M',
          delimiter: '\t',
          header: false,
          decimal: ',',
        },
      },
    });
    expect(formatOptions.parse((said as { options: unknown }).options)).toEqual((said as { options: unknown }).options);
    expect(of('--event-type', 'dns', '--zeek-log', 'http', '--log-format', '$host')).toEqual({
      options: { logFormat: '$host', zeekLog: 'http', eventType: 'dns' },
    });
    expect(of('--member', 'a/conn.log', '--guarded', 'yes')).toEqual({ member: 'a/conn.log', options: { mapping: { guarded: true } } });
    expect(of('--year', '2025')).toEqual({ options: { year: 2025 } });
    expect(of()).toEqual({});
  });

  it('say everything that the window can say', () => {
    const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const { mapping, ...others } = formatOptions.shape;
    const ofTables = Object.keys(mapping.unwrap().shape).map((key) => (key === 'columns' ? 'map' : kebab(key)));
    for (const name of [...Object.keys(others).map(kebab), ...ofTables]) expect(readingOptions).toHaveProperty(name);
  });

  it.each(['nothing', '=ts', 'a=ts:word', 'a=ts:time:years', 'a=b:time:seconds:x', 'a=:time'])('refuse %s', (text) => {
    expect(() => mappedColumn(text)).toThrow(UsageError);
  });

  it.each([
    ['--delimiter', 'x'],
    ['--header', 'maybe'],
    ['--decimal', ','],
  ])('refuse %s %s', (...args) => {
    expect(() => of(...args)).toThrow(UsageError);
  });
});
