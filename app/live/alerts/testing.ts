import { alertRules, type AlertMessage, type AlertRules, type LiveAlert, type NewAlert } from '../../contract/live-alerts.ts';

/** Minute of event time -> microseconds; minute 0 is 10 February 2024, 12:00 UTC. */
export const at = (minute: number): number => Date.UTC(2024, 1, 10, 12, minute) * 1000;

export const windowAt = (minute: number): { source: number; kind: string; start: number; end: number } => ({
  source: 1,
  kind: 'request',
  start: at(minute),
  end: at(minute + 1),
});

export function newAlert(minute: number, more: Partial<NewAlert> = {}): NewAlert {
  const { source, kind, start, end } = windowAt(minute);
  return {
    detector: 'scan',
    title: 'Scan',
    source,
    kind,
    subject: '203.0.113.9',
    host: '203.0.113.9',
    score: 0.6,
    severity: 'high',
    why: 'It scans.',
    doubt: 'It may not.',
    figures: [],
    window: { start, end },
    records: 10,
    filter: 'orig_h = 203.0.113.9',
    ...more,
  };
}

export const rulesOf = (rules: unknown = {}): AlertRules => alertRules.parse(rules);

export function messageOf(id: string, more: Partial<LiveAlert> = {}): AlertMessage {
  const { end, start } = windowAt(0);
  const frame = { id, state: 'open', first: start, last: end, windows: 1, raised: end, sent: 'sent' } as const;
  return { id, type: 'alert', case: 'Test', program: 'Flowcase test', alerts: [{ ...newAlert(0), ...frame, ...more }], more: 0 };
}
