import { describe, expect, it } from 'vitest';
import type { CaseInfo, ClusterSummary, CustodyEntry, Finding, HostRow, Tagging } from '../../../../app/contract.ts';
import { membersFacts, readK, readSeed } from '../clusters/words.ts';
import { hostWords, rankWords } from '../hosts/words.ts';
import { detailPairs, firstBreak, foundEntries } from './custody.ts';
import { findingsFacts, gaps, median, sortedFindings, whyParts, whyWords } from './findings.ts';
import { namedRows, shareSentence, talkerRows, talkerSentence } from './overview.ts';
import { readWhole } from './numbers.ts';
import { compare, localPages } from './pages.ts';
import { fileName, reportPath, sectionWords } from './report.ts';
import { subjectChoices } from './subjects.ts';
import { sortedTaggings, targetFilter, targetWords } from './taggings.ts';
import { both, clusterTerm, fieldTerm, findingTerm, hostTerm, idTerm } from './terms.ts';

describe('terms', () => {
  it('quote what cannot stand bare, and ask for what was absent as absent', () => {
    expect(fieldTerm('service', 'ssl')).toBe('service = ssl');
    expect(fieldTerm('service', '-')).toBe('service = absent');
    expect(fieldTerm('tag', 'to do "now"')).toBe('tag = "to do \\"now\\""');
    expect(hostTerm('2001:db8::1')).toBe('host = 2001:db8::1');
    expect(clusterTerm(2, 7)).toBe('cluster = 2:7');
    expect(findingTerm(12)).toBe('finding = 12');
  });
  it('name records by number, as many as a filter holds', () => {
    expect(idTerm([3, 41])).toBe('id in (3, 41)');
    expect(idTerm([])).toBeNull();
    expect(idTerm(Array.from({ length: 5000 }, (_, at) => at))).toBeNull();
  });
  it('join, and keep an or together', () => {
    expect(both('', 'a = 1', '')).toBe('a = 1');
    expect(both('a = 1', 'b = 2 or c = 3')).toBe('a = 1 and (b = 2 or c = 3)');
  });
});

describe('overview', () => {
  const talkers = [
    { host: 'a', connections: 5, bytesOut: 10, bytesIn: 0, peers: 1 },
    { host: 'b', connections: 1, bytesOut: 90, bytesIn: 0, peers: 9 },
  ];
  it('ranks by the measure that is looked at', () => {
    expect(talkerRows(talkers, 'bytesOut').map((row) => row.key)).toEqual(['b', 'a']);
    expect(talkerRows(talkers, 'connections').map((row) => row.key)).toEqual(['a', 'b']);
    expect(talkerSentence(talkers, 'bytesOut', 100)).toBe('b sent the most: 90 B, 90.0 % of all.');
    expect(talkerSentence(talkers.slice(1), 'connections', 4)).toBe('b has the most: 1 connection, 25.0 % of all.');
    expect(talkerSentence(talkers, 'bytesIn', 0)).toBe('2 hosts received the most: 0 B each.');
    expect(talkerSentence([], 'bytesOut', 100)).toBe('');
  });
  it('says who leads, also without a name', () => {
    const list = [{ name: '-', connections: 3, bytes: 0 }];
    expect(shareSentence(list, 4)).toBe('No name leads with 75.0 % of 4 connections.');
    expect(shareSentence(list, 0)).toBe('');
    expect(namedRows(list)[0]?.label).toBe('absent');
  });
});

describe('form of a run', () => {
  it('takes whole numbers in range, and says what it wants', () => {
    expect(readK('7')).toEqual({ k: 7, error: '' });
    expect(readK(' 1000 ').k).toBe(1000);
    for (const bad of ['', '0', '1001', '7.5', '-1', 'x', '1e3'])
      expect(readK(bad)).toEqual({ k: null, error: 'k is a whole number from 1 to 1,000.' });
    expect(readSeed('0').seed).toBe(0);
    expect(readSeed('4294967295').seed).toBe(4_294_967_295);
    expect(readSeed('4294967296').seed).toBeNull();
  });
  it('counts members in words', () => {
    const cluster = { size: 1842, originators: 1, responders: 3 } as ClusterSummary;
    expect(membersFacts(cluster)).toBe('1,842 records, one originator, 3 responders');
  });
});

