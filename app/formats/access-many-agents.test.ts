import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { access } from './access.ts';
import { readLog, readPieces, type ReadBack } from './testing.ts';

/** More than a chunk, so that what was decided about a column counts for the next. */
const ROWS = 70_000;

/** `behind`: what stands at the end of each line; a blank there wants the slow way. */
function log(rows: number, user: (i: number) => string, agent: (i: number) => string, behind = ''): string {
  const line = (_: unknown, i: number): string =>
    `192.0.2.${i % 200} - ${user(i)} [10/Feb/2024:16:42:07 +0000] "GET / HTTP/1.1" 200 5 "-" "${agent(i)}"${behind}`;
  return `${Array.from({ length: rows }, line).join('\n')}\n`;
}

const own = (i: number): string => `u${i}`;
// some come again after a while
const ownAgent = (i: number): string => (i % 11 === 0 ? `probe-${i % 6000}/1.0 (Linux)` : `probe-${i}/1.0`);

const column = (read: ReadBack, name: string): (Cell | undefined)[] => read.sink.records.map((record) => record.get(name));
const storage = (read: ReadBack): unknown => ['user', 'agent'].map((name) => read.sink.known(name)?.storage);

describe('agents and users', () => {
  it('are kept as text where they hardly repeat, and each agent tells what it is', () => {
    const read = readLog(access, log(ROWS, own, ownAgent));
    const agents = Array.from({ length: ROWS }, (_, i) => ownAgent(i));
    expect(storage(read)).toEqual(['text', 'text']);
    expect(column(read, 'user')).toEqual(agents.map((_, i) => own(i)));
    expect(column(read, 'agent')).toEqual(agents);
    expect(column(read, 'agent_name')).toEqual(agents.map((agent) => agent.split('/')[0]));
    expect(column(read, 'agent_os')).toEqual(agents.map((agent) => (agent.endsWith('(Linux)') ? 'Linux' : null)));
    expect(column(read, 'agent_kind')).toEqual(agents.map(() => 'tool'));
    // no text of them came into a dictionary
    expect(read.sink.texts('term').filter((text) => text.includes('/1.0') || /^u\d/.test(text))).toEqual([]);
  });

  it('are read alike in pieces, and in the slow way', () => {
    const rows = (read: ReadBack): unknown => read.sink.records.map((record) => new Map([...record, ['_offset', 0]]));
    const whole = rows(readLog(access, log(ROWS, own, ownAgent)));
    expect(rows(readPieces(access, log(ROWS, own, ownAgent), 30_000))).toEqual(whole);
    expect(rows(readLog(access, log(ROWS, own, ownAgent, ' ')))).toEqual(whole);
  });

  it.each([
    ['repeat', 20_000, (i: number): string => `u${i % 300}`, (i: number): string => `probe-${i % 3000}/1.0`],
    ['are few', 4000, own, ownAgent],
  ] as const)('lie in the dictionary where they %s', (_, rows, user, agent) => {
    const read = readLog(access, log(rows, user, agent));
    expect(storage(read)).toEqual(['dictionary', 'dictionary']);
    expect(column(read, 'agent')).toEqual(Array.from({ length: rows }, (_, i) => agent(i)));
  });
});
