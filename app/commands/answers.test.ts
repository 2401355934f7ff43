import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Peer } from '../../bench/lib/query-peer.ts';
import { questionsAbout } from '../../bench/lib/questions.ts';
import { sqlitePeer } from '../../bench/lib/sqlite-peer.ts';
import { scratchFolder } from '../case/testing.ts';
import { sampleOptions } from '../generate/sample.ts';
import { generateZeekConn } from '../generate/zeek-conn.ts';
import { caseOf, type TestCase } from './testing.ts';

/** The questions of the benchmark, over more rows than a chunk holds, beside SQLite rows of the same log. */
const ROWS = 80_000;
const { path: folder, remove } = scratchFolder();
let test: TestCase | null = null;
let sqlite: Peer | null = null;

beforeAll(async () => {
  const log = join(folder, 'conn.log');
  const blocks: Uint8Array[] = [];
  await generateZeekConn({ ...sampleOptions, rows: ROWS, seed: 3 }, (block) => void blocks.push(block.slice()));
  writeFileSync(log, Buffer.concat(blocks));
  test = await caseOf(log);
  sqlite = await sqlitePeer(log, join(folder, 'conn.sqlite'));
});

afterAll(() => {
  test?.close();
  sqlite?.close();
  remove();
});

const names = questionsAbout('').map(({ name }) => [name] as const);

describe('what is asked of the columns has the answer of SQL', () => {
  it.each(names)('%s', async (name) => {
    if (test === null || sqlite === null) throw new Error('there is no case');
    const host = String(questionsAbout('')[0].ours(test.reader)[0][0]);
    const question = questionsAbout(host, 40_000).find((one) => one.name === name);
    const { rows } = await sqlite.ask(question?.sql(sqlite.div) ?? []);
    expect(rows.length).toBeGreaterThan(0);
    expect(question?.ours(test.reader)).toEqual(rows);
  });

  it('in the SQL of the case too', () => {
    if (test === null) throw new Error('there is no case');
    const [talkers] = questionsAbout('');
    const statement = talkers.sql('/')[0].replace('FROM conn ', 'FROM connections ');
    expect([...test.reader.sql(statement).rows]).toEqual(talkers.ours(test.reader));
  });
});
