import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFrame, encodeFrame } from '../app/contract/wire.ts';
import { caseWithLog, look, section } from './acts.ts';
import { expect, test } from './fixtures.ts';

test.describe('a case that cannot be written', () => {
  test.skip(({ host }) => host === 'electron', 'these specs start a second host');

  test('says so where it was asked for on the command line, and is read beside the one that writes it', async ({ running }) => {
    const { page, folder, another } = running;
    await caseWithLog(running, 800);
    const path = join(folder, readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.flowcase')) ?? '');
    const reader = await another(path);
    const alert = reader.getByRole('alert');
    await expect(alert).toContainText('is open for writing in another Flowcase');
    // it says so again to whoever comes later
    await reader.reload();
    await expect(alert).toContainText('is open for writing in another Flowcase');
    await alert.getByRole('button', { name: 'Open for reading only' }).click();
    await expect(reader.getByRole('heading', { name: 'Overview' })).toBeVisible();
    await expect(alert).toHaveText('');
    await expect(reader.getByText('reading only', { exact: true })).toBeVisible();

    const beside = { ...running, page: reader };
    await section(beside, 'Evidence');
    const refused = reader.getByRole('button', { name: 'Import…' });
    await expect(refused).toBeDisabled();
    await expect(refused).toHaveAttribute('title', /open for reading only/);
    await look(beside, 'read-only');
    await section(beside, 'Records');
    await reader.getByRole('gridcell').first().click();
    await expect(reader.getByRole('complementary').getByRole('button', { name: 'Tag…' })).toBeDisabled();
    await reader.getByRole('gridcell').first().click();
    await reader.keyboard.press('m');
    await expect(reader.getByText(/nothing in it can be changed here/)).toBeVisible();
    await section(beside, 'Clusters');
    await expect(reader.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();

    // what is written is seen where it is read
    await section(running, 'Records');
    await page.getByRole('gridcell').first().click();
    await page.keyboard.press('m');
    await expect(page.getByText(/^Tagged 1 connection as suspect/)).toBeVisible();
    await expect(reader.getByRole('navigation').getByRole('button', { name: /^Tags and notes/ })).toContainText('1');
  });

  test('says so also to a window that came while it was found out', async ({ running }) => {
    const { folder, another } = running;
    await caseWithLog(running, 50);
    const reader = await another(join(folder, 'Harbour.flowcase'));
    const alert = reader.getByRole('alert');
    await expect(alert).toContainText('is open for writing in another Flowcase');
    // as a window sees it that asks a moment before the case is refused: first there is nothing to say, then it is told
    await reader.routeWebSocket(/./, (window) => {
      const host = window.connectToServer();
      let first: number | null = null;
      window.onMessage((frame) => {
        const { call, name } = decodeFrame(frame as Buffer) as { call: number; name: string };
        if (name === 'app.info') first ??= call;
        host.send(frame);
      });
      host.onMessage((frame) => {
        const answer = decodeFrame(frame as Buffer) as { call?: number; output?: { notOpened?: { message: string } | null } };
        const error = answer.call !== undefined && answer.call === first ? answer.output?.notOpened : undefined;
        if (error === undefined || error === null) {
          window.send(frame);
          return;
        }
        window.send(Buffer.from(encodeFrame({ ...answer, output: { ...answer.output, notOpened: null } })));
        window.send(Buffer.from(encodeFrame({ event: 'trouble', payload: { message: error.message, fatal: false, error } })));
      });
    });
    await reader.reload();
    await expect(alert.getByRole('button', { name: 'Open for reading only' })).toBeVisible();
    await reader.waitForTimeout(500);
    await expect(alert).toContainText('is open for writing in another Flowcase');
  });

  test('a write-protected one is verified, and stays as it is', async ({ running }) => {
    const { page, folder } = running;
    await caseWithLog(running, 300);
    const path = join(folder, readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.flowcase')) ?? '');
    await page.keyboard.press('Control+K');
    await page.keyboard.type('close the case');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'New case' })).toBeVisible();
    chmodSync(path, 0o444);
    const before = readFileSync(path);
    await page
      .getByRole('button', { name: /Harbour/ })
      .first()
      .click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('cannot be changed');
    await alert.getByRole('button', { name: 'Open for reading only' }).click();
    await section(running, 'Custody');
    await page.getByRole('button', { name: 'Verify now' }).click();
    await expect(page.getByText(/chain is whole|as they were written|All \d+ entries/).first()).toBeVisible();
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
