import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCase, look, section } from './acts.ts';
import { expect, test, type Running } from './fixtures.ts';

const paths = ['/', '/<script>alert(1)</script>', '/login', '/api/cart', '/static/app.js', '/%3Cscript%3E'];
let written = 0;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A time as access logs write it. */
function stampOf(time: number): string {
  const at = new Date(time).toISOString();
  return `${at.slice(8, 10)}/${months[new Date(time).getUTCMonth()] ?? ''}/${at.slice(0, 4)}:${at.slice(11, 19)} +0000`;
}
/** Lines of an access log at a time: from seven clients, one in ten not found. */
function lines(count: number, time: number): string {
  return Array.from({ length: count }, () => {
    const n = written++;
    const status = n % 10 === 3 ? 404 : 200;
    return `10.0.0.${n % 7} - - [${stampOf(time)}] "GET ${paths[n % paths.length] ?? '/'} HTTP/1.1" ${status} ${n} "-" "curl/8.5.0"\n`;
  }).join('');
}

/** A new case that watches a log with some minutes in it. */
async function watchLog(running: Running): Promise<{ readonly log: string; readonly grow: (count: number) => void }> {
  const { page, folder } = running;
  const log = join(folder, 'access.log');
  writeFileSync(log, '');
  written = 0;
  const now = Date.now();
  for (let minute = 8; minute > 0; minute--) appendFileSync(log, lines(50, now - minute * 60_000));
  await createCase(running, 'Watched');
  await section(running, 'Live');
  await expect(page.getByText('Live watches logs while they grow')).toBeVisible();
  await page.getByRole('button', { name: 'Watch a file…' }).click();
  await page.getByRole('button', { name: 'Watch', exact: true }).click();
  await expect(page.getByText('This is needed.')).toBeVisible();
  await page.getByRole('button', { name: 'Browse…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Folder').fill(folder);
  await dialog.getByRole('button', { name: 'Go', exact: true }).click();
  await dialog.getByRole('option', { name: 'access.log' }).click();
  await dialog.getByRole('button', { name: 'Choose', exact: true }).click();
  await page.getByRole('button', { name: 'Look at its first lines' }).click();
  await expect(page.getByRole('cell', { name: '/<script>alert(1)</script>' })).toBeVisible();
  await look(running, 'live-watch');
  await page.getByRole('button', { name: 'Watch', exact: true }).click();
  await expect(page.getByRole('grid', { name: 'Sources' }).getByText('running')).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Sources' }).getByRole('gridcell', { name: '400', exact: true })).toBeVisible();
  return { log, grow: (count) => appendFileSync(log, lines(count, Date.now())) };
}

test.describe('live', () => {
  test('watches a file as it grows: sources, windows, tops that are filters, counts in the rail, evidence that is being received', async ({
    running,
  }) => {
    const { page, complaints } = running;
    const { grow } = await watchLog(running);
    const rail = page.getByRole('navigation').getByRole('button', { name: /^Records/ });
    await expect(rail).toContainText('400');
    grow(100);
    await expect(rail).toContainText('500');
    await expect(page.getByText(/50 records in the latest/)).toBeVisible();
    await expect(page.getByText(/2xx has 90\.0 % of/)).toBeVisible();
    await look(running, 'live-now');

    // a bar leads to its records, in the time of its windows
    await page.getByRole('button', { name: /4xx/ }).click();
    await expect(page.getByRole('heading', { name: 'Overview' })).toHaveCount(0);
    await expect(page.getByText(/:\s+25 requests/)).toBeVisible();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();

    // the latest come first, and what is chosen stays chosen and in its place while more come
    await page.getByRole('columnheader', { name: /^ts/ }).click();
    await page.getByRole('columnheader', { name: /^ts/ }).click();
    const row = page.locator('[role=row][aria-selected=true]');
    await page.locator('[data-row="5"][data-column="1"]').click();
    await expect(row).toHaveCount(1);
    const chosen = await row.innerText();
    const place = (await row.boundingBox())?.y;
    grow(700);
    await expect(rail).toContainText('1,200');
    await expect(page.getByText('All 1,200 requests of')).toBeVisible();
    await expect(row).toHaveText(chosen, { useInnerText: true });
    expect((await row.boundingBox())?.y).toBe(place);

    await section(running, 'Evidence');
    await expect(page.getByRole('gridcell', { name: 'being received' })).toBeVisible();
    await page.getByRole('gridcell', { name: 'access.log' }).click();
    await expect(page.getByText('It is still being received')).toBeVisible();
    await expect(page.getByText('The file ends early')).toHaveCount(0);
    expect(complaints).toEqual([]);
  });

  test('shows the tail as it comes, holds it while it is read, and pauses, goes on with and forgets a source by key', async ({
    running,
  }) => {
    const { page, complaints } = running;
    const { grow } = await watchLog(running);
    await page.getByRole('tab', { name: 'Tail' }).click();
    const tail = page.getByRole('grid', { name: 'The latest Requests' });
    const bytes = tail.locator('[data-row="0"]').filter({ hasText: /\d B$/ });
    await expect(bytes).toHaveText('399 B');
    grow(10);
    await expect(bytes).toHaveText('409 B');
    await expect(page.getByText('Following every request')).toBeVisible();
    await page.keyboard.press('Space');
    await expect(page.getByText(/^Held at/)).toBeVisible();
    grow(20);
    await expect(page.getByRole('button', { name: 'Follow (20)' })).toBeVisible();
    await expect(bytes).toHaveText('409 B');
    await page.keyboard.press('Space');
    await expect(bytes).toHaveText('429 B');

    // through the filter line, with what is wrong at its place
    await page.keyboard.press('/');
    await page.keyboard.type('status = ');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('combobox', { name: 'Filter' })).toHaveAttribute('aria-invalid', 'true');
    await page.keyboard.type('404');
    await page.keyboard.press('Enter');
    await expect(tail.locator('[data-row="0"]').filter({ hasText: '404' })).toHaveCount(1);
    grow(10);
    await expect(tail.locator('[data-row="0"]').filter({ hasText: '433 B' })).toHaveCount(1);
    // a row that is chosen holds the tail, and is inspected
    await tail.locator('[data-row="0"][data-column="1"]').click();
    await expect(page.getByRole('complementary').getByText('"GET')).toBeVisible();
    await expect(page.getByText(/^Held at/)).toBeVisible();
    await look(running, 'live-tail');
    await page.keyboard.press('Escape');

    await page.getByRole('tab', { name: 'Now' }).click();
    const source = page.getByRole('grid', { name: 'Sources' }).getByRole('row').nth(1);
    await source.click();
    await expect(page.getByRole('complementary').getByRole('heading', { name: 'How it does' })).toBeVisible();
    await source.focus();
    await page.keyboard.press('p');
    await expect(source).toContainText('paused');
    grow(5);
    await page.keyboard.press('p');
    await expect(source).toContainText('running');
    await expect(page.getByRole('navigation').getByRole('button', { name: /^Records/ })).toContainText('445');
    await source.focus();
    await page.keyboard.press('Delete');
    await expect(page.getByText('is watched no more. What was received stays.')).toBeVisible();
    await expect(source).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    // it goes on behind what the case has of it
    await expect(source).toContainText('access.log');
    grow(5);
    await expect(source).toContainText('running');
    await expect(page.getByRole('navigation').getByRole('button', { name: /^Records/ })).toContainText('450');
    expect(complaints).toEqual([]);
  });

  test('raises an alert of a scan: said at once, counted in the rail, with figures, a finding and its records', async ({ running }) => {
    const { page, folder, complaints } = running;
    const log = join(folder, 'access.log');
    const begin = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
    const request = (time: number, client: string, path: string, status: number): string =>
      `${client} - - [${stampOf(time)}] "GET ${path} HTTP/1.1" ${status} 500 "-" "curl/8.5.0"\n`;
    const usual = (minute: number): string =>
      Array.from({ length: 60 }, (_, second) => {
        const n = minute * 60 + second;
        return request(
          begin + minute * 60_000 + second * 1000,
          `10.0.0.${n % 9}`,
          paths[n % paths.length] ?? '/',
          n % 29 === 0 ? 404 : 200,
        );
      }).join('');
    const minutes = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);
    writeFileSync(log, minutes(0, 50).map(usual).join(''));
    await createCase(running, 'Scanned');
    await section(running, 'Live');
    await page.getByRole('button', { name: 'Watch a file…' }).click();
    await page.getByLabel('Path or pattern').fill(log);
    await page.getByRole('button', { name: 'Watch', exact: true }).click();
    const rail = page.getByRole('navigation').getByRole('button', { name: /^Live/ });
    await expect(page.getByRole('navigation').getByRole('button', { name: /^Records/ })).toContainText('3,000');
    await expect(rail).toContainText('1 source');
    await section(running, 'Records');
    const scan = minutes(50, 52).map((minute) =>
      Array.from({ length: 1200 }, (_, at) => request(begin + minute * 60_000 + at * 50, '203.0.113.66', `/wp-admin/${at}.php`, 404)).join(
        '',
      ),
    );
    // by their times: what is usual goes on, and afterwards
    appendFileSync(
      log,
      minutes(50, 52)
        .map((minute, at) => usual(minute) + (scan[at] ?? ''))
        .join(''),
    );
    appendFileSync(log, minutes(52, 54).map(usual).join(''));
    await expect(page.getByText('Scan: 203.0.113.66 (critical)')).toBeVisible();
    await expect(rail).toContainText('1 alert');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const inspector = page.getByRole('complementary');
    await expect(inspector.getByRole('heading', { name: 'Against its usual' })).toBeVisible();
    await expect(page.getByRole('grid', { name: 'Alerts' }).getByText('203.0.113.66').first()).toBeVisible();
    await look(running, 'live-alert');
    await inspector.getByRole('button', { name: /^Finding/ }).click();
    await expect(page.getByRole('heading', { name: 'Findings' })).toBeVisible();
    await expect(inspector.getByRole('heading', { name: /Scan/ })).toBeVisible();
    await page.keyboard.press('b');
    await page.locator('[data-row="0"][data-column="3"]').click();
    await inspector.getByRole('button', { name: 'Show its records' }).click();
    await expect(page.getByText(/:\s+[12],[24]00 requests/)).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test('keeps rules that are right, and says at the field what is not', async ({ running }) => {
    const { page, complaints } = running;
    await createCase(running, 'Rules');
    await section(running, 'Live');
    await page.getByRole('tab', { name: 'Rules' }).click();
    const save = page.getByRole('button', { name: 'Save the rules' });
    await expect(save).toBeDisabled();
    await page.getByLabel('Width in seconds').fill('300');
    await page.getByLabel('One begins every … seconds').fill('70');
    await expect(page.getByText('The step is a whole part of the width')).toBeVisible();
    await page.getByLabel('One begins every … seconds').fill('60');
    await page.getByLabel('Hold what is raised in these hours').check();
    await page.getByLabel('On the clock of').fill('Europe/Nowhere');
    await expect(page.getByText('A time zone is named as')).toBeVisible();
    await page.getByLabel('On the clock of').fill('Europe/Berlin');
    await page.getByLabel('Another sender').selectOption({ label: 'A webhook' });
    await page.getByRole('button', { name: 'Add' }).click();
    await expect(page.getByText('It leaves this machine')).toBeVisible();
    await page.getByLabel('Address (https').fill('http://example.org/hook');
    await expect(page.getByText('A webhook is an https address')).toBeVisible();
    await expect(save).toBeDisabled();
    await page.getByLabel('Address (https').fill('https://hooks.example.org/flowcase');
    await page.getByLabel('While the case is below').fill('20 GiB');
    await look(running, 'live-rules');
    await save.click();
    await expect(page.getByText('The rules hold from now on.')).toBeVisible();
    await section(running, 'Custody');
    await section(running, 'Live');
    await page.getByRole('tab', { name: 'Rules' }).click();
    await expect(page.getByLabel('While the case is below')).toHaveValue('20 GiB');
    await expect(page.getByLabel('On the clock of')).toHaveValue('Europe/Berlin');
    expect(complaints).toEqual([]);
  });
});
