import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseWithLog, createCase, importLog, look, section } from './acts.ts';
import { expect, test } from './fixtures.ts';

/** A Zeek dns.log with these names asked for by 10.0.0.1. */
function dnsLog(names: readonly string[]): string {
  const fields = ['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'query', 'qtype_name', 'answers'];
  const types = ['time', 'string', 'addr', 'port', 'addr', 'port', 'enum', 'string', 'string', 'vector[string]'];
  const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tdns'];
  const rows = names.map((name, at) =>
    [`${1713225600 + at}.5`, `CD${at}`, '10.0.0.1', 40000 + at, '10.0.0.53', 53, 'udp', name, 'A', '93.184.216.34'].join('\t'),
  );
  return [...head, `#fields\t${fields.join('\t')}`, `#types\t${types.join('\t')}`, ...rows, ''].join('\n');
}

test.describe('kinds of record', () => {
  test('connections and dns records stand side by side: each with its filter, its columns, its export and its tags', async ({
    running,
  }) => {
    const { page, folder } = running;
    await caseWithLog(running, 600);
    writeFileSync(join(folder, 'dns.log'), dnsLog(['www.example.org', 'evil.example', 'evil.example', '<img src=x onerror=alert(1)>']));
    await importLog(running, 'dns.log');
    await expect(page.getByText(/^4 records from dns\.log/)).toBeVisible();
    await expect(page.getByRole('navigation').getByRole('button', { name: /^Records/ })).toContainText('605');
    await section(running, 'Overview');
    await page.getByRole('button', { name: '4 dns records' }).click();
    const kinds = page.getByRole('group', { name: 'Kind of record' });
    await expect(kinds.getByRole('button', { name: /^dns/ })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('grid', { name: 'dns' }).getByText('<img src=x onerror=alert(1)>')).toBeVisible();

    // completion and filter know this kind's columns
    await page.keyboard.press('/');
    await page.keyboard.type('quer');
    await expect(page.getByRole('option', { name: /^query/ }).first()).toBeVisible();
    await page.keyboard.type('y = evil.example');
    await page.keyboard.press('Enter');
    await expect(page.getByText('2 of 4 dns records')).toBeVisible();
    await look(running, 'records-dns');

    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: /answers/ }).check();
    await expect(page.getByRole('columnheader', { name: /answers/ })).toBeVisible();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Export…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder').fill(folder);
    await dialog.getByRole('button', { name: 'Go', exact: true }).click();
    await dialog.getByLabel('File name').fill('dns.csv');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(/2 rows in .*dns\.csv/)).toBeVisible();
    expect(readFileSync(join(folder, 'dns.csv'), 'utf8').match(/evil\.example/g)).toHaveLength(2);

    await page.getByRole('gridcell').first().click();
    await expect(page.getByRole('complementary').getByText('evil.example').first()).toBeVisible();
    await page.getByRole('gridcell').first().click();
    await page.keyboard.press('m');
    await expect(page.getByText(/^Tagged 1 dns record as suspect/)).toBeVisible();
    await section(running, 'Tags and notes');
    await expect(page.getByText('1 dns record', { exact: true }).first()).toBeVisible();

    // connections have no column "query": their filter is their own
    await section(running, 'Overview');
    await expect(page.getByText('601 of 601 connections')).toBeVisible();
    await section(running, 'Records');
    await expect(page.getByText('2 of 4 dns records')).toBeVisible();
    await kinds.getByRole('button', { name: /^Connections/ }).click();
    await expect(page.getByText('601 of 601 connections')).toBeVisible();
    await expect(page.getByText(/the filter stays with the others/)).toBeVisible();
    // what both can read goes along
    await page.keyboard.press('/');
    await page.keyboard.type('resp_p = 53');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/of 601 connections/)).toBeVisible();
    await kinds.getByRole('button', { name: /^dns/ }).click();
    await expect(page.getByText('4 of 4 dns records')).toBeVisible();
    await expect(page.getByRole('search').getByText('resp_p')).toBeVisible();
  });

  test('a case without connections says so everywhere, and shows what it has', async ({ running }) => {
    const { page, folder, complaints } = running;
    writeFileSync(join(folder, 'dns.log'), dnsLog(['www.example.org']));
    await createCase(running, 'Names');
    await importLog(running, 'dns.log');
    await expect(page.getByText(/^1 record from dns\.log/)).toBeVisible();
    for (const name of ['Overview', 'Hosts', 'Clusters', 'Findings']) {
      await section(running, name);
      await expect(page.getByText('The case holds no connection, but 1 dns record.')).toBeVisible();
    }
    await page.getByRole('button', { name: 'Look at the records' }).click();
    await expect(page.getByRole('grid', { name: 'dns' }).getByText('www.example.org')).toBeVisible();
    await section(running, 'Report');
    await expect(page.getByRole('button', { name: 'Write report' })).toBeEnabled();
    expect(complaints).toEqual([]);
  });

  test('a web log becomes requests', async ({ running }) => {
    const { page, folder } = running;
    const line = (n: number, path: string): string =>
      `192.0.2.${n} - - [16/Apr/2024:10:00:0${n} +0000] "GET ${path} HTTP/1.1" 200 51${n} "-" "curl/8.4.0"`;
    writeFileSync(join(folder, 'access.log'), `${[1, 2, 3].map((n) => line(n, `/page/${n}?q=a`)).join('\n')}\n`);
    await createCase(running, 'Web');
    await importLog(running, 'access.log');
    await expect(page.getByText(/^3 records from access\.log/)).toBeVisible();
    await section(running, 'Records');
    await expect(page.getByText('All 3 requests of 2024.')).toBeVisible();
    await page.getByRole('gridcell').first().click();
    await expect(page.getByText('192.0.2.1 asked for GET /page/1: status 200, 511 B.')).toBeVisible();
    await look(running, 'records-requests');

    // their clients are hosts
    await section(running, 'Hosts');
    await page.getByTitle('Open the page of 192.0.2.2').click();
    await expect(page.getByText(/took part in 1 request/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Its requests' }).click();
    await expect(page.getByText('1 of 3 requests')).toBeVisible();
  });
});
