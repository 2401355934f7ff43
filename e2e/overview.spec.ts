import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessGenerator } from '../app/generate/access.ts';
import { caseWithLog, createCase, importLog, look, section } from './acts.ts';
import { expect, test, type Running } from './fixtures.ts';

/** A web log of so many requests, with planted attacks, in the case. */
async function addWebLog(running: Running, rows: number): Promise<void> {
  await accessGenerator.generate({ rows, seed: 5 }, (block) => appendFileSync(join(running.folder, 'access.log'), block));
  await section(running, 'Evidence');
  await importLog(running, 'access.log');
  await expect(running.page.getByText(/records from access\.log/)).toBeVisible();
}

test.describe('the overview', () => {
  test('of a case with only a web log speaks of requests; every bar is a filter', async ({ running }) => {
    const { page, complaints } = running;
    await createCase(running, 'Web');
    await addWebLog(running, 5000);
    await section(running, 'Overview');
    await expect(page.getByRole('group', { name: 'Kind of record' })).toHaveCount(0);
    for (const title of ['Requests over time', 'Clients', 'Paths', 'Statuses', 'Methods', 'User agents'])
      await expect(page.getByRole('heading', { name: title, exact: true })).toBeVisible();
    await expect(page.getByText(/of [\d,]+ requests$/)).toBeVisible();
    await look(running, 'overview-requests');

    await page.getByRole('button', { name: /^404/ }).click();
    await expect(page.getByRole('search').getByText('status')).toBeVisible();
    await expect(page.getByText(/404 leads with 100/)).toBeVisible();
    // the filter goes along to hosts and records
    await section(running, 'Records');
    await expect(page.getByRole('search').getByText('status')).toBeVisible();
    await section(running, 'Hosts');
    await expect(page.getByRole('search').getByText('status')).toBeVisible();
    await expect(page.getByTitle(/^Open the page of/).first()).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test('of a case with both has a switch, and each kind its filter', async ({ running }) => {
    const { page } = running;
    await caseWithLog(running, 1000);
    await addWebLog(running, 1000);
    await section(running, 'Overview');
    await expect(page.getByText('1,001 of 1,001 connections')).toBeVisible();
    await page.getByRole('button', { name: /^Requests/ }).click();
    await expect(page.getByRole('heading', { name: 'Paths', exact: true })).toBeVisible();
    await page.getByRole('button', { name: /^GET/ }).first().click();
    await expect(page.getByRole('search').getByText('method')).toBeVisible();
    await page
      .getByRole('button', { name: /^Connections/ })
      .first()
      .click();
    await expect(page.getByText('1,001 of 1,001 connections')).toBeVisible();
  });
});