describe('hosts', () => {
  const row: HostRow = {
    host: 'a',
    rank: 1,
    score: 1,
    severity: 'high',
    why: '',
    asOriginator: 2,
    asResponder: 0,
    requests: 0,
    bytesOut: 10,
    bytesIn: 20,
    peers: 1,
    failed: 1,
    first: 0,
    last: 60e6,
    tags: [],
  };
  it('says the rank with its ending', () => {
    const rank = (value: number | null): string => rankWords({ ...row, rank: value }, 214);
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(rank).map((words) => words.split(' ')[0])).toEqual([
      'First',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '102nd',
      '111th',
    ]);
    expect(rank(null)).toBe('');
  });
  it('says what it did', () => {
    expect(hostWords(row)).toBe(
      'It originated 2 connections, of which 1 failed with 1 peer; it sent 10 B and received 20 B, from 1970-01-01 00:00:00 to 1970-01-01 00:01:00 UTC over 1 min.',
    );
    expect(hostWords({ ...row, asOriginator: 0 })).toContain('appears in no connection');
    expect(hostWords({ ...row, asResponder: 1, requests: 3 })).toContain(
      'originated 2 connections, answered 1 connection and took part in 3 requests',
    );
  });
});

describe('findings', () => {
  const finding = (id: number, severity: Finding['severity'], score: number): Finding => ({
    id,
    kind: 'k',
    title: 't',
    subject: `s${id}`,
    host: `h${id % 2}`,
    score,
    severity,
    why: '',
    causes: null,
    doubt: '',
    records: [],
    count: 0,
    run: null,
    of: 'connections',
    created: 0,
  });
  const list = [finding(1, 'low', 0.1), finding(2, 'critical', 0.9), finding(3, 'low', 0.5)];
  it("sorts by severity as its order is, not its letters, and leaves the core's order otherwise", () => {
    expect(sortedFindings(list, { column: 'severity', descending: true }).map((one) => one.id)).toEqual([2, 1, 3]);
    expect(sortedFindings(list, { column: 'score', descending: false }).map((one) => one.id)).toEqual([1, 3, 2]);
    expect(sortedFindings(list, null)).toBe(list);
    expect(sortedFindings(list, { column: 'nothing', descending: true })).toBe(list);
  });
  it('counts by severity, the worst first', () => {
    expect(findingsFacts(list)).toBe('3 findings: 1 critical, 2 low · about 2 hosts');
    expect(findingsFacts([])).toBe('');
  });
  it('say why without saying again whom', () => {
    expect(whyWords('10.0.0.1: the 45 farthest', '10.0.0.1')).toBe('The 45 farthest');
    expect(whyWords('10.0.0.1 calls', '10.0.0.1')).toBe('10.0.0.1 calls');
    expect(whyWords('', '10.0.0.1')).toBe('');
  });
  it('times between calls', () => {
    expect(gaps([30, 10, 25])).toEqual([15, 5]);
    expect(gaps([1])).toEqual([]);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([])).toBeNull();
  });
});

describe('tags', () => {
  const tagging = (id: number, target: Tagging['target'], at: number): Tagging => ({
    id,
    tag: 1,
    name: 'to do',
    color: 'red',
    note: '',
    who: '',
    at,
    target,
  });
  const host = tagging(1, { type: 'host', host: '10.0.0.1' }, 5);
  const cluster = tagging(2, { type: 'cluster', run: 2, cluster: 7, name: '', count: 1842 }, 9);
  const filtered = tagging(3, { type: 'records', kind: 'connection', count: 3, filter: 'resp_p = 443', run: null, sample: [] }, 7);
  const picked = tagging(4, { type: 'records', kind: 'connection', count: 1, filter: null, run: null, sample: [4] }, 1);
  it('say what they are on, and how to see it', () => {
    expect(targetWords(host.target)).toBe('host 10.0.0.1');
    expect(targetWords(cluster.target)).toBe('cluster 7 of run 2 (1,842 records)');
    expect(targetWords(filtered.target)).toBe('3 connections where resp_p = 443');
    expect([host, cluster, filtered, picked].map(targetFilter)).toEqual([
      'host = 10.0.0.1',
      'cluster = 2:7',
      'resp_p = 443',
      'tag = "to do"',
    ]);
  });
  it('come the latest first', () => {
    expect(sortedTaggings([host, cluster, filtered], null).map((one) => one.id)).toEqual([2, 3, 1]);
    expect(sortedTaggings([host, cluster], { column: 'at', descending: false }).map((one) => one.id)).toEqual([1, 2]);
  });
});

