import { expect, it } from 'vitest';
import { alertDetectors } from '../contract/live-alerts.ts';
import { watchCommands } from './commands/watch.ts';

it('help of watch names every detector, and says what cannot be kept while nobody listens', () => {
  const about = watchCommands.find(({ name }) => name === 'watch')?.about ?? '';
  for (const detector of alertDetectors) expect(about).toContain(detector);
  expect(alertDetectors).toHaveLength(9);
  expect(about).toMatch(/syslog, or through a pipe, while Flowcase is not running.* is lost/);
});
