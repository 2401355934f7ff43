import { expect, it } from 'vitest';
import type { Evidence } from '../contract.ts';
import { evidenceTable } from './commands/evidence.ts';

const piece = (id: number, change: Partial<Evidence> = {}): Evidence => ({
  id,
  path: '/conn.log',
  name: 'conn.log',
  format: 'zeek-conn',
  formatTitle: 'Zeek conn.log',
  kind: 'connection',
  bytes: 100,
  sha256: 'ab'.repeat(32),
  unpackedBytes: 100,
  unpackedSha256: null,
  modified: null,
  imported: 0,
  importedBy: '',
  program: '',
  options: {},
  rows: 3,
  rejected: 0,
  comments: 0,
  lines: 3,
  first: null,
  last: null,
  seconds: 0,
  status: 'complete',
  remarks: [],
  ...change,
});

it('a long name is shown by its ends, and the table stays a table', () => {
  const name = `${'a'.repeat(150)}/${'ü'.repeat(40)}/conn.log in logs.zip`;
  const lines = evidenceTable([piece(1), piece(2, { name })]).split('\n');
  expect(lines[2]).toMatch(/ a+…\S*\/conn\.log in logs\.zip +Zeek/);
  for (const line of lines) expect(line.length).toBeLessThan(200);
  expect(new Set(lines.slice(1).map((line) => line.indexOf('Zeek conn.log'))).size).toBe(1);
});

it('a name is not cut within a character', () => {
  expect(evidenceTable([piece(1, { name: '🎂'.repeat(100) })]).isWellFormed()).toBe(true);
});

it('says what is not complete, and has no column for it where all is', () => {
  expect(evidenceTable([piece(1)])).not.toContain('status');
  const [header, ...lines] = evidenceTable([piece(1), piece(2, { status: 'incomplete' }), piece(3, { status: 'live' })]).split('\n');
  expect(header).toMatch(/name +status +format/);
  expect(lines.map((line) => /conn\.log +(complete|incomplete|being received) +Zeek/.exec(line)?.[1])).toEqual([
    'complete',
    'incomplete',
    'being received',
  ]);
});