describe('report and custody', () => {
  it('suggests a file beside the case', () => {
    expect(reportPath('/cases/a.flowcase', 'pdf')).toBe('/cases/a-report.pdf');
    expect(reportPath('C:\\Cases\\a.Flowcase', 'json')).toBe('C:\\Cases\\a-report.json');
    expect(fileName('C:\\Cases\\a.pdf')).toBe('a.pdf');
    expect(fileName('/x/y')).toBe('y');
  });
  it('says where a section will say that there is none', () => {
    const info = { tags: 0, findings: 3, runs: 1, custody: { entries: 1 } } as CaseInfo;
    expect(sectionWords('tags', info).empty).toBe(true);
    expect(sectionWords('findings', info)).toEqual({ title: 'Findings', what: '3 findings', empty: false });
    expect(sectionWords('custody', info).what).toBe('1 entry of the hash chain');
  });
  const entry = (seq: number, previous: string, hash: string): CustodyEntry => ({
    seq,
    form: 2,
    at: 0,
    who: { account: 'm', examiner: 'M' },
    act: 'tag.added',
    summary: 'Tagged X',
    details: {},
    previous,
    hash,
  });
  it('finds the first entry that does not follow', () => {
    const chain = [entry(1, '0', 'a'), entry(2, 'a', 'b'), entry(3, 'b', 'c')];
    expect(firstBreak(chain)).toBeNull();
    expect(firstBreak([chain[0] ?? entry(0, '', ''), entry(2, 'z', 'b')])?.seq).toBe(2);
    expect(foundEntries(chain, ' TAGGED x ')).toHaveLength(3);
    expect(foundEntries(chain, 'nothing like it')).toHaveLength(0);
  });
  it('writes details as text, whatever they hold', () => {
    expect(detailPairs({ path: '/a', rows: 3, options: { force: true } })).toEqual([
      ['path', '/a'],
      ['rows', '3'],
      ['options', '{"force":true}'],
    ]);
  });
});

it('pages of a list, and an order with absent last', async () => {
  expect(await localPages([1, 2, 3])(1, 1)).toEqual({ rows: [2], total: 3 });
  expect([3, null, 1].sort(compare)).toEqual([1, 3, null]);
  expect(['b', 'a'].sort(compare)).toEqual(['a', 'b']);
});

describe('what is learned from', () => {
  it('is offered as far as the case has it', () => {
    const offered = (connections: number, requests: number): readonly string[] =>
      subjectChoices({ connections, requests }).map(({ label }) => label);
    expect(offered(1, 1)).toEqual(['Connections', 'Requests', 'Hosts']);
    expect(offered(0, 1)).toEqual(['Requests', 'Hosts']);
    expect(offered(0, 0)).toEqual([]);
    expect(subjectChoices(null)).toEqual([]);
  });
  it('makes an anomaly strange feature by feature', () => {
    expect(whyParts('One connection: takes 7.4 questions. What does it: Port 0: yes (2.64 % of its peers); Bytes 1.2 GiB (a, b).')).toEqual(
      {
        said: 'One connection: takes 7.4 questions.',
        causes: ['Port 0: yes (2.64 % of its peers)', 'Bytes 1.2 GiB (a, b)'],
      },
    );
    expect(whyParts('Far from its group.')).toEqual({ said: 'Far from its group.', causes: [] });
  });
  it('takes whole numbers between its ends', () => {
    expect(readWhole(' 12 ', 1, 12, 'Trees')).toEqual({ value: 12, error: '' });
    expect(readWhole('13', 1, 12, 'Trees').error).toBe('Trees is a whole number from 1 to 12.');
    expect(readWhole('1e1', 1, 12, 'Trees').value).toBeNull();
  });
});
