import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatorOf } from '../app/generate/registry.ts';
import { createCase, importLog, look, section, writeLog } from './acts.ts';
import { expect, test, type Running } from './fixtures.ts';

/** A case with a labelled log of so many connections: ten services, a tenth of the rows each. */
async function caseWithLabels(running: Running, rows: number): Promise<void> {
  const path = join(running.folder, 'log_tcp_complete');
  await generatorOf('tstat').generate({ rows, seed: 3, scenarios: [], layout: '45' }, (block) => appendFileSync(path, block));
  await createCase(running, 'Services');
  await importLog(running, 'log_tcp_complete');
  await expect(running.page.getByText(/^[\d,]+ records from log_tcp_complete/)).toBeVisible();
}

test.describe('learning', () => {
  test('from labels: a model with its figures says what the records are, and the least certain are tagged', async ({ running }) => {
    const { page, complaints } = running;
    await caseWithLabels(running, 1500);
    await section(running, 'Classify');
    await expect(page.getByText('10 classes in 1,500 rows')).toBeVisible();
    await page.getByText('Recipe, features, parameters, search').click();
    const form = page.getByRole('form', { name: 'New model' });
    await form.getByLabel('Search over').fill('maxDepth');
    await form.getByRole('button', { name: 'Train' }).click();
    await expect(form.getByText('“maxDepth” is not name=value,value')).toBeVisible();
    await form.getByLabel('Search over').fill('');
    // what the core refuses stands in the form, which keeps what was typed
    await form.getByLabel('Parameters').fill('nTrees=20');
    await form.getByRole('button', { name: 'Train' }).click();
    await expect(form.getByRole('alert')).toContainText('nTrees');
    await form.getByLabel('Parameters').fill('nEstimators=20');
    await look(running, 'classify-form');
    await form.getByRole('button', { name: 'Train' }).click();
    await expect(page.getByRole('heading', { name: 'Run 1 · Random forest on class' })).toBeVisible();
    const figures = page.getByRole('region', { name: 'How good it is' });
    await expect(figures.getByText(/\d+ of 380 rows right/)).toBeVisible();
    await expect(figures.getByRole('table', { name: /^Confusion/ }).getByRole('row')).toHaveCount(11);
    await expect(page.getByRole('navigation').getByRole('button', { name: /^Classify/ })).toContainText('1 model');
    await page.getByRole('button', { name: 'Show as rules' }).click();
    await expect(
      page
        .getByRole('region', { name: /^Rules/ })
        .getByRole('listitem')
        .first(),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Show as tree' }).click();
    await look(running, 'classify-model');

    await page.getByRole('button', { name: 'Classify all' }).click();
    await expect(page.getByText(/says of 1,500 connections/)).toBeVisible();
    const rows = page.getByRole('grid', { name: 'Predicted rows, Least certain' });
    await rows.getByRole('gridcell').first().click();
    const inspector = page.getByRole('complementary');
    await expect(inspector.getByText(/of the votes are for it/)).toBeVisible();
    await look(running, 'classify-prediction');
    await page.keyboard.press('t');
    await page.getByLabel('Tag', { exact: true }).fill('to check');
    await page.getByRole('button', { name: 'Tag', exact: true }).click();
    await expect(rows.getByText('to check')).toBeVisible();
    await page.getByRole('button', { name: 'Label says otherwise' }).click();
    await expect(page.getByRole('grid', { name: 'Predicted rows, Label says otherwise' })).toBeVisible();

    // a class leads to its records
    await page
      .getByRole('button', { name: /^google.*rows/ })
      .first()
      .click();
    await expect(page.getByRole('search').getByText('predicted')).toBeVisible();
    await expect(page.getByText(/of 1,500 connections/)).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test('a model that would have to guess says what is lacking, and guesses when it is told to', async ({ running }) => {
    const { page, complaints } = running;
    await writeLog(running.folder, 300);
    await caseWithLabels(running, 1500);
    await importLog(running, 'conn.log');
    await expect(page.getByText(/^[\d,]+ records from conn\.log/)).toBeVisible();
    await section(running, 'Classify');
    const form = page.getByRole('form', { name: 'New model' });
    await page.getByText('Recipe, features, parameters, search').click();
    await form.getByLabel('Parameters').fill('nEstimators=10');
    await form.getByRole('button', { name: 'Train' }).click();
    await expect(page.getByRole('heading', { name: 'Run 1 · Random forest on class' })).toBeVisible();
    await page.keyboard.press('/');
    await page.keyboard.type('evidence = conn.log');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Classify the filtered' }).click();
    const refusal = page.getByRole('alert').filter({ hasText: 'It would guess.' });
    await expect(refusal).toContainText(/The log has nothing of \d+ of the \d+ features that the forest looks at/);
    await look(running, 'classify-lacking');
    await page.getByRole('button', { name: 'Leave it' }).click();
    await expect(refusal).toHaveCount(0);
    await page.getByRole('button', { name: 'Classify the filtered' }).click();
    await page.getByRole('button', { name: 'Classify anyway' }).click();
    await expect(page.getByText(/says of 301 connections/)).toBeVisible();
    await expect(page.getByText(/Features of the model that are absent here throughout/)).toBeVisible();
    await expect(refusal).toHaveCount(0);
    expect(complaints).toEqual([]);
  });

  test('without labels: hosts by a mixture, two runs side by side, and anomalies with what makes them strange', async ({ running }) => {
    const { page, complaints } = running;
    await caseWithLabels(running, 1500);
    await section(running, 'Clusters');
    const form = page.getByRole('form', { name: 'New run' });
    await form.getByLabel('What to group').selectOption({ label: 'Hosts' });
    await form.getByLabel('Method').selectOption({ label: 'Gaussian mixture' });
    await form.getByLabel('Shape of a component').selectOption({ label: 'along the axes (diag)' });
    await form.getByLabel('k', { exact: true }).fill('3');
    await form.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Run 1 · Gaussian mixture, k = 3' })).toBeVisible();
    await expect(page.getByText(/hosts · diag covariance · recipe host-v1/)).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Hosts in each cluster' })).toBeVisible();

    await page.getByRole('button', { name: 'New run' }).click();
    await form.getByLabel('What to group').selectOption({ label: 'Hosts' });
    await form.getByLabel('k', { exact: true }).fill('3');
    await form.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Run 2 · k-means, k = 3' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Compare', exact: true })).toBeEnabled();
    await page.keyboard.press('ControlOrMeta+K');
    await page.keyboard.type('compare the run');
    await expect(page.getByRole('option', { name: 'Compare the run with another' })).toBeVisible();
    await page.keyboard.press('Enter');
    const compared = page.getByRole('region', { name: 'Compare with another run' });
    await expect(compared.getByText(/members in both: adjusted Rand index [\d.−-]+ .* They are /)).toBeVisible();
    await expect(compared.getByRole('img', { name: /^Members by their clusters/ })).toBeVisible();
    await look(running, 'clusters-compare');
    await compared.getByRole('button', { name: /^Show as table/ }).click();
    await expect(compared.getByRole('table', { name: /^Members by their clusters/ })).toBeVisible();
    await page.getByRole('figure', { name: 'Hosts in each cluster' }).getByRole('listitem').first().getByRole('button').click();
    await expect(page.getByRole('complementary').getByText(/What separates it from the rest|Most different in/)).toBeVisible();

    await section(running, 'Findings');
    await page.getByRole('button', { name: 'Look for anomalies…' }).click();
    await page.getByRole('form', { name: 'Look for anomalies' }).getByLabel('Findings at most').fill('5');
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await expect(page.getByText(/^\d anomal(y|ies) found\./)).toBeVisible();
    await page
      .getByRole('gridcell', { name: /Easily told apart/ })
      .first()
      .click();
    const inspector = page.getByRole('complementary');
    await expect(inspector.getByRole('heading', { name: 'What does it' })).toBeVisible();
    const causes = inspector.getByRole('region', { name: 'What does it' });
    await expect(causes.getByText(/, its peers /).first()).toBeVisible();
    await expect(causes.getByText(/^[+−][\d.,]+ σ$/).first()).toBeVisible();
    await expect(causes.getByText('Random questions that tell it apart')).toBeVisible();
    await look(running, 'findings-anomalies');
    await inspector.getByRole('button', { name: 'Show its records' }).click();
    await expect(page.getByRole('search').getByText('finding')).toBeVisible();
    await expect(page.getByText(/of 1,500 connections/)).toBeVisible();
    expect(complaints).toEqual([]);
  });
});
