import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { learningOutcome } from '../case/testing.ts';
import type { CaseReader, CaseWriter } from '../case/types.ts';
import type { LearningOutcome } from '../shared/run-outcome.ts';
import { gatherFacts } from './build/facts.ts';
import { buildMethod } from './build/method.ts';
import { plainText, type Block } from './document.ts';
import { Workbench } from './testing-case.ts';
import { connections, importConnections } from './testing.ts';

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => bench.remove());

const CLASSES = 14;
const names = Array.from({ length: CLASSES }, (_, i) => `service ${String(i + 1).padStart(2, '0')}`);
/** Class i has 100 + i rows, of which i are taken for the next. */
const figures = {
  ...{ rows: 1491, accuracy: 0.9375, balancedAccuracy: 0.9125, macroF1: 0.8875, rocAuc: 0.9925, prAuc: null, logLoss: 0.215 },
  calibrationError: 0.031,
  classes: names.map((name, i) => ({ name, precision: 0.9, recall: 100 / (100 + i), f1: 0.91, support: 100 + i })),
  confusion: names.map((_, i) => names.map((_other, j) => (i === j ? 100 : j === (i + 1) % CLASSES ? i : 0))),
};

function modelOutcome(reader: CaseReader): LearningOutcome<'train'> {
  const given = learningOutcome(reader);
  return {
    ...given,
    summary: {
      ...given.summary,
      ...{ model: 'forest', split: 'host', testShare: 0.25, parameters: { nEstimators: 40, maxDepth: null }, where: 'resp_p < 1024' },
      ...{ label: { type: 'tags', tags: ['beacon'] }, remarks: ['Left out, for they give the label away: service_name.'] },
      classes: names.map((name, i) => ({ name, count: 400 + i })),
    },
    detail: {
      figures: [
        { ...figures, on: 'test' },
        { ...figures, on: 'out-of-bag', accuracy: 0.9325 },
      ],
      importance: Array.from({ length: 12 }, (_, i) => ({
        ...{ feature: `f${i}`, title: `Feature ${i}`, impurity: (12 - i) / 78, permutation: null },
      })),
      features: [],
      crossValidation: { folds: 5, accuracy: [0.92, 0.01], macroF1: [0.88, 0.02], oneClass: 2 },
      hosts: { learned: 12, tested: 3, largest: { host: '192.0.2.7', share: 0.625 }, alone: 0.5 },
      tuning: { scoring: 'macroF1', trials: [], unscored: ['service 14'] },
      ...{ tree: null, rules: [], size: { trees: 40, nodes: 4120, depth: 17 } },
    },
  };
}

function predictionOutcome(reader: CaseReader): LearningOutcome<'classify'> {
  const { summary, ...rest } = learningOutcome(reader);
  const { recipe, where, seed, rows, seconds, input, of } = summary;
  return {
    ...rest,
    summary: {
      ...{ task: 'classify', of, recipe, where, seed, rows, seconds, input, fingerprint: 'f'.repeat(64), remarks: ['A remark on it.'] },
      ...{ model: null, modelName: 'forest-tstat-v1', modelSha256: 'a'.repeat(64) },
      predicted: [
        { name: 'dns', count: 100 },
        { name: 'http', count: 200 },
      ],
      confidence: [0, 0, 0, 0, 30, 0, 0, 0, 120, 150],
      figures: { ...figures, on: 'labelled' },
    },
    detail: { classes: ['dns', 'http'] },
    model: { name: 'forest-tstat-v1', file: Uint8Array.of(5) },
  };
}

function anomalyOutcome(reader: CaseReader): LearningOutcome<'anomalies'> {
  const { summary, ...rest } = learningOutcome(reader);
  const { recipe, where, seed, rows, seconds, input, of } = summary;
  return {
    ...rest,
    summary: {
      ...{ task: 'anomalies', method: 'isolation', of, recipe, where, seed, rows, seconds, input, fingerprint: '9'.repeat(64) },
      ...{ remarks: [], trees: 128, sample: 256, threshold: 0.6125, flagged: 3, scores: [] },
    },
    detail: { averagePath: 10, meanScore: 0.4 },
    model: null,
  };
}

/** A model, a prediction and a search for anomalies; a second opinion on the model. */
function learnedCase(more: (writer: CaseWriter, reader: CaseReader) => void = () => undefined): string {
  return bench.makeCase((writer, path) => {
    importConnections(writer, 'conn.log', connections(300), []);
    const reader = openCaseForReading(path);
    writer.saveLearning({}, modelOutcome(reader));
    writer.saveLearning({}, predictionOutcome(reader));
    writer.saveLearning({}, anomalyOutcome(reader));
    writer.saveCrosscheck({
      ...{ run: 1, tool: 'ml-random-forest 2.1.0', rows: 300, sampledFrom: null, seed: 1, ari: null, equal: 1, largestDifference: null },
      ...{ accuracy: { ours: 1, theirs: 1 }, seconds: { ours: 1, theirs: 2 }, words: 'They agree on the model.', agrees: true },
    });
    more(writer, reader);
    reader.close();
  });
}

