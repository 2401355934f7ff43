import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewAlert } from '../../contract/live-alerts.ts';
import { AlertBook, type BookChange } from './alert-book.ts';
import { at, newAlert, rulesOf, windowAt } from './testing.ts';

const frame = { case: 'Test', program: 'Flowcase test' };

/** What comes of windows 0, 1, 2, ...; `found[minute]`: what detectors said of it. */
function play(found: Readonly<Record<number, readonly NewAlert[]>>, minutes: number, rules: unknown = {}): BookChange[] {
  const book = new AlertBook(frame);
  return Array.from({ length: minutes }, (_, minute) => book.observe(windowAt(minute), found[minute] ?? [], rulesOf(rules)));
}
const sentIn = (changes: readonly BookChange[]): number[] => changes.flatMap(({ messages }, minute) => messages.map(() => minute));

describe('the book of alerts', () => {
  it('has one open alert for each detector and subject: later windows go on with it, and it ends after quiet ones', () => {
    const changes = play(
      { 2: [newAlert(2)], 3: [newAlert(3, { score: 0.9, why: 'Worse.' })], 5: [newAlert(5, { severity: 'critical' })] },
      20,
    );
    const all = changes.flatMap(({ changed }, minute) => changed.map((alert) => ({ minute, ...alert })));
    expect(all.map(({ minute, state, windows, score, severity }) => [minute, state, windows, score, severity])).toEqual([
      [2, 'open', 1, 0.6, 'high'],
      [3, 'open', 2, 0.9, 'high'],
      [5, 'open', 3, 0.9, 'critical'],
      [10, 'closed', 3, 0.9, 'critical'],
    ]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(all[3]).toMatchObject({
      first: at(2),
      last: at(6),
      raised: at(3),
      why: 'Worse.',
      window: { start: at(3), end: at(4) },
      records: 30,
      sent: 'sent',
    });
    // as it was raised, and as it became worse than what was told
    expect(sentIn(changes)).toEqual([2, 5]);
  });

  it('others are others: another subject, detector or source', () => {
    const three = [newAlert(0), newAlert(0, { subject: 'b' }), newAlert(0, { detector: 'flood' }), newAlert(0, { source: 2 })];
    const [{ changed, messages }] = play({ 0: three }, 1);
    expect(new Set(changed.map(({ id }) => id)).size).toBe(4);
    expect(messages).toHaveLength(4);
  });

  it('is not sent again at once when it comes back, and each time twice as long not', () => {
    const every10 = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i * 10, [newAlert(i * 10)]]));
    const kept = play(every10, 300);
    // 900 s after the end: minute 10 is within 15 minutes of minute 1, and so is every later one of the longer and longer pause
    expect(sentIn(kept)).toEqual([0]);
    const changed = kept.flatMap((change) => change.changed.filter(({ windows, state }) => windows === 1 && state === 'open'));
    expect(changed.map(({ sent }) => sent)).toEqual(['sent', ...Array<string>(29).fill('again')]);
    expect(sentIn(play({ 0: [newAlert(0)], 20: [newAlert(20)] }, 40))).toEqual([0, 20]);
  });

  it('sends from a severity on; what becomes worse goes out then', () => {
    const found = {
      0: [newAlert(0, { severity: 'low' })],
      1: [newAlert(1, { severity: 'low' })],
      2: [newAlert(2, { severity: 'critical' })],
      3: [newAlert(3)],
    };
    const changes = play(found, 5);
    expect(changes.map(({ changed }) => changed[0]?.sent)).toEqual(['below', 'below', 'sent', 'sent', undefined]);
    expect(sentIn(changes)).toEqual([2]);
  });

  it('in quiet hours raises and holds, and sends one digest when they end', () => {
    // 12:00 UTC is 13:00 in Berlin
    const rules = { quiet: { from: '12:30', to: '13:10', zone: 'Europe/Berlin' } };
    const found = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [i % 12, [] as NewAlert[]]));
    for (let i = 0; i < 60; i++) found[1].push(newAlert(1, { subject: `h${i}` }));
    found[11].push(newAlert(11));
    const changes = play(found, 14, rules);
    expect(changes[1].changed.every(({ sent }) => sent === 'held')).toBe(true);
    expect(sentIn(changes)).toEqual([9, 11]);
    expect(changes[9].messages[0]).toMatchObject({ type: 'digest', more: 10 });
    expect(changes[9].messages[0].alerts).toHaveLength(50);
  });

  it('the digest tells each alert as it stands then, and counts as sent; what is over by then is over', () => {
    const rules = { quiet: { from: '12:00', to: '12:20' } };
    const found: Record<number, NewAlert[]> = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [i, i < 3 ? [newAlert(i, { subject: 'over' }), newAlert(i)] : [newAlert(i)]]),
    );
    found[10].push(newAlert(10, { severity: 'critical', score: 0.9, why: 'Worse.' }));
    const changes = play(found, 40, rules);
    expect(sentIn(changes)).toEqual([19]);
    const [{ type, alerts }] = changes[19].messages;
    expect(type).toBe('digest');
    expect(
      alerts.map(({ subject, state, windows, records, severity, sent }) => [subject, state, windows, records, severity, sent]),
    ).toEqual([
      ['203.0.113.9', 'open', 21, 210, 'critical', 'sent'],
      ['over', 'closed', 3, 30, 'high', 'sent'],
    ]);
    // the change says so too, once for each
    expect(changes[19].changed.map(({ subject, sent }) => [subject, sent])).toEqual([
      ['203.0.113.9', 'sent'],
      ['over', 'sent'],
    ]);
    expect(changes.slice(20, 36).flatMap(({ changed }) => changed.map(({ sent }) => sent))).not.toContain('held');
  });

  it('what a digest cannot hold are the least severe, and are counted', () => {
    const found = { 0: Array.from({ length: 52 }, (_, i) => newAlert(0, { subject: `h${i}`, severity: i > 49 ? 'critical' : 'high' })) };
    const changes = play(found, 3, { quiet: { from: '12:00', to: '12:02' } });
    const [{ alerts, more }] = changes[1].messages;
    expect([alerts.length, more, alerts[0].subject, alerts[1].subject]).toEqual([50, 2, 'h50', 'h51']);
    expect(changes[1].changed.filter(({ sent }) => sent === 'limited').map(({ subject }) => subject)).toEqual(['h48', 'h49']);
  });

  it('what has become worse than what was told goes out, once for each severity', () => {
    const of = (minute: number, severity: NewAlert['severity']): NewAlert[] => [newAlert(minute, { severity })];
    const grown = { 0: of(0, 'medium'), 1: of(1, 'medium'), 2: of(2, 'critical'), 3: of(3, 'medium'), 4: of(4, 'critical') };
    const changes = play(grown, 20);
    expect(sentIn(changes)).toEqual([0, 2]);
    expect(changes[2].messages[0].alerts[0].severity).toBe('critical');
    expect(changes[2].messages[0].id).not.toBe(changes[0].messages[0].id);
    // raised again within `again` it is still the same matter: only what is worse than what was told
    const comes = (severity: NewAlert['severity']): number[] =>
      sentIn(play({ 0: of(0, 'medium'), 10: of(10, severity), 11: of(11, severity), 20: of(20, severity) }, 30));
    expect(comes('medium')).toEqual([0]);
    expect(comes('critical')).toEqual([0, 10]);
    // of what was too slight nothing was told
    expect(sentIn(play({ 0: of(0, 'low'), 10: of(10, 'high') }, 20))).toEqual([10]);
  });

  it('what becomes worse keeps to the quiet hours and to the number of an hour', () => {
    const worse = { 0: [newAlert(0, { severity: 'medium' })], 5: [newAlert(5, { severity: 'critical' })] };
    const changes = play({ ...worse, 1: [newAlert(1, { severity: 'medium' })] }, 20, { quiet: { from: '12:02', to: '12:15' } });
    expect(changes[5].changed[0].sent).toBe('held');
    expect(changes.flatMap(({ messages }, minute) => messages.map(({ type }) => [minute, type]))).toEqual([
      [0, 'alert'],
      [14, 'digest'],
    ]);
    const every = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [i, [newAlert(i, { severity: i < 3 ? 'medium' : 'high' })]]));
    // it must wait for the hour to be over, and goes then
    expect(sentIn(play(every, 70, { perHour: 1 }))).toEqual([0, 60]);
  });

  it('sends so many in an hour and no more', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i, [newAlert(i, { subject: `h${i}` })]]));
    const changes = play(many, 100, { perHour: 10 });
    expect(sentIn(changes)).toEqual([...Array.from({ length: 10 }, (_, i) => i), ...Array.from({ length: 10 }, (_, i) => 60 + i)]);
    expect(changes[20].changed[0].sent).toBe('limited');
  });

  it('the same windows give the same, saved and restored between any two', () => {
    const alert = fc.record({
      subject: fc.constantFrom('a', 'b'),
      severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
      score: fc.constantFrom(0.5, 0.7),
    });
    fc.assert(
      fc.property(fc.array(fc.array(alert, { maxLength: 2 }), { maxLength: 80 }), (minutes) => {
        const rules = rulesOf({ quiet: { from: '12:20', to: '12:40' }, again: 600, perHour: 5, quietWindows: 3 });
        const found = minutes.map((alerts, minute) => alerts.map((one) => newAlert(minute, one as Partial<NewAlert>)));
        const straight = new AlertBook(frame);
        let restored = new AlertBook(frame);
        for (const [minute, alerts] of found.entries()) {
          const state: unknown = JSON.parse(JSON.stringify(restored.save()));
          restored = new AlertBook(frame);
          restored.restore(state);
          expect(restored.observe(windowAt(minute), alerts, rules)).toEqual(straight.observe(windowAt(minute), alerts, rules));
        }
      }),
    );
  });
});

describe('what a person sets', () => {
  it.each([
    [{ quiet: { from: '24:00', to: '07:00' } }, /time of day/],
    [{ quiet: { from: '22:00', to: '07:00', zone: 'Mars/Olympus' } }, /time zone/],
    [{ senders: [{ type: 'webhook', url: 'http://example.com/hook' }] }, /https/],
    [{ senders: [{ type: 'webhook', url: 'https://a:b@example.com/' }] }, /https/],
    [{ senders: [{ type: 'window' }, { type: 'window' }] }, /same name/],
    [{ senders: [{ type: 'kafka', topic: 'a b' }] }, /topic/],
  ])('%j is refused', (rules, words) => {
    expect(() => rulesOf(rules)).toThrow(words);
  });

  it('an empty object sends nothing anywhere', () => {
    expect(rulesOf()).toMatchObject({ severity: 'medium', quiet: null, senders: [], off: [] });
  });
});
