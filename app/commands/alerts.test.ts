import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseReader, CaseWriter } from '../case/types.ts';
import type { KeptAlert } from '../contract.ts';
import { listAlerts } from './live.ts';

const scratch = scratchFolder();
const ALL = 10_000;
let writer: CaseWriter;
let reader: CaseReader;

const finding = { kind: 'flood', title: 'Flood', subject: 'shop', host: '', score: 0.9, why: '', doubt: '', of: 'requests' } as const;

/** Every seventh goes on. */
function raise(from: number, to: number): void {
  writer.live.commit((transaction) => {
    for (let i = from; i < to; i++) {
      const { id } = transaction.raise(`flood ${i}`, { ...finding, severity: 'high' }, new Float64Array(), { id: `flood-${i}` });
      if (i % 7 !== 0) transaction.updateAlert(id, { open: false, data: { id: `flood-${i}` } });
    }
  });
}

function allPages(asked: { readonly open: boolean; readonly limit: number }, between: (page: number) => void): KeptAlert[] {
  const all: KeptAlert[] = [];
  for (let before: number | undefined, pages = 0; ; pages++) {
    const page = listAlerts(reader, { ...asked, before });
    all.push(...page);
    if (page.length < asked.limit) return all;
    before = page.at(-1)?.number;
    between(pages);
    reader.refresh();
  }
}

beforeAll(() => {
  writer = createCase(`${scratch.path}/a.flowcase`, caseFields);
  raise(0, ALL);
  reader = openCaseForReading(writer.path);
});
afterAll(() => {
  reader.close();
  writer.close();
  scratch.remove();
});

it('10,000 alerts come in pages, each of them once and in one order, although others are raised meanwhile', () => {
  const told = allPages({ open: false, limit: 700 }, (page) => raise(ALL + page * 3, ALL + page * 3 + 3));
  expect(told.map(({ id }) => id)).toEqual(Array.from({ length: ALL }, (_, i) => `flood-${ALL - 1 - i}`));
  const numbers = told.map(({ number }) => number);
  expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
});

it('so do those that are open, and those that came after a number', () => {
  const open = allPages({ open: true, limit: 100 }, () => undefined);
  expect(open.length).toBeGreaterThan(ALL / 7);
  expect(open.every(({ id }) => Number(id.slice(6)) % 7 === 0)).toBe(true);
  const [latest] = listAlerts(reader, { open: false, limit: 1 });
  expect(listAlerts(reader, { open: false, limit: 10, after: latest.number - 2 }).map(({ number }) => number)).toEqual([
    latest.number,
    latest.number - 1,
  ]);
  expect(listAlerts(reader, { open: false, limit: 10, after: latest.number })).toEqual([]);
  expect(listAlerts(reader, { open: false, limit: 10, before: 1 })).toEqual([]);
});
