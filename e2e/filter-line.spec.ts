import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { caseWithLog, section } from './acts.ts';
import { expect, test } from './fixtures.ts';

test.describe('the filter line', () => {
  test('what is selected in it is replaced, by keys and by the mouse', async ({ running }) => {
    const { page } = running;
    await caseWithLog(running, 500);
    await section(running, 'Records');
    await page.keyboard.press('/');
    const field = page.getByRole('combobox', { name: 'Filter' });
    await page.keyboard.type('orig_p = 5');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('resp_p = 53');
    await expect(field).toHaveValue('resp_p = 53');

    await page.keyboard.press('Shift+Home');
    await page.keyboard.type('proto = udp');
    await expect(field).toHaveValue('proto = udp');

    await field.dblclick({ position: { x: 20, y: 10 } });
    await page.keyboard.type('service');
    await expect(field).toHaveValue('service = udp');

    const box = (await field.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + box.width - 20, box.y + 12);
    await page.mouse.down();
    await page.mouse.move(box.x + 2, box.y + 12, { steps: 5 });
    await page.mouse.up();
    await page.keyboard.type('resp_p = 53');
    await expect(field).toHaveValue('resp_p = 53');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/Responder port 53:\s+[\d,]+ connections/)).toBeVisible();
  });

  test('what was typed and not applied waits when one looks elsewhere', async ({ running }) => {
    const { page } = running;
    await caseWithLog(running, 500);
    await section(running, 'Records');
    await page.keyboard.press('/');
    await page.keyboard.type('resp_p = 53 and ');
    await page.getByRole('gridcell').first().click();
    await expect(page.getByRole('combobox', { name: 'Filter' })).toHaveCount(0);
    await expect(page.getByText('not applied:')).toBeVisible();
    await page.getByText('not applied:').click();
    const field = page.getByRole('combobox', { name: 'Filter' });
    await expect(field).toHaveValue('resp_p = 53 and ');
    // a filter applied from a cell leaves the other text where it is
    await page.getByRole('gridcell').nth(4).click();
    await page.keyboard.press('f');
    await expect(page.getByText('not applied:')).toBeVisible();
    await page.getByRole('button', { name: 'Drop what was typed' }).click();
    await expect(page.getByText('not applied:')).toHaveCount(0);
    // Esc drops it at once
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('uid');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect(page.getByText('not applied:')).toHaveCount(0);
    await expect(field).toHaveCount(0);
  });
});

test.describe('what was done is said', () => {
  test('refused and skipped files are counted and grouped; the words of an act go with its undo', async ({ running }) => {
    const { page, folder } = running;
    await caseWithLog(running, 500);
    const many = `${folder}/many`;
    mkdirSync(many);
    for (let n = 0; n < 6; n++) writeFileSync(`${many}/notes ${n}.txt`, `Nothing to see in note ${n}.\nMove along, please.\n`);
    writeFileSync(`${many}/empty.log`, '');
    copyFileSync(`${folder}/conn.log`, `${many}/same.log`);
    await page.getByRole('button', { name: 'Import…' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder').fill(folder);
    await dialog.getByRole('button', { name: 'Go', exact: true }).click();
    // a case and what lies beside it are no logs
    await expect(dialog.getByRole('option', { name: 'conn.log' })).toBeVisible();
    await expect(dialog.getByRole('option', { name: /flowcase/ })).toHaveCount(0);
    await dialog.getByRole('option', { name: 'many' }).click();
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    const outcome = page.getByRole('region', { name: 'The last import' });
    await expect(outcome.getByText('Nothing was imported. 7 files refused, 1 skipped.')).toBeVisible();
    await outcome.getByText('6 files: no log that Flowcase knows').click();
    await expect(outcome.getByText(/notes 3\.txt/)).toBeVisible();

    await section(running, 'Records');
    await page.getByRole('gridcell').first().click();
    await page.keyboard.press('m');
    const toast = page.getByText(/^Tagged 1 connection as suspect/);
    await expect(toast).toBeVisible();
    await page.keyboard.press('ControlOrMeta+Z');
    await expect(page.getByText(/^Undone:/)).toBeVisible();
    await expect(toast).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Undo', exact: true })).toHaveCount(0);
  });

  test('a folder that is typed is not overwritten by an older answer', async ({ running }) => {
    const { page, folder } = running;
    await caseWithLog(running, 100);
    await page.getByRole('button', { name: 'Import…' }).first().click();
    const field = page.getByRole('dialog').getByLabel('Folder');
    // Somebody who is in the field as the answer comes: what he types then takes the answer's place.
    await field.selectText();
    await expect(field).not.toHaveValue('');
    await page.keyboard.insertText(folder);
    await field.press('Enter');
    await expect(page.getByRole('dialog').getByRole('option', { name: 'conn.log' })).toBeVisible();
    await expect(field).toHaveValue(folder);
  });
});
