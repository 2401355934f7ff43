import { describe, expect, it } from 'vitest';
import { madeWindows, type MadeRequest } from '../detect/testing.ts';
import { LiveAlerts } from './live-alerts.ts';
import { rulesOf } from './testing.ts';

const frame = { case: 'Test', program: 'Flowcase test' };
const requests = (from: number, to: number): MadeRequest[] =>
  Array.from({ length: (to - from) * 60 }, (_, i): MadeRequest => [from + i / 60, `10.0.0.${i % 30}`, 'a.example', 200, `/${i % 17}`]);
const attack: MadeRequest[] = Array.from({ length: 180 }, (_, i): MadeRequest => [40 + i / 90, '203.0.113.9', 'a.example', 401, '/login']);
const windows = madeWindows([...requests(0, 60), ...attack].sort((a, b) => a[0] - b[0]));

describe('from windows to what is sent', () => {
  it('one incident is one alert, sent once, the same after every restart', () => {
    const rules = rulesOf({ senders: [{ type: 'window' }] });
    let alerts = new LiveAlerts(frame, () => rules);
    const told = windows.flatMap((window) => {
      const state = alerts.save();
      alerts = new LiveAlerts(frame, () => rules);
      alerts.restore(state);
      return alerts.observe(window);
    });
    expect(told.map(({ detector, subject, state, windows: count }) => [detector, subject, state, count])).toEqual([
      ['brute-force', '203.0.113.9', 'open', 1],
      ['brute-force', '203.0.113.9', 'open', 2],
      ['brute-force', '203.0.113.9', 'closed', 2],
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    expect(told[0].why).toMatch(
      /^203\.0\.113\.9 is refused again and again: 90 refusals \(401, 403\), the busiest of the others has 0 to 0/,
    );
    expect(alerts.outbox.waiting.map(({ sender, message }) => [sender, message.type, message.alerts.length])).toEqual([
      ['window', 'alert', 1],
    ]);
    expect(alerts.learning).toEqual({ have: 20, need: 20 });
    expect(alerts.open).toEqual([]);
  });

  it('says no more what is switched off while it runs', () => {
    let off: string[] = [];
    const alerts = new LiveAlerts(frame, () => rulesOf({ off }));
    for (const window of windows.slice(0, 40)) alerts.observe(window);
    expect(alerts.observe(windows[40])).toHaveLength(1);
    off = ['brute-force', 'baseline', 'flood', 'isolation'];
    expect(alerts.observe(windows[41])).toEqual([]);
  });
});
