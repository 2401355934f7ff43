import { expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import { parquet } from './parquet.ts';
import { formatById, formats, unusedOptions } from './registry.ts';
import { unusedOf } from './unused-options.ts';

const said: [string, FormatOptions, RegExp, readonly string[]][] = [
  [
    'a log of Zeek',
    { zeekLog: 'dns' },
    /^The log that was named \(dns\) was not used: .*--zeek-log/,
    ['zeek-conn', 'zeek-tsv', 'zeek-json'],
  ],
  ['a type of events', { eventType: 'dns' }, /^The type of events that was named \(dns\) was not used: /, ['suricata-eve']],
  ['a year', { year: 2020 }, /^The year that was given \(2020\) was not used: /, ['syslog', 'firewall']],
  ['a log format', { logFormat: '%h' }, /^The log format that was given was not used: /, ['access']],
  ['fields', { fields: 'srcaddr' }, /^The fields that were given were not used: /, ['vpc-flow']],
];

it.each(said)('%s is not used by a format that has no use for it, and that is said', (_, options, words, users) => {
  for (const format of formats) {
    const remarks = unusedOptions(format, options);
    // what is within a wrapper is not known here
    if (users.includes(format.id) || /docker|cri|journal|shipped/.test(format.id)) expect(remarks).toEqual([]);
    else expect(remarks).toEqual([expect.stringMatching(words)]);
  }
  expect(unusedOf(parquet, options)).toEqual([expect.stringMatching(words)]);
});

it('a time zone is not used where no time of a format needs one', () => {
  for (const id of ['zeek-conn', 'zeek-tsv', 'tstat', 'squid', 'suricata-eve', 'vpc-flow'])
    expect(unusedOptions(formatById(id), { timeZone: 'Europe/Berlin' }).join()).toContain(
      'time zone that was given (Europe/Berlin) was not used',
    );
  for (const id of ['zeek-json', 'access', 'syslog', 'csv', 'json', 'nfdump-csv', 'haproxy', 'docker-json'])
    expect(unusedOptions(formatById(id), { timeZone: 'Europe/Berlin' })).toEqual([]);
  expect(unusedOptions(formatById('zeek-conn'), { timeZone: 'UTC' })).toEqual([]);
});
