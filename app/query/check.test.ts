import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFilter } from './check.ts';
import { filterWords } from './compile.ts';
import { connectionColumns, labelled, memoryContext, MemoryTable } from './testing.ts';

const day = Date.UTC(2024, 3, 19) * 1000;
const table = new MemoryTable(connectionColumns, [
  { ts: day, orig_h: '10.0.0.1', resp_h: '10.0.0.2', resp_p: 443, service: 'ssl', conn_state: 'SF' },
  { ts: day + 90_000e6, orig_h: '10.0.0.1', resp_h: '10.0.0.3', resp_p: 443, service: 'a "b"', conn_state: 'S0' },
  { ts: day, orig_h: '10.0.0.4', resp_h: '10.0.0.1', resp_p: 80, service: 'a "b"', conn_state: 'S0' },
]);
const context = memoryContext(table, { tagNames: ['reviewed', 'to do'], runs: [1, 2], currentRun: 2, findingKinds: ['far-from-cluster'] });
const offered = (text: string, cursor?: number): string[] => checkFilter(text, cursor, context).completions.map(({ insert }) => insert);

describe('checkFilter', () => {
  it('says what is wrong, where, without throwing', () => {
    const answer = checkFilter('ts > 2024 and resp_q = 3', undefined, context);
    expect(answer).toMatchObject({ ok: false, words: '', error: { position: 14, length: 6 } });
    expect(answer.error?.message).toContain('resp_p');
    expect(checkFilter('', undefined, context)).toMatchObject({ ok: true, words: '', error: null, replaceFrom: 0 });
  });

  it('offers fields, operators, values and connectives where they belong', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['ts', 'orig_h', 'bytes', 'tag', 'not']));
    expect(offered('re').slice(0, 2)).toEqual(['resp_h', 'resp_p']);
    expect(offered('ts ')).toEqual(expect.arrayContaining(['>=', 'in', 'is absent']));
    expect(offered('ts ')).not.toContain('~');
    expect(offered('service ')).toContain('matches');
    expect(offered('service = ')).toEqual(['"a \\"b\\""', 'ssl', 'absent']);
    expect(offered('service in (ssl, ')).toContain('"a \\"b\\""');
    expect(offered('host = ')).toEqual(['10.0.0.1', '10.0.0.4', '10.0.0.2', '10.0.0.3', 'absent']);
    expect(offered('tag = ')).toEqual(['reviewed', '"to do"', 'absent']);
    expect(offered('tag = "to')).toEqual(['"to do"']);
    expect(offered('finding = ')).toEqual(['far-from-cluster', 'absent']);
    expect(offered('evidence = ')).toEqual(['conn.log', '"more conn.log"', 'absent']);
    expect(offered('ts >= ')).toEqual(['2024-04-19', '2024-04-20']);
    expect(offered('resp_p = ')).toEqual(['443', '80', 'absent']);
    expect(offered('local_orig = ')).toEqual(['T', 'F', 'absent']);
    expect(offered('service is ')).toEqual(['absent', 'present']);
    expect(offered('ts > 1 ')).toEqual(['and', 'or']);
    expect(offered('(ts > 1 ')).toEqual(['and', 'or', ')']);
    expect(offered('service in (ssl ')).toEqual([',', ')']);
  });

  it('offers the clusters of the current run', () => {
    const grouped = { ...context, assignment: (_: number, id: number) => labelled(table.chunks[id - 1], (record) => [0, 3, 3][record]) };
    const { completions } = checkFilter('cluster = ', 10, grouped);
    expect(completions.map(({ insert, hint }) => [insert, hint])).toEqual([
      ['3', '2 records in run 2'],
      ['absent', 'the log has no value'],
    ]);
  });

  it('counts one record as one', () => {
    const hints = ['resp_p = ', 'service = '].map((text) => checkFilter(text, text.length, context).completions.map(({ hint }) => hint));
    expect(hints.flat()).toEqual(expect.arrayContaining(['1 record', '2 records']));
    expect(hints.flat().join(', ')).not.toMatch(/\b1 records/);
  });

  it('says from where a completion replaces the text', () => {
    expect(checkFilter('ts > 1 and ser', 14, context).replaceFrom).toBe(11);
    expect(checkFilter('ts > 1 and ser', 13, context).replaceFrom).toBe(11);
    expect(checkFilter('service = "a', 12, context).replaceFrom).toBe(10);
    expect(checkFilter('service = ', 10, context).replaceFrom).toBe(10);
  });

  it('offers only what makes a filter whole again', () => {
    for (const text of ['service = ', 'conn_state in (', 'host = 10', 'tag = ', 'ts = ', 'not local_orig = ']) {
      const { completions, replaceFrom } = checkFilter(text, text.length, context);
      expect(completions.length).toBeGreaterThan(0);
      for (const { insert } of completions) {
        const whole = `${text.slice(0, replaceFrom)}${insert}${text.includes('(') ? ')' : ''}`;
        expect(checkFilter(whole, undefined, context).ok, whole).toBe(true);
      }
    }
  });

  it('never throws for what is typed', () => {
    const piece = fc.oneof(
      fc.constantFrom('ts', 'service', 'cluster', ' ', '=', 'in', '(', ')', '"', ',', 'and', 'not', '9', '~', 'is', '\\'),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.nat(60), (pieces, cursor) => {
        const text = pieces.join('');
        const answer = checkFilter(text, cursor, context);
        expect(answer.ok).toBe(answer.error === null);
        expect(answer.replaceFrom).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });
});

it('takes every example of LANGUAGE.md', () => {
  const page = readFileSync(new URL('LANGUAGE.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```filter\n([^`]*)```/g)].flatMap(([, block]) => block.trim().split('\n'));
  expect(examples.length).toBeGreaterThan(8);
  for (const example of examples) expect(checkFilter(example, undefined, context).error, example).toBeNull();
});

describe('filterWords', () => {
  it.each([
    ['bytes > 1MB and resp_p in (443, 8443) and not tag = reviewed', 'bytes over 1 MB, responder port 443 or 8443, without tag reviewed'],
    ['orig_h = 10.0.0.0/8 and ts >= 2024-04-19T10:00', 'originator in 10.0.0.0/8, from 2024-04-19 10:00'],
    ['ts < 2024-04-19T03:12:07.120000Z', 'before 2024-04-19 03:12:07.12'],
    ['service = - or service ~ ss', 'without service or service containing “ss”'],
    ['(resp_p = 1 or resp_p = 2) and duration > 1h30m', '(responder port 1 or responder port 2), duration over 1 h 30 m'],
    ['cluster = 3', 'in cluster 3'],
    ['cluster != 1:3', 'not in cluster 3 of run 1'],
    ['evidence = conn.log and line <= 100', 'from conn.log, line at most 100'],
    ['not (ts > 2024 and tag in (a, b))', 'not (after 2024, with tag a or b)'],
    ['service in (ssl, absent)', 'service ssl or absent'],
    ['uid not matches "^C"', 'uid not matching /^C/'],
    ['not bytes < 5', 'not bytes under 5'],
    ['finding is present', 'with finding'],
    ['resp_p in (1, 2, 3, 4, 5, 6, 7, 8, 9)', 'responder port 1, 2, 3, 4, 5 or 4 others'],
  ])('says %s in plain English', (filter, words) => {
    expect(filterWords(filter, context)).toBe(words);
  });
});
