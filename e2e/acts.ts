/** What a person does in the window, for every spec. */
import AxeBuilder from '@axe-core/playwright';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateZeekConn } from '../app/generate/zeek-conn.ts';
import { sampleOptions } from '../app/generate/sample.ts';
import { expect, type Running } from './fixtures.ts';

const root = join(import.meta.dirname, '..');

/** Keeps a picture of a screen as a test artefact and looks for what assistive technology would stumble over. */
export async function look({ page }: Running, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(root, 'test-results', 'screens', `${name}.png`) });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
}

export async function section({ page }: Running, name: string): Promise<void> {
  await page.getByRole('navigation').getByText(name, { exact: true }).first().click();
}

/** A log `conn.log` of so many records and one more, with planted incidents and one line with markup in it. */
export async function writeLog(folder: string, rows: number): Promise<string> {
  const path = join(folder, 'conn.log');
  await generateZeekConn({ ...sampleOptions, rows, seed: 5 }, (block) => appendFileSync(path, block));
  const lines = readFileSync(path, 'latin1').split('\n');
  const row = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
  const cells = lines[row]?.split('\t') ?? [];
  const service =
    (lines
      .find((line) => line.startsWith('#fields'))
      ?.split('\t')
      .indexOf('service') ?? 0) - 1;
  cells[service] = '<script>alert(1)</script>';
  appendFileSync(path, `${cells.join('\t')}\nnot a record\n`);
  return path;
}

/** Import…, from the folder of the test. */
export async function importLog({ page, folder }: Running, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Import…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Folder').fill(folder);
  await dialog.getByRole('button', { name: 'Go', exact: true }).click();
  await dialog.getByRole('option', { name }).click();
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
}

/** A new case. */
export async function createCase({ page }: Running, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create case' }).click();
  await expect(page.getByRole('heading', { name: 'Evidence' })).toBeVisible();
}

/** A new case with a log of so many records (and one more) in it. */
export async function caseWithLog(running: Running, rows: number): Promise<void> {
  await writeLog(running.folder, rows);
  await createCase(running, 'Harbour');
  await importLog(running, 'conn.log');
  await expect(running.page.getByText(/^[\d,]+ records from conn\.log/)).toBeVisible();
}
