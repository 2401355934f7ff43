import { createSocket } from 'node:dgram';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../../case/open.ts';
import { caseFields, identity, scratchFolder } from '../../case/testing.ts';
import type { LiveSourceStatus, LiveWatch } from '../../contract/live.ts';
import { sourceOf } from '../sources.ts';
import { SyslogSource } from '../syslog/syslog-source.ts';
import type { LiveSource } from '../types.ts';
import type { LiveEngine } from './engine.ts';
import { engineOver, recordWords, until } from './testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const access = (from: number, to: number): string[] =>
  Array.from(
    { length: to - from },
    (_, i) => `10.0.0.${i % 9} - - [10/Oct/2024:13:00:${10 + (i % 50)} +0000] "GET /${from + i} HTTP/1.1" 200 1`,
  );

interface Bench {
  readonly engine: LiveEngine;
  readonly status: () => LiveSourceStatus;
  /** Of each piece of evidence: name, format, records, rejects, status. */
  readonly evidence: () => unknown[];
  readonly records: (kind: string) => string[];
  readonly rejects: () => { readonly reason: string; readonly what: string; readonly text: string; readonly line: number }[];
  readonly close: () => Promise<void>;
}

/** A case that a source brings its lines into; where it has a name already it goes on. */
function bench(name: string, watch: LiveWatch | null, make: (watch: LiveWatch) => LiveSource = (one) => sourceOf(one)): Bench {
  const path = join(scratch.path, `${name}.flowcase`);
  if (watch !== null) createCase(path, caseFields).close();
  const writer = openCaseForWriting(path, identity);
  const engine = engineOver(writer, make);
  if (watch === null) engine.start();
  else engine.watch('a', watch);
  const reader = openCaseForReading(path);
  return {
    engine,
    status: () => engine.status().sources[0],
    evidence: () => {
      reader.refresh();
      return reader.evidence().map((one) => [one.name, one.format, one.rows, one.rejected, one.comments]);
    },
    records: (kind) => recordWords(reader, kind),
    rejects: () => {
      reader.refresh();
      return [...reader.rejects({ offset: 0, limit: 1000 }).rejects];
    },
    close: async () => {
      await engine.close();
      reader.close();
      writer.close();
    },
  };
}

describe('syslog', () => {
  it('goes on beside a sender whose messages are no log; those are kept as syslog has them', async () => {
    let source = null as SyslogSource | null;
    const watch: LiveWatch = { source: { type: 'syslog', protocol: 'udp', host: '127.0.0.1', port: 0, payload: 'message' } };
    const { status, evidence, records, close } = bench('syslog', watch, (one) => {
      const made = sourceOf(one);
      source = made instanceof SyslogSource ? made : null;
      return made;
    });
    await until(() => source?.port != null);
    const socket = createSocket('udp4');
    const send = async (lines: readonly string[]): Promise<void> => {
      for (const line of lines) await new Promise((sent) => socket.send(line, source?.port ?? 0, '127.0.0.1', sent));
    };
    const web = (lines: readonly string[]): string[] => lines.map((line) => `<190>Oct 10 13:00:00 web1 nginx: ${line}`);
    await send(web(access(0, 50)));
    await until(() => status().records === 50);
    await send([
      '<38>Oct 10 13:00:01 web1 sshd[12]: Accepted password for root from 192.0.2.4 port 22 ssh2',
      '<13>Oct 10 13:00:02 web2 sudo: root : TTY=pts/0',
    ]);
    await send(web(access(50, 100)));
    await send(['what is this']);
    await until(() => status().records === 102 && status().rejected === 1);
    expect(status()).toMatchObject({ state: 'running', error: '' });
    expect(evidence()).toEqual([
      ['web1/nginx', 'access', 100, 0, 0],
      ['syslog', 'syslog', 2, 1, 0],
    ]);
    expect(records('syslog').join('\n')).toContain('Accepted password for root');
    socket.close();
    await close();
  });
});

