import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WebSocketRoute } from '@playwright/test';
import { createCase as openNewCase } from '../app/case/open.ts';
import type { KeptAlert, LiveStatus } from '../app/contract.ts';
import { decodeFrame, encodeFrame } from '../app/contract/wire.ts';
import { createCase, look, section } from './acts.ts';
import { expect, test } from './fixtures.ts';

/** A status as the core tells it, and one of many. */
const status = (at: number, alerts = 0): LiveStatus => ({
  at: at * 1e6,
  running: true,
  sources: Array.from({ length: 12 }, (_, id) => ({
    id: id + 1,
    name: id === 3 ? '<b>bold</b> \u202eevil' : `/srv/www/a/very/deep/folder/of/a/hosting/company/customer-${id}/logs/access.log`,
    watch: { source: { type: 'file', path: `/srv/${id}.log`, from: 'end' } },
    state: (['running', 'waiting', 'failed', 'paused'] as const)[id % 4] ?? 'running',
    why: id % 4 === 2 ? 'the folder cannot be read: permission denied' : id % 4 === 1 ? 'for the file to appear' : '',
    kind: 'request',
    format: 'access',
    formatTitle: 'Web access log (Combined)',
    evidence: id + 1,
    records: at * 31 + id,
    rejected: id,
    bytes: at * 4711,
    rate: 100 + (at % 50),
    lagBytes: at % 3 === 0 ? 0 : 12_000,
    lagRecords: null,
    late: 0,
    early: 0,
    behind: 1.5,
    lastRecord: at * 1e6,
    lastCommit: at * 1e6,
    errors: id % 4 === 2 ? 3 : 0,
    error: id % 4 === 2 ? 'permission denied' : '',
  })),
  rates: Array.from({ length: 60 }, (_, second) => 300 + ((at + second) % 97)),
  held: '',
  alerts,
  learning: { have: 7, need: 30 },
  caseBytes: 412_000_000,
});

const alert = (number: number, at: number): KeptAlert => ({
  number,
  finding: number,
  id: `baseline-${number}`,
  state: 'open',
  detector: 'baseline',
  title: 'Unusual window',
  source: null,
  kind: 'request',
  subject: `10.0.${Math.floor(number / 250)}.${number % 250}`,
  host: `10.0.${Math.floor(number / 250)}.${number % 250}`,
  score: 0.8,
  severity: number % 2 === 0 ? 'critical' : 'medium',
  why: '412 requests, its usual is 9 to 31 <img src=x onerror=alert(1)>',
  doubt: 'A crawler looks like this too.',
  figures: [],
  window: { start: (at - 60) * 1e6, end: at * 1e6 },
  records: 412,
  filter: 'status = 404',
  first: (at - 60) * 1e6,
  last: at * 1e6,
  windows: 1,
  raised: at * 1e6,
  sent: 'sent',
});

