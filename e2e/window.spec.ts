import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseWithLog, createCase, section, writeLog } from './acts.ts';
import { expect, test } from './fixtures.ts';

test.describe('the window', () => {
  test('writes tables as CSV and Parquet: the rows of the filter, the hosts, the findings, the custody log', async ({ running }) => {
    const { page, folder } = running;
    await caseWithLog(running, 3000);

    const save = async (name: string, format?: string): Promise<string> => {
      const path = join(folder, name);
      await page.getByRole('button', { name: 'Export…' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Folder').fill(folder);
      await dialog.getByRole('button', { name: 'Go', exact: true }).click();
      await dialog.getByLabel('File name').fill(name);
      if (format !== undefined) await dialog.getByLabel('Format').selectOption({ label: format });
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('status').filter({ hasText: name })).toBeVisible();
      return readFileSync(path, 'utf8');
    };

    await section(running, 'Records');
    await page.keyboard.press('/');
    await page.keyboard.type('resp_p = 53');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/Responder port 53:\s+[\d,]+ connections/)).toBeVisible();
    const said = /:\s+([\d,]+) connections/.exec(await page.getByText(/Responder port 53:/).innerText())?.[1] ?? '';
    const rows = (await save('dns.csv')).trimEnd().split('\n');
    expect(rows.length - 1).toBe(Number(said.replaceAll(',', '')));
    expect(rows[0]).toContain('resp_p');
    await page.getByRole('button', { name: 'Clear', exact: true }).click();

    await section(running, 'Hosts');
    const hosts = (await save('hosts.csv')).trimEnd().split('\n');
    expect(hosts.length).toBeGreaterThan(10);
    // a name with the ending of another format is of that format
    expect((await save('hosts.parquet')).slice(0, 4)).toBe('PAR1');
    await section(running, 'Custody');
    // what was taken last is offered first
    await page.getByRole('button', { name: 'Export…' }).first().click();
    await expect(page.getByRole('dialog').getByLabel('Format')).toHaveValue('parquet');
    await page.getByRole('dialog').getByLabel('Format').selectOption({ label: 'CSV' });
    await expect(page.getByRole('dialog').getByLabel('File name')).toHaveValue(/-custody\.csv$/);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await save('custody.csv', 'CSV')).toContain('table.exported');
  });

  test('leads from a host’s page back to the list, and back again with B', async ({ running }) => {
    const { page } = running;
    await caseWithLog(running, 1000);
    await section(running, 'Hosts');
    await page
      .getByTitle(/^Open the page of/)
      .first()
      .click();
    await expect(page.getByRole('button', { name: 'All hosts' })).toBeVisible();
    await section(running, 'Hosts');
    await expect(page.getByRole('heading', { name: 'Hosts' })).toBeVisible();
    await page.keyboard.press('b');
    await expect(page.getByRole('button', { name: 'All hosts' })).toBeVisible();
  });

  test('counts the findings of the latest run of each kind, and shows the others when asked', async ({ running }) => {
    const { page } = running;
    await caseWithLog(running, 6000);
    await section(running, 'Clusters');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('heading', { name: /Run 1 · / })).toBeVisible();
    await page.getByRole('button', { name: 'New run' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('heading', { name: /Run 2 · / })).toBeVisible();
    const counted = page.getByRole('navigation').getByRole('button', { name: /^Findings/ });
    await expect(counted).toContainText(/\d/);
    const count = Number(/\d+/.exec(await counted.innerText())?.[0]);
    await section(running, 'Findings');
    await expect(page.getByText(`${count} findings: `)).toBeVisible();
    // the same run twice finds the same
    await page.getByLabel('Findings of').selectOption({ label: 'All runs' });
    await expect(page.getByText(`${2 * count} findings: `)).toBeVisible();
    await page.getByLabel('Findings of').selectOption({ label: 'Run 1' });
    await expect(page.getByText(`${count} findings: `)).toBeVisible();

    // a cluster is asked for with its run
    await section(running, 'Clusters');
    await page.getByLabel('Run').selectOption({ label: 'Run 1' });
    await section(running, 'Records');
    await page
      .locator('[role=gridcell][data-row="0"]', { has: page.locator('svg') })
      .first()
      .click();
    await page.keyboard.press('f');
    await expect(page.getByRole('search').getByText(/1:\d/)).toBeVisible();
  });
});

test.describe('a browser’s window', () => {
  test.skip(({ host }) => host === 'electron', 'Electron tells where dropped files lie, and lives with its host');

  test('says that a dropped file was read from a copy', async ({ running }) => {
    const { page, folder } = running;
    const log = await writeLog(folder, 500);
    await createCase(running, 'Dropped');
    const bytes = readFileSync(log).toString('base64');
    // as text: the specs know no browser's types
    const transfer = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob('${bytes}'), (letter) => letter.charCodeAt(0))], 'conn.log'));
      return transfer;
    })()`);
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await expect(page.getByText(/^501 records from conn.log/)).toBeVisible();
    await expect(page.getByText(/A browser does not tell where a dropped file lies/)).toBeVisible();
  });

  test('tells another window of the same Flowcase that its case was closed', async ({ running }) => {
    const { page, address } = running;
    await createCase(running, 'Shared');
    const other = await page.context().newPage();
    await other.goto(new URL(address ?? '').origin);
    await expect(other.getByRole('heading', { name: 'Overview' }).or(other.getByRole('heading', { name: 'Evidence' }))).toBeVisible();
    await other.keyboard.press('Control+K');
    await other.keyboard.type('close the case');
    await other.keyboard.press('Enter');
    await expect(other.getByRole('heading', { name: 'New case' })).toBeVisible();
    await expect(page.getByText('Shared was closed in another window.')).toBeVisible();
    await expect(other.getByText('closed in another window')).toHaveCount(0);
  });

  test('says once that Flowcase has ended', async ({ running }) => {
    const { page, end } = running;
    await expect(page.getByRole('heading', { name: 'New case' })).toBeVisible();
    await end();
    await expect(page.getByRole('alert')).toHaveText(/Flowcase has ended\. What was saved is saved\./);
    await page.getByLabel('Name').fill('Too late');
    await page.getByRole('button', { name: 'Create case' }).click();
    await expect(page.getByRole('alert')).toHaveText(/Flowcase has ended\. What was saved is saved\./);
  });
});
