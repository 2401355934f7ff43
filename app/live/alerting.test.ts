import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForWriting } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { KeptAlert } from '../contract.ts';
import { Alerting } from './alerting.ts';
import { rulesOf } from './alerts/testing.ts';
import { madeWindows, type MadeRequest } from './detect/testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const usual: MadeRequest[] = Array.from({ length: 3600 }, (_, i): MadeRequest => [
  i / 60,
  `10.0.0.${i % 30}`,
  'a.example',
  200,
  `/${i % 17}`,
]);
const attack: MadeRequest[] = Array.from({ length: 270 }, (_, i): MadeRequest => [40 + i / 90, '203.0.113.9', 'a.example', 401, '/login']);
const windows = madeWindows([...usual, ...attack].sort((a, b) => a[0] - b[0]));

it('what is told of an alert is how it stands: as it is raised, goes on, and is over', () => {
  const writer = createCase(`${scratch.path}/a.flowcase`, caseFields);
  const told: KeptAlert[] = [];
  const alerting = new Alerting({
    live: writer.live,
    rules: () => rulesOf(),
    frame: { case: 'a', program: 'Flowcase 0' },
    matching: () => new Float64Array(),
    tell: (alert) => told.push(alert),
    means: { produce: () => Promise.resolve(), notify: () => undefined },
  });
  for (const window of windows) {
    writer.live.commit((transaction) => alerting.settle(transaction, [window]));
    alerting.committed();
  }
  expect(told.map(({ number, state, windows: count }) => [number, state, count])).toEqual([
    [1, 'open', 1],
    [1, 'open', 2],
    [1, 'open', 3],
    [1, 'closed', 3],
  ]);
  expect(alerting.status.alerts).toBe(0);
  expect(writer.live.alerts(false).map(({ open, data }) => [open, (data as KeptAlert).windows])).toEqual([[false, 3]]);
  writer.close();
});

it('what was held and is over is told in the digest, and is the same alert still, also for whoever begins anew', () => {
  const path = `${scratch.path}/held.flowcase`;
  let writer = createCase(path, caseFields);
  const told: KeptAlert[] = [];
  const begin = (): Alerting =>
    new Alerting({
      live: writer.live,
      rules: () => rulesOf({ quiet: { from: '00:00', to: '00:50' }, quietWindows: 2 }),
      frame: { case: 'a', program: 'Flowcase 0' },
      matching: () => new Float64Array(),
      tell: (alert) => told.push(alert),
      means: { produce: () => Promise.resolve(), notify: () => undefined },
    });
  let alerting = begin();
  for (const window of windows) {
    writer.live.commit((transaction) => alerting.settle(transaction, [window]));
    alerting.committed();
    if (told.at(-1)?.state !== 'closed' || told.length > 4) continue;
    writer.close();
    writer = openCaseForWriting(path, caseFields);
    alerting = begin();
  }
  expect(told.map(({ number, state, windows: count, sent }) => [number, state, count, sent])).toEqual([
    [1, 'open', 1, 'held'],
    [1, 'open', 2, 'held'],
    [1, 'open', 3, 'held'],
    [1, 'closed', 3, 'held'],
    [1, 'closed', 3, 'sent'],
  ]);
  expect(writer.live.alerts(false).map(({ data }) => (data as KeptAlert).sent)).toEqual(['sent']);
  writer.close();
});
