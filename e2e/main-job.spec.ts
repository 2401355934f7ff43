import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { importLog, look, section, writeLog } from './acts.ts';
import { expect, test } from './fixtures.ts';

const root = join(import.meta.dirname, '..');

test('the main job: create, import, cluster, look, tag, report, verify', async ({ running }) => {
  const { page, folder, complaints } = running;
  const log = await writeLog(folder, 12_000);
  const original = statSync(log);
  await look(running, 'start');

  await page.getByLabel('Name').fill('Harbour <b>Light</b>');
  await page.getByLabel('Number').fill('2026-0417');
  await page.getByLabel('Examiner').fill('M. Okafor');
  await page.getByRole('button', { name: 'Create case' }).click();

  await section(running, 'Evidence');
  await importLog(running, 'conn.log');
  await expect(page.getByRole('navigation').getByText('12,001')).toBeVisible();
  await expect(page.getByText('not a record')).toBeVisible();
  await look(running, 'evidence');

  await section(running, 'Overview');
  await expect(page.getByRole('heading', { name: 'Connections over time' })).toBeVisible();
  await look(running, 'overview');

  await section(running, 'Records');
  await page.keyboard.press('/');
  await page.keyboard.type('service ~ script');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Filter' })).toHaveCount(0);
  await expect(page.getByText('<script>alert(1)</script>').first()).toBeVisible();
  await look(running, 'connections');
  await page.getByRole('button', { name: 'Clear' }).first().click();

  await section(running, 'Clusters');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: /Run 1 · k-means, k = 7/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: /Two principal components/ })).toBeVisible();
  await look(running, 'clusters');
  await page
    .getByRole('button', { name: 'Inspect' })
    .or(page.getByText('Inspect', { exact: true }))
    .first()
    .click();
  const inspector = page.getByRole('complementary');
  await inspector.getByRole('button', { name: 'Tag…' }).click();
  await page.getByLabel('Tag', { exact: true }).fill('suspect');
  await page.getByLabel('Note').fill('regular calls to one address');
  await page.getByRole('button', { name: 'Tag', exact: true }).click();
  await section(running, 'Tags and notes');
  await expect(page.getByText('regular calls to one address').first()).toBeVisible();
  await look(running, 'tags');

  await section(running, 'Hosts');
  await look(running, 'hosts');
  await section(running, 'Findings');
  await look(running, 'findings');

  await section(running, 'Report');
  const report = join(folder, 'report.pdf');
  await page.getByRole('textbox', { name: 'File', exact: true }).fill(report);
  await page.getByRole('button', { name: 'Write report' }).click();
  await expect.poll(() => existsSync(report)).toBe(true);
  await expect(page.getByText(/SHA-256/).first()).toBeVisible();
  expect(readFileSync(report).subarray(0, 5).toString()).toBe('%PDF-');
  await look(running, 'report');

  await section(running, 'Custody');
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByText('case.verified').first()).toBeVisible();
  await look(running, 'custody');

  // the original is as it was
  const now = statSync(log);
  expect([now.size, now.mtimeMs]).toEqual([original.size, original.mtimeMs]);
  copyFileSync(report, join(root, 'test-results', 'screens', 'report.pdf'));
  expect(complaints).toEqual([]);
});
