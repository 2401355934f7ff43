import { describe, expect, it } from 'vitest';
import { connColumns, everyRow, memoryTable } from '../features/testing.ts';
import { selectRows } from '../features/selection.ts';
import type { Labels, Selection } from '../features/types.ts';
import { unwatched } from '../learn/pace.ts';
import { NO_CLASS } from '../learn/types.ts';
import { shortList, splitterOf } from './train-split.ts';

const rows = 60;
const records = Array.from({ length: rows }, (_, i) => ({ ts: i * 1e6, orig_h: `10.0.0.${i % 6}`, resp_h: '192.0.2.1' }));
const codes = Uint16Array.from({ length: rows }, (_, i) => (i === 7 ? 2 : i % 5 === 4 ? NO_CLASS : i % 2));
const counts = [0, 1, 2].map((code) => codes.filter((one) => one === code).length);
const labels: Labels = { column: 'label', classes: ['a', 'b', 'rare'], codes, counts, unlabelled: 12, ambiguous: 0 };
const selection = (): Promise<Selection> => selectRows(memoryTable(records, { columns: connColumns }), everyRow, unwatched());

describe('a split of labelled rows', () => {
  it('by chance learns from what is too rare to be asked about, and says so', async () => {
    const splitter = splitterOf('random', labels, await selection(), 1);
    const { train, test } = splitter.once(0.25);
    expect([...train].includes(7)).toBe(true);
    expect(new Set([...train, ...test]).size).toBe(48);
    expect([...train, ...test].every((row) => codes[row] !== NO_CLASS)).toBe(true);
    expect(splitter.remarks.join(' ')).toContain('learned from only: rare');
    for (const fold of splitter.folds(3)) expect([[...fold.train].includes(7), [...fold.test].includes(7)]).toEqual([true, false]);
  });

  it('by hosts has no originator on both sides', async () => {
    const splitter = splitterOf('host', labels, await selection(), 1);
    for (const { train, test } of [splitter.once(0.3), ...splitter.folds(3)]) {
      const hosts = new Set(Array.from(train, (row) => row % 6));
      expect(test.length).toBeGreaterThan(0);
      expect([...test].some((row) => hosts.has(row % 6))).toBe(false);
    }
  });

  it('by time learns from what came before', async () => {
    const splitter = splitterOf('time', labels, await selection(), 1);
    for (const { train, test } of [splitter.once(0.25), ...splitter.folds(3)]) expect(Math.max(...train)).toBeLessThan(Math.min(...test));
  });

  it('keeps nothing back where nothing is asked for, and its folds to the rows they are given', async () => {
    const splitter = splitterOf('random', labels, await selection(), 1);
    const all = splitter.once(0);
    expect([all.train.length, all.test.length]).toEqual([48, 0]);
    const some = all.train.filter((row) => row < 30);
    const tested = splitter.foldsOf(some, 2).flatMap(({ test }) => [...test]);
    expect(tested.every((row) => row < 30)).toBe(true);
    expect(new Set(tested).size).toBe(some.length - 1);
  });
});

it('a list of reasons is not cut within a word', () => {
  const reason = `bytes (a copy of the label: its 12 values tell the class of every record that has one, which is all of them)`;
  expect(shortList([reason, 'b'])).toBe(`${reason}, b`);
  expect(shortList(['word '.repeat(100)])).toMatch(/^(word )+word…$/);
  expect(shortList(['x'.repeat(500)])).toBe(`${'x'.repeat(160)}…`);
});