function blocksOf(path: string): readonly Block[] {
  const reader = openCaseForReading(path);
  const { blocks } = buildMethod(gatherFacts(reader));
  reader.close();
  return blocks;
}

it('every model is told: what it learned from, how good it is, and what repeats it', () => {
  const blocks = blocksOf(learnedCase());
  const told = JSON.stringify(blocks);
  for (const words of [
    'Run 1: model, a random forest',
    '14 classes by the tags “beacon”',
    '300 connections, through the filter below',
    'resp_p < 1024',
    'by host: no originator is on both sides; 25.0 % kept for the test',
    'maxDepth none, nEstimators 40',
    '40 trees, 4,120 nodes, depth 17',
    '5 folds: accuracy 0.9200 ± 0.0100',
    '(mean of the folds ± their standard deviation); 2 folds tested one class alone',
    'learned from 12 hosts, tested on 3; 62.5 % of the test is of 192.0.2.7',
    'with too few rows for the folds: “service 14”',
    'Left out, for they give the label away: service_name.',
    'd'.repeat(64),
    'c'.repeat(64),
    'test rows, never shown to it',
    'out of bag',
    'They agree on the model.',
    'The first 10 of 12 features.',
  ])
    expect(told).toContain(words);
  const tables = blocks.filter((block) => block.type === 'table');
  const captionsOf = (start: string) => tables.filter(({ caption }) => caption.startsWith(start));
  expect(captionsOf('How good')[0].rows.map(([on, , accuracy]) => [on, accuracy])).toEqual([
    ['test rows, never shown to it', { value: 0.9375, as: 'decimal' }],
    ['out of bag', { value: 0.9325, as: 'decimal' }],
  ]);
  expect(captionsOf('Class by class: test rows')[0].rows).toHaveLength(CLASSES);
  expect(captionsOf('The most important')[0].rows.map(([title]) => title)).toEqual(Array.from({ length: 10 }, (_, i) => `Feature ${i}`));
});

it('the confusion matrix is a heat table of the classes with the most rows, each of the row’s own total', () => {
  const heat = blocksOf(learnedCase()).find((block) => block.type === 'heat');
  if (heat?.type !== 'heat') throw new Error('no heat');
  // 12 of 14 classes: those with 100 and 101 rows are left out
  expect(heat.columns).toEqual(names.slice(2));
  expect(heat.rows.map(({ label, total }) => [label, total])).toEqual(names.slice(2).map((name, i) => [name, 102 + i]));
  expect(heat.rows[0].values.slice(0, 3)).toEqual([100, 2, 0]);
});

it('every prediction and search for anomalies is told', () => {
  const told = JSON.stringify(blocksOf(learnedCase()));
  for (const words of [
    'Run 2: prediction',
    'forest-tstat-v1, from a file',
    'a'.repeat(64),
    'f'.repeat(64),
    '50.0 % (150) with a confidence of 0.9 or more, 10.0 % (30) below 0.5',
    'Class by class: all labelled rows',
    'A remark on it.',
    'Run 3: search for anomalies',
    '128, each grown on a sample of 256 rows',
    'a score above 0.6125',
    '3 connections (1.00 %)',
    '9'.repeat(64),
  ])
    expect(told).toContain(words);
});

it('of many models the latest are told in full, the others in a table, and a second opinion on any is told', () => {
  const path = learnedCase((writer, reader) => {
    for (let i = 0; i < 21; i++) writer.saveLearning({}, modelOutcome(reader));
  });
  const blocks = blocksOf(path);
  const headings = blocks.flatMap((block) => (block.type === 'heading' && block.text.includes('model') ? [block.text] : []));
  expect(headings).toHaveLength(20);
  const tables = blocks.filter((block) => block.type === 'table');
  expect(tables.find(({ caption }) => caption.startsWith('Other models'))?.rows.map(([run]) => run)).toEqual([
    { value: 4, as: 'plain' },
    { value: 1, as: 'plain' },
  ]);
  expect(JSON.stringify(tables.find(({ caption }) => caption.startsWith('Other runs that')))).toContain('They agree on the model.');
});

it('is in the report for programs and on paper, the same bytes every time', async () => {
  const path = learnedCase();
  for (const format of ['pdf', 'json'] as const) {
    const first = await bench.write(path, `one.${format}`, { format, sections: ['method'] });
    const second = await bench.write(path, `two.${format}`, { format, sections: ['method'] });
    expect(second.sha256).toBe(first.sha256);
  }
  const json = readFileSync(bench.at('one.json'), 'utf8');
  expect(json).toContain('"type": "heat"');
  expect(json).toContain('Run 3: search for anomalies');
});

it('says so where nothing was learned', () => {
  const path = bench.makeCase((writer) => importConnections(writer, 'conn.log', connections(20), []));
  const texts = blocksOf(path).flatMap((block) => (block.type === 'paragraph' ? [plainText(block.text)] : []));
  expect(texts).toContain('No model, prediction or search for anomalies is in the case.');
});
