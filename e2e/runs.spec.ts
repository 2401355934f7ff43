import { caseWithLog, look, section } from './acts.ts';
import { expect, test } from './fixtures.ts';

test('runs of other methods and of hosts stand side by side, are checked by a second tool, and drawn by UMAP', async ({ running }) => {
  const { page } = running;
  await caseWithLog(running, 3000);
  await section(running, 'Clusters');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: /Run 1 · k-means, k = 7/ })).toBeVisible();

  await page.getByRole('button', { name: 'Second tool' }).click();
  await expect(page.getByText(/ml-kmeans [\d.]+ on all 3,001 rows/)).toBeVisible();

  await page.getByRole('button', { name: 'New run' }).click();
  await page.getByLabel('Method').selectOption({ label: 'Gaussian mixture' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: /Run 2 · Gaussian mixture/ })).toBeVisible();
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByText(/3,001 members in both: adjusted Rand index [\d.]+/)).toBeVisible();
  await page.getByRole('button', { name: 'Compare' }).click();

  await page.getByRole('button', { name: 'New run' }).click();
  await page.getByLabel('What to group').selectOption({ label: 'Hosts' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: /Run 3 · k-means/ })).toBeVisible();
  await expect(page.getByText(/hosts? · recipe host-v1/)).toBeVisible();
  await expect(
    page
      .getByRole('region', { name: /Members of cluster/ })
      .getByText(/\d+\.\d+\.\d+\.\d+/)
      .first(),
  ).toBeVisible();

  await page.getByRole('button', { name: 'UMAP' }).click();
  await expect(page.getByRole('heading', { name: /UMAP \(neighbours stay together/ })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Principal components' }).click();
  await expect(page.getByRole('heading', { name: /Two principal components/ })).toBeVisible();
});

test('settings are tried before rows are grouped, and the table says which and how good', async ({ running }) => {
  const { page, complaints } = running;
  await caseWithLog(running, 2000);
  await section(running, 'Clusters');
  const form = page.getByRole('form', { name: 'New run' });
  await form.getByLabel('Method').selectOption({ label: 'Gaussian mixture' });
  await form.getByText('Recipe, scaling, features, starts, search').click();
  await form.getByLabel('Search over').fill('k=1..x');
  await expect(form.getByText('whole numbers from 1 to 1,000')).toBeVisible();
  await form.getByLabel('Search over').fill('k=2..4 covariance=full,diag');
  await form.getByLabel('What is tried').selectOption({ label: 'Some, drawn by chance' });
  await form.getByLabel('Settings to draw').fill('4');
  await look(running, 'clusters-search-form');
  await form.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: /Run 1 · Gaussian mixture, k = [234]/ })).toBeVisible();
  await expect(page.getByText(/is the best of 4 settings tried on all 2,00\d rows by BIC/)).toBeVisible();
  await expect(page.getByRole('table', { name: 'What the search tried' }).getByRole('row')).toHaveCount(5);
  await look(running, 'clusters-search');
  await page.getByRole('button', { name: 'Repeat', exact: true }).click();
  await expect(page.getByText(/same fingerprint/).first()).toBeVisible({ timeout: 60_000 });
  expect(complaints).toEqual([]);
});
