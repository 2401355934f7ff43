import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseWithLog, importLog, look } from './acts.ts';
import { expect, test } from './fixtures.ts';

test.describe('evidence', () => {
  test('says of a rejected line why in words, of a file that is cut that it is, and of one that has grown where it goes on', async ({
    running,
  }) => {
    const { page, folder } = running;
    await caseWithLog(running, 200);
    const ledger = page.getByRole('region', { name: 'The last import' });
    await expect(ledger.getByText('✓ adds up')).toBeVisible();
    await expect(page.getByRole('cell', { name: 'fewer fields than its header names' })).toHaveAttribute('title', 'TOO_FEW_FIELDS');

    const log = join(folder, 'conn.log');
    const record =
      readFileSync(log, 'utf8')
        .split('\n')
        .find((line) => line !== '' && !line.startsWith('#')) ?? '';
    const lines = readFileSync(log, 'utf8').split('\n').length - 1;
    appendFileSync(log, `${record}\n${record}\n${record.slice(0, 40)}`);
    await importLog(running, 'conn.log');
    await expect(page.getByText(/^2 records from conn\.log/)).toBeVisible();
    const table = page.getByRole('grid', { name: 'Evidence' });
    await expect(table.getByText(`conn.log from line ${lines + 1}`)).toBeVisible();
    await expect(table.getByText('incomplete')).toBeVisible();
    await look(running, 'evidence-grown');
    await table.getByText(`conn.log from line ${lines + 1}`).click();
    const inspector = page.getByRole('complementary');
    await expect(inspector.getByText(/The file has grown: this is what came after/)).toBeVisible();
    await inspector.getByRole('button', { name: 'evidence 1' }).click();
    await expect(inspector.getByText(/It has grown since/)).toBeVisible();
  });
});