test.describe('live in a browser', () => {
  test.skip(({ host }) => host === 'electron', 'what the core says is put between browser and host');

  test('says of a case that is only read that it cannot watch, and shows what another Flowcase receives into it', async ({ running }) => {
    const { page, folder, another } = running;
    const log = join(folder, 'access.log');
    const line = '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n';
    writeFileSync(log, line.repeat(20));
    await createCase(running, 'Beside');
    const path = join(folder, readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.flowcase')) ?? '');
    const reader = await another(path);
    const beside = { ...running, page: reader };
    await reader.getByRole('alert').getByRole('button', { name: 'Open for reading only' }).click();
    await section(beside, 'Live');
    await expect(reader.getByText('It cannot watch. Open it for writing to do so.')).toBeVisible();
    await expect(reader.getByRole('button', { name: /^Watch/ })).toHaveCount(0);
    await section(running, 'Live');
    await page.getByRole('button', { name: 'Watch a file…' }).click();
    await page.getByLabel('Path or pattern').fill(log);
    await page.getByRole('button', { name: 'Watch', exact: true }).click();
    await reader.getByRole('tab', { name: 'Tail' }).click();
    const rows = reader.getByRole('grid', { name: 'The latest Requests' });
    await expect(rows).toHaveAttribute('aria-rowcount', '21');
    appendFileSync(log, line.repeat(5));
    await expect(rows).toHaveAttribute('aria-rowcount', '26');
    await look(beside, 'live-read-only');
    await reader.getByRole('tab', { name: 'Rules' }).click();
    await expect(reader.getByLabel('Width in seconds')).toBeDisabled();
  });

  test('lists 10,000 alerts page by page, and what is looked at stays where it is', async ({ running }) => {
    test.setTimeout(240_000);
    const { folder, another, complaints } = running;
    const path = join(folder, 'many.flowcase');
    const writer = openNewCase(path, { name: 'Many', number: '', examiner: '', who: 'ada', program: 'Flowcase 0' });
    const all = 10_000;
    const second = Math.floor(Date.now() / 1000);
    writer.live.commit((transaction) => {
      for (let i = 1; i <= all; i++) {
        const data = { ...alert(i, second - all + i), state: 'closed' as const };
        const { id } = transaction.raise(data.id, { ...data, kind: 'live-baseline', of: 'requests' }, new Float64Array(), data);
        transaction.updateAlert(id, { open: false, data });
      }
    });
    writer.close();
    const page = await another(path);
    await section({ ...running, page }, 'Live');
    await page.getByRole('tab', { name: 'Alerts' }).click();
    const grid = page.getByRole('grid', { name: 'Alerts' });
    await expect(grid).toHaveAttribute('aria-rowcount', '2001');
    await grid.focus();
    await page.keyboard.press('End');
    const last = grid.getByRole('gridcell', { name: alert(all - 1999, 0).subject, exact: true });
    await expect(last).toBeVisible();
    for (let listed = 4000; listed <= all; listed += 2000) {
      const before = await last.boundingBox();
      await page.getByRole('button', { name: 'Older ones' }).click();
      await expect(grid).toHaveAttribute('aria-rowcount', String(listed + 1));
      expect(await last.boundingBox()).toEqual(before);
    }
    // the last page was full: only one more that is empty says that there is nothing before it
    await page.getByRole('button', { name: 'Older ones' }).click();
    await expect(page.getByRole('button', { name: 'Older ones' })).toHaveCount(0);
    await grid.focus();
    await page.keyboard.press('End');
    await expect(grid.getByRole('gridcell', { name: alert(1, 0).subject, exact: true })).toBeVisible();
    await look({ ...running, page }, 'live-alerts-older');
    expect(complaints).toEqual([]);
  });

  test('asks for a topic field by field, and says why a broker does not answer', async ({ running }) => {
    const { page } = running;
    await createCase(running, 'Topic');
    await section(running, 'Live');
    await page.getByRole('button', { name: 'Watch a Kafka topic…' }).click();
    await page.getByRole('button', { name: 'Watch', exact: true }).click();
    await expect(page.getByText('This is needed.')).toHaveCount(2);
    await page.getByLabel('Brokers').fill('me:secret@broker:9092');
    await expect(page.getByText('A name and password never stand here')).toBeVisible();
    await page.getByLabel('Brokers').fill('kafka://127.0.0.1:9/access?group=soc&field=message');
    await expect(page.getByLabel('Topic')).toHaveValue('access');
    await expect(page.getByLabel('Consumer group')).toHaveValue('soc');
    await expect(page.getByLabel('The key')).toHaveValue('message');
    await look(running, 'live-kafka');
    await page.getByRole('button', { name: 'Watch', exact: true }).click();
    const row = page.getByRole('grid', { name: 'Sources' }).getByRole('row').nth(1);
    await expect(row).toContainText('waiting');
    await row.click();
    await expect(page.getByText('nothing listens on this port').first()).toBeVisible();
  });

  test('draws hundreds of seconds and thousands of alerts without growing', async ({ running }) => {
    const { page, complaints } = running;
    await createCase(running, 'Long');
    let route: WebSocketRoute | null = null;
    const second = Math.floor(Date.now() / 1000);
    await page.routeWebSocket('**/contract', (socket) => {
      route = socket;
      const server = socket.connectToServer();
      const asked = new Map<number, string>();
      socket.onMessage((message) => {
        const frame = decodeFrame(toBuffer(message)) as { readonly call: number; readonly name: string };
        asked.set(frame.call, frame.name);
        server.send(message);
      });
      server.onMessage((message) => {
        const frame = decodeFrame(toBuffer(message)) as { readonly call?: number };
        const name = frame.call === undefined ? undefined : asked.get(frame.call);
        if (frame.call !== undefined) asked.delete(frame.call);
        if (name === 'live.status') socket.send(Buffer.from(encodeFrame({ call: frame.call, output: status(second) })));
        else socket.send(message);
      });
    });
    await page.goto(new URL(page.url()).origin);
    await section(running, 'Live');
    await expect(page.getByText('12 sources, 3 failed')).toBeVisible();
    await expect(page.getByText('Learning what is usual: 7 of 30 windows.')).toBeVisible();
    const tell = (event: string, payload: unknown): void => route?.send(Buffer.from(encodeFrame({ event, payload })));
    const devtools = await page.context().newCDPSession(page);
    const weigh = async (): Promise<{ heap: number; nodes: number; listeners: number }> => {
      for (let at = 0; at < 3; at++) await devtools.send('HeapProfiler.collectGarbage');
      const { usedSize } = await devtools.send('Runtime.getHeapUsage');
      const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
      return { heap: usedSize, nodes, listeners: jsEventListeners };
    };
    let ticks = 0;
    const run = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at++) {
        ticks++;
        tell('live', status(second + ticks));
        // so that each is drawn by itself
        await page.evaluate('new Promise((done) => requestAnimationFrame(() => done(null)))');
      }
    };
    await run(150);
    const before = await weigh();
    await run(450);
    const after = await weigh();
    expect(after.nodes).toBeLessThan(before.nodes + 200);
    expect(after.listeners).toBeLessThan(before.listeners + 50);
    // a leak of one status a second would be some megabytes
    expect(after.heap - before.heap).toBeLessThan(1_500_000);
    const canvases = page.locator('canvas');
    await expect(canvases).toHaveCount(1);

    // the display stands still while it is paused, and catches up
    await page.keyboard.press('Space');
    const rate = page.getByText(/in the latest second/);
    const stood = await rate.innerText();
    await run(5);
    expect(await rate.innerText()).toBe(stood);
    await expect(page.getByText('The display stands still.')).toBeVisible();
    await page.keyboard.press('Space');
    await expect(rate).not.toHaveText(stood);

    // alerts: told once for many, counted in the rail, listed without end, opened
    for (let number = 1; number <= 2500; number++) tell('alert', alert(number, second));
    tell('live', status(second + ++ticks, 2500));
    await expect(page.getByText(/alerts, the worst: Unusual window/).first()).toBeVisible();
    await expect(page.getByRole('navigation').getByRole('button', { name: /^Live/ })).toContainText('2,500 alerts');
    await look(running, 'live-many');
    await page.getByRole('tab', { name: /Alerts/ }).click();
    await expect(page.getByRole('grid', { name: 'Alerts' })).toHaveAttribute('aria-rowcount', '2001');
    await page.locator('[data-row="2"][data-column="3"]').click();
    await expect(page.getByRole('complementary').getByText('A crawler looks like this too.')).toBeVisible();
    const row = page.locator('[role=row][aria-selected=true]');
    const chosen = await row.innerText();
    tell('alert', alert(2501, second));
    await expect(page.locator('[data-row="0"]').filter({ hasText: '10.0.10.1' })).toHaveCount(1);
    await expect(row).toHaveText(chosen, { useInnerText: true });
    await look(running, 'live-alerts');
    await page.setViewportSize({ width: 1024, height: 700 });
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Now' }).click();
    await look(running, 'live-small');
    expect(complaints).toEqual([]);
  });
});

function toBuffer(message: string | Buffer): ArrayBuffer {
  const bytes = typeof message === 'string' ? Buffer.from(message) : message;
  return Uint8Array.from(bytes).buffer;
}