describe('many files', () => {
  it('of which one is no log: the others are read, and its lines are among the rejects, with the reason', async () => {
    const folder = join(scratch.path, 'many');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.log'), 'Dear diary\nit rained\n');
    writeFileSync(join(folder, 'b.log'), `${access(0, 30).join('\n')}\n`);
    const watch: LiveWatch = { source: { type: 'file', path: join(folder, '*.log'), from: 'beginning' } };
    const first = bench('many', watch);
    await until(() => first.status().records === 30 && first.status().rejected === 2);
    expect(first.status()).toMatchObject({
      state: 'running',
      errors: 1,
      error: expect.stringMatching(/no log that Flowcase knows.*rejects/s) as string,
    });
    expect(first.rejects()).toMatchObject([
      { reason: 'NOT_RECOGNISED', text: 'Dear diary', line: 1 },
      { reason: 'NOT_RECOGNISED', text: 'it rained', line: 2 },
    ]);
    await first.close();
    appendFileSync(join(folder, 'a.log'), 'again\n');
    appendFileSync(join(folder, 'b.log'), `${access(30, 40).join('\n')}\n`);
    const second = bench('many', null);
    await until(() => second.status().records === 10 && second.status().rejected === 1);
    expect(second.rejects().at(-1)).toMatchObject({ reason: 'NOT_RECOGNISED', text: 'again', line: 3 });
    await second.close();
  });

  it('of which one has but a header yet: the others are read meanwhile, and it is when it has rows, also after a restart', async () => {
    const folder = join(scratch.path, 'headers');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.csv'), 'name,count,place\n');
    writeFileSync(join(folder, 'b.csv'), 'colour,size\nred,1\nblue,2\n');
    const watch: LiveWatch = { source: { type: 'file', path: join(folder, '*.csv'), from: 'beginning' } };
    const first = bench('headers', watch);
    await until(() => first.status().records === 2);
    await first.close();
    appendFileSync(join(folder, 'a.csv'), 'one,1,here\ntwo,2,there\n');
    const second = bench('headers', null);
    await until(() => second.status().records === 2);
    expect(second.status().error).toBe('');
    expect(second.evidence()).toEqual(
      expect.arrayContaining([
        ['a.csv', 'csv', 2, 0, 1],
        ['b.csv', 'csv', 2, 0, 1],
      ]),
    );
    expect(second.records('a').join('\n')).toMatch(/line=2\b/);
    await second.close();
  });
});

describe('a file', () => {
  it('that has too little to be recognised by is waited for', async () => {
    const path = join(scratch.path, 't.csv');
    writeFileSync(path, 'name,count,place\n');
    const { status, evidence, close } = bench('header', { source: { type: 'file', path, from: 'beginning' } });
    await until(() => status().state === 'waiting');
    expect(status()).toMatchObject({ why: expect.stringContaining('too little') as string, error: '' });
    appendFileSync(path, 'one,1,here\ntwo,2,there\n');
    await until(() => status().records === 2);
    expect(status()).toMatchObject({ state: 'running', rejected: 0 });
    expect(evidence()).toEqual([['t.csv', 'csv', 2, 0, 1]]);
    await close();
  });

  it('that was paused before its first row came goes on with the header that it had', async () => {
    const path = join(scratch.path, 'p.csv');
    writeFileSync(path, 'name,count,place\n');
    const { engine, status, evidence, close } = bench('paused', { source: { type: 'file', path, from: 'beginning' } });
    await until(() => status().bytes > 0);
    await engine.pause(1);
    appendFileSync(path, 'one,1,here\ntwo,2,there\n');
    engine.resume(1);
    await until(() => status().records === 2);
    expect(evidence()).toEqual([['p.csv', 'csv', 2, 0, 1]]);
    await close();
  });

  it('of which a generation ended with its header is empty', async () => {
    const path = join(scratch.path, 'r.csv');
    writeFileSync(path, 'name,count,place\n');
    const { status, evidence, close } = bench('generation', { source: { type: 'file', path, from: 'beginning' } });
    await until(() => status().state === 'waiting');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'name,count,place\none,1,here\ntwo,2,there\n');
    await until(() => status().records === 2);
    expect(evidence()).toEqual([['r.csv', 'csv', 2, 0, 1]]);
    await close();
  });

  it('that is no log fails, since there is nothing else to watch', async () => {
    const path = join(scratch.path, 'diary.log');
    writeFileSync(path, 'Dear diary\nit rained\n');
    const { status, close } = bench('diary', { source: { type: 'file', path, from: 'beginning' } });
    await until(() => status().state === 'failed');
    expect(status().error).toMatch(/no log that Flowcase knows/);
    await close();
  });
});
