import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcome, request, importRecords, testRecords } from '../case/testing.ts';
import { commands } from '../contract.ts';
import { caseOf, checked, type TestCase } from './testing.ts';
import { createWriteHandlers, type WriteHandlers } from './write.ts';

let test: TestCase;
let write: WriteHandlers;
beforeEach(async () => {
  test = await caseOf();
  importRecords(test.writer, testRecords(100), 'one.log', 40);
  write = createWriteHandlers(test.writer, test.reader);
});
afterEach(() => test.close());

const records = (ids: number[]) => ({ type: 'records' as const, kind: 'connection' as const, ids });
const through = (filter: string) => ({ type: 'filter' as const, kind: 'connection' as const, filter });

describe('the write commands', () => {
  it('carry out every write command of the contract', () => {
    const names = Object.entries(commands)
      .filter(([, { access }]) => access === 'write')
      .map(([name]) => name);
    expect(Object.keys(write).sort()).toEqual(names.sort());
  });

  it('change the names of the case', async () => {
    const info = await write['case.update'](checked('case.update', { name: 'B', number: '7', examiner: 'Eve' }));
    expect(info).toMatchObject({ name: 'B', number: '7', examiner: 'Eve' });
  });

  it('tag the records that a filter means, and keep the filter', async () => {
    const { tagged, tagging } = await write['tag.add'](
      checked('tag.add', { name: 'web', target: through('resp_p = 443 and id < 50'), color: 'red', note: 'look' }),
    );
    expect(tagged).toBe(25);
    test.reader.refresh();
    expect(test.reader.tags().taggings).toMatchObject([
      { id: tagging, name: 'web', color: 'red', note: 'look', target: { type: 'records', count: 25, filter: 'resp_p = 443 and id < 50' } },
    ]);
  });

  it('tag records by id, in any order and given twice', async () => {
    const { tagged, tagging } = await write['tag.add'](checked('tag.add', { name: 'a', target: records([99, 5, 5, 41]) }));
    expect(tagged).toBe(3);
    await write['tag.note']({ tagging, note: 'later' });
    test.reader.refresh();
    expect(test.reader.tags().taggings[0]).toMatchObject({ note: 'later', target: { sample: [5, 41, 99] } });
    const removed = await write['tag.remove']({ tagging });
    expect(removed).toMatchObject({ tagging, tagged: 3 });
    await write['tag.undo']({ undo: removed.undo });
    test.reader.refresh();
    expect(test.reader.tags().taggings).toHaveLength(1);
  });

  it('see what was imported a moment ago', async () => {
    importRecords(test.writer, testRecords(10, 1000), 'two.log');
    const { tagged } = await write['tag.add'](checked('tag.add', { name: 'new', target: through('evidence = two.log') }));
    expect(tagged).toBe(10);
  });

  it.each([
    [through('resp_p = 9'), 'NOT_FOUND'],
    [through('resp_q = 9'), 'FILTER_FIELD'],
    [through('resp_p ='), 'FILTER_SYNTAX'],
    [records([3, 100_000]), 'NOT_FOUND'],
    [{ type: 'cluster' as const, run: 4, cluster: 1 }, 'NOT_FOUND'],
    [{ type: 'host' as const, host: '203.0.113.9' }, 'NOT_FOUND'],
  ])('refuse %j with %s, and leave the case as it was', (target, code) => {
    const before = test.writer.info();
    expect(() => write['tag.add'](checked('tag.add', { name: 'x', target }))).toThrow(expect.objectContaining({ code }) as Error);
    expect(test.writer.info()).toEqual(before);
  });

  it('name clusters and remove evidence', async () => {
    test.reader.refresh();
    test.writer.saveRun(request, outcome(test.reader));
    expect(await write['cluster.name'](checked('cluster.name', { run: 1, cluster: 1, suspect: true }))).toBeNull();
    test.reader.refresh();
    expect(test.reader.run(1).clusters[0]).toMatchObject({ suspect: true, name: '' });
    expect(await write['evidence.remove']({ evidence: 1 })).toBeNull();
    expect(test.writer.info()).toMatchObject({ evidence: 0, connections: 0 });
  });
});
