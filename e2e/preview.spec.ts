import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCase, importLog, look, section } from './acts.ts';
import { expect, test, type Running } from './fixtures.ts';

async function previewLog({ page, folder }: Running, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Import…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Folder').fill(folder);
  await dialog.getByRole('button', { name: 'Go', exact: true }).click();
  await dialog.getByRole('option', { name }).click();
  await dialog.getByRole('button', { name: 'Preview…' }).click();
  await expect(page.getByRole('heading', { name: 'Preview' })).toBeVisible();
}

const flows = [
  'When;Src IP;Dst IP;Dst Port;Sent;Note',
  '19/04/2024 10:00:00;10.0.0.1;10.0.0.2;443;1200;first',
  '19/04/2024 10:00:05;10.0.0.1;10.0.0.3;80;900;second',
  '19/04/2024 10:00:09;10.0.0.1',
  '',
].join('\n');

test.describe('the preview before an import', () => {
  test('a table: what it is taken for, its columns said otherwise, its zone; imported as it was shown, and kept by name', async ({
    running,
  }) => {
    const { page, folder, complaints } = running;
    writeFileSync(join(folder, 'flows.csv'), flows);
    await createCase(running, 'Flows');
    await previewLog(running, 'flows.csv');
    await expect(page.getByText(/parted by semicolons, with two addresses and a time/)).toBeVisible();
    const first = page.getByRole('table', { name: 'First records' });
    await expect(first.getByText('2024-04-19 10:00:00.000', { exact: true })).toBeVisible();
    await expect(page.getByText(/fewer fields than its header names/)).toBeVisible();
    await look(running, 'preview-table');

    await page.getByLabel('Zone of times that name none').fill('+02:00');
    await expect(first.getByText('2024-04-19 08:00:00.000', { exact: true })).toBeVisible();
    const become = page.getByRole('textbox', { name: 'What Sent becomes' });
    const combo = page.getByRole('combobox', { name: 'What Sent becomes' });
    await become.or(combo).fill('orig_bytes');
    await become.or(combo).press('Enter');
    await page.getByLabel('Type of Sent').selectOption('count');
    await page.getByRole('checkbox', { name: 'Take Note' }).uncheck();
    await expect(first.getByRole('columnheader', { name: 'orig_bytes' })).toBeVisible();
    await expect(first.getByRole('columnheader', { name: 'Note' })).toHaveCount(0);
    await expect(first.getByText('1.2 KiB')).toBeVisible();

    // a zone that is none says so, and nothing can be imported then
    await page.getByLabel('Zone of times that name none').fill('Atlantis/Capital');
    await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
    await expect(page.getByRole('status').filter({ hasText: 'Atlantis/Capital' })).toBeVisible();
    await page.getByLabel('Zone of times that name none').fill('+02:00');

    await page.getByRole('button', { name: 'Keep this way to read by name…' }).click();
    await page.getByLabel('Name of this way to read').fill('Firewall export');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await expect(page.getByText(/Kept as “Firewall export”/)).toBeVisible();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(page.getByText(/^2 records from flows\.csv .* 1 line rejected\./)).toBeVisible();
    await section(running, 'Records');
    await expect(page.getByText('04-19 08:00:00.000')).toBeVisible();
    await page.getByRole('gridcell').first().click();
    await expect(page.getByRole('complementary').getByText('1.2 KiB').first()).toBeVisible();

    // the next file like it
    writeFileSync(join(folder, 'more.csv'), flows.replaceAll('10.0.0.1', '10.0.0.9'));
    await section(running, 'Evidence');
    await previewLog(running, 'more.csv');
    await page.getByLabel('A way that was kept').selectOption('Firewall export');
    await expect(first.getByText('2024-04-19 08:00:00.000', { exact: true })).toBeVisible();
    await expect(first.getByText('10.0.0.9').first()).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('heading', { name: 'Evidence', level: 1 })).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test('JSON of any program: its keys are mapped as the columns of a table are', async ({ running }) => {
    const { page, folder, complaints } = running;
    const records = [1, 2].map((n) => ({ when: `2024-04-19 10:00:0${n}`, from: `10.0.0.${n}`, to: '192.0.2.1', size: n * 1000 }));
    writeFileSync(join(folder, 'flows.json'), JSON.stringify(records, null, 2));
    await createCase(running, 'JSON');
    await previewLog(running, 'flows.json');
    await expect(page.getByText(/It is one JSON array/)).toBeVisible();
    await expect(page.getByLabel('Fields parted by')).toHaveCount(0);
    for (const [from, to] of Object.entries({ when: 'ts', from: 'orig_h', to: 'resp_h', size: 'orig_bytes' })) {
      const become = page.getByRole('combobox', { name: `What ${from} becomes` });
      await become.fill(to);
      await become.press('Enter');
    }
    await page.getByLabel('Kind of record').fill('connection');
    await page.getByLabel('Zone of times that name none').fill('+02:00');
    const first = page.getByRole('table', { name: 'First records' });
    await expect(first.getByText('2024-04-19 08:00:01.000', { exact: true })).toBeVisible();
    await look(running, 'preview-json');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(page.getByText(/^2 records from flows\.json/)).toBeVisible();
    await section(running, 'Records');
    await page.getByRole('gridcell').first().click();
    // the line as the file has it: a record over several lines
    await expect(page.getByRole('complementary').getByText('"from": "10.0.0.').first()).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test('numbers that nothing tells how to read are read as the person says', async ({ running }) => {
    const { page, folder, complaints } = running;
    const rows = ['2.500', '3.250'].map((rate, n) => `2024-04-19 10:00:0${n};10.0.0.${n + 1};192.0.2.1;${rate}`);
    writeFileSync(join(folder, 'rates.csv'), `time;src_ip;dst_ip;rate\n${rows.join('\n')}\n`);
    await createCase(running, 'Rates');
    await previewLog(running, 'rates.csv');
    const first = page.getByRole('table', { name: 'First records' });
    await expect(page.getByText(/Values such as 2\.500 may be 2\.5 or 2500/)).toBeVisible();
    await expect(first.getByText('2.5', { exact: true })).toBeVisible();
    await page.getByLabel('Before decimals').selectOption({ label: 'a comma: 1.234,50' });
    await expect(first.getByText('2,500', { exact: true })).toBeVisible();
    await expect(page.getByText(/Values such as 2\.500/)).toHaveCount(0);
    await look(running, 'preview-decimals');
    expect(complaints).toEqual([]);
  });

  test('a refused file is read by the format that the person gives', async ({ running }) => {
    const { page, folder } = running;
    const line = (n: number): string => `192.0.2.${n}|16/Apr/2024:10:00:0${n} +0000|GET /page/${n} HTTP/1.1|200|${n}00`;
    writeFileSync(join(folder, 'bars.log'), `${[1, 2, 3].map(line).join('\n')}\n`);
    await createCase(running, 'Bars');
    await importLog(running, 'bars.log');
    await expect(page.getByText('Nothing was imported. 1 file refused.')).toBeVisible();
    await page.getByRole('button', { name: 'Import as…' }).click();
    await expect(page.getByText(/is a log of a web server in a format of its own/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
    await page.getByLabel('Format', { exact: true }).selectOption({ label: 'Web access log (Common, Combined)' });
    await page.getByLabel(/^Format of its lines/).fill('$remote_addr|$time_local|$request|$status|$body_bytes_sent');
    const first = page.getByRole('table', { name: 'First records' });
    await expect(first.getByText('/page/2')).toBeVisible();
    await look(running, 'preview-log-format');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(page.getByText(/^3 records from bars\.log/)).toBeVisible();
    await section(running, 'Records');
    await expect(page.getByText('All 3 requests of 2024.')).toBeVisible();
  });
});
