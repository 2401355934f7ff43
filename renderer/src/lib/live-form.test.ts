import { describe, expect, it } from 'vitest';
import { commands } from '../../../app/contract.ts';
import { alertRules } from '../../../app/contract/live-alerts.ts';
import { liveWindowRules, retentionRules } from '../../../app/contract/live.ts';
import { emptyKafka } from './kafka-form.ts';
import { emptySource, readSource, typedNumber, type SourceForm } from './live-form.ts';
import { bytesText, newSender, readRules, rulesForm, typedBytes, type RulesForm } from './live-rules.ts';

const read = (part: Partial<SourceForm>): ReturnType<typeof readSource> => readSource({ ...emptySource, ...part });
const wrong = (answer: object): Record<string, string> =>
  'errors' in answer ? Object.fromEntries(answer.errors as Map<string, string>) : {};

describe('a source as it is typed', () => {
  it('is what the core takes', () => {
    const forms: Partial<SourceForm>[] = [
      { path: ' /var/log/*.log ', format: 'access', logFormat: '%h %t', zeekLog: 'conn', timeZone: 'UTC' },
      { type: 'kafka', kafka: { ...emptyKafka, brokers: 'broker:9092', topic: 'access', group: 'a' }, from: 'end' },
      { type: 'syslog', port: '5,514', protocol: 'tcp' },
      { type: 'http', posted: 'web' },
      { type: 'pipe' },
    ];
    const inputs = forms.map((form) => {
      const answer = read(form);
      if ('errors' in answer) throw new Error(JSON.stringify(wrong(answer)));
      return commands['live.watch'].input.parse(answer.input);
    });
    expect(inputs.map(({ source }) => source)).toEqual([
      { type: 'file', path: '/var/log/*.log', from: 'beginning' },
      { type: 'kafka', url: 'kafka://broker:9092/access?group=a', from: 'end' },
      { type: 'syslog', protocol: 'tcp', host: '127.0.0.1', port: 5514, payload: 'message' },
      { type: 'http', name: 'web' },
      { type: 'pipe', path: null },
    ]);
    // only what the format asks goes along
    expect(inputs[0]).toMatchObject({ format: 'access', options: { timeZone: 'UTC', logFormat: '%h %t' } });
    expect(inputs[0]?.options).not.toHaveProperty('zeekLog');
    expect(inputs[1]).not.toHaveProperty('format');
  });

  it('says what is wrong at its field', () => {
    expect(wrong(read({}))).toEqual({ path: 'This is needed.' });
    expect(Object.keys(wrong(read({ type: 'kafka' })))).toEqual(['brokers', 'topic']);
    expect(wrong(read({ type: 'syslog', port: '70000' }))).toEqual({ port: 'At most 65,535.' });
    expect(wrong(read({ type: 'syslog', port: '' }))).toEqual({ port: 'A number.' });
    expect(Object.keys(wrong(read({ type: 'http', posted: 'No Good' })))).toEqual(['name']);
  });

  it('reads numbers as people write them', () => {
    expect([typedNumber('1,000'), typedNumber(' 5 '), typedNumber(''), typedNumber('abc')]).toEqual([1000, 5, Number.NaN, Number.NaN]);
  });
});

describe('rules as they are typed', () => {
  const rules = { windows: liveWindowRules.parse({}), alerts: alertRules.parse({}), retention: retentionRules.parse({}) };
  const form = rulesForm(rules);
  const say = (part: Partial<RulesForm>): ReturnType<typeof readRules> => readRules({ ...form, ...part });

  it('come back as they were', () => {
    const all = {
      windows: { width: 300, step: 60, lateness: 0 },
      alerts: alertRules.parse({
        quiet: { from: '22:00', to: '06:30', zone: 'Europe/Berlin' },
        off: ['silence'],
        senders: [
          { type: 'log', path: '/tmp/alerts.jsonl', bytes: 20_000_000 },
          { type: 'webhook', url: 'https://hooks.example.org/x', severity: 'high', secret: 'sixteen letters!' },
          { type: 'kafka', topic: 'alerts' },
          { type: 'window' },
        ],
      }),
      retention: { days: 7.5, bytes: 20 * 2 ** 30, hourlyAfterDays: null },
    };
    expect(readRules(rulesForm(all))).toEqual({ input: all });
    expect(readRules(form)).toEqual({ input: rules });
  });

  it('say what is wrong at their fields', () => {
    expect(wrong(say({ width: 'x', bytes: '3 MB', days: '0' }))).toEqual({
      'windows.width': 'A number.',
      'retention.bytes': 'At least 10,000,000.',
      'retention.days': 'More than 0.',
    });
    expect(Object.keys(wrong(say({ step: '25' })))).toEqual(['windows.step']);
    expect(wrong(say({ quiet: true, from: '24:00' }))).toHaveProperty(['alerts.quiet.from']);
    expect(Object.keys(wrong(say({ quiet: true, zone: 'Nowhere/Here' })))).toEqual(['alerts.quiet.zone']);
    const plain = { ...newSender('webhook', []), url: 'http://example.org/x' };
    expect(wrong(say({ senders: [plain] }))['alerts.senders.0.url']).toContain('https');
    expect(wrong(say({ senders: [{ ...plain, url: '' }] }))['alerts.senders.0.url']).toBe(
      'An address like https://hooks.example.org/flowcase.',
    );
    const twice = { ...newSender('window', []), id: 'a' };
    expect(Object.keys(wrong(say({ senders: [twice, { ...twice, key: -1 }] })))).toEqual(['alerts.senders']);
  });

  it('name a new sender as no other is named', () => {
    expect([newSender('log', []).id, newSender('log', ['log']).id, newSender('log', ['log', 'log-2']).id]).toEqual([
      'log',
      'log-2',
      'log-3',
    ]);
  });

  it('read sizes as people write them, and write them so that they are read again', () => {
    expect(['20 GiB', '500MB', '10,000,000', '1.5 GiB', '12 kb', 'much'].map(typedBytes)).toEqual([
      20 * 2 ** 30,
      500_000_000,
      10_000_000,
      1.5 * 2 ** 30,
      12_000,
      Number.NaN,
    ]);
    for (const bytes of [10_000_000, 2 ** 30, 12_345_678, 1.5 * 2 ** 30]) expect(typedBytes(bytesText(bytes))).toBe(bytes);
    expect(bytesText(null)).toBe('');
  });
});
