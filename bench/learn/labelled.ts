/**
 * Accuracy and macro F1 on real labelled logs (../shared/data, see its MANIFEST.md), by a random split, by hosts and by time: our forest beside
 * scikit-learn's on the same matrix and the same split, 100 trees, mean over twenty seeds. No worse is asked for, within what seeds alone change.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createCase, openCaseForReading } from '../../app/case/open.ts';
import { learningSources, tagSource } from '../../app/commands/learning-sources.ts';
import { splitKinds, type SplitKind, type TrainRequest } from '../../app/contract.ts';
import { formatCount } from '../../app/contract/format.ts';
import { FlowcaseError } from '../../app/errors.ts';
import { importFiles } from '../../app/import/import-files.ts';
import { Matrix } from '../../app/learn/matrix.ts';
import { unwatched } from '../../app/learn/pace.ts';
import { ThreadPool } from '../../app/learn/thread-pool.ts';
import { prepareLesson, type Lesson } from '../../app/runs/train.ts';
import { classifierFigures, codesOf } from '../../app/runs/train-figures.ts';
import { newClassifier } from '../../app/runs/train-trees.ts';
import { askPeer, peerVersion } from '../lib/python-peer.ts';

const TREES = 100;
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
/** Means over twenty seeds differ by so much between two runs of the same library. */
const CHANCE = 0.01;
/** Fewer test rows decide nothing: one of them is more than chance. */
const LEAST_ROWS = 50;

const data = join(import.meta.dirname, '../../../shared/data');
const logs: readonly { readonly file: string; readonly label: string }[] = [
  { file: 'tstat/v3.1.3/log_tcp_complete_classes.txt.gz', label: 'class' },
  { file: 'tstat/v3.3.0/log_tcp_complete_classes.txt.gz', label: 'class' },
  { file: 'zeek/iot23-malware-34-1/conn.log.labeled.gz', label: 'label' },
  { file: 'zeek/iot23-malware-34-1/conn.log.labeled.gz', label: 'detailed-label' },
  { file: 'zeek/ctu-sme-11/conn.log.labeled', label: 'label' },
];

interface Scores {
  readonly accuracy: number;
  readonly macroF1: number;
}

const pool = new ThreadPool(() => new Worker(new URL('../../app/learn/kernels/learn-thread.ts', import.meta.url)), availableParallelism());
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function ours({ matrix, labels, split }: Lesson): Promise<Scores> {
  const [train, test] = [matrix.pick(split.train), matrix.pick(split.test)];
  const scores: Scores[] = [];
  for (const seed of SEEDS) {
    const model = newClassifier({ model: 'forest', parameters: { nEstimators: TREES }, seed });
    await model.fit(train, codesOf(labels.codes, split.train), labels.classes.length, { pool });
    const found = await model.predictProba(test, { pool });
    const figures = classifierFigures('test', codesOf(labels.codes, split.test), found, labels.classes);
    if (figures !== null) scores.push(figures);
  }
  return { accuracy: mean(scores.map(({ accuracy }) => accuracy)), macroF1: mean(scores.map(({ macroF1 }) => macroF1)) };
}

function theirs({ matrix, labels, split }: Lesson): Scores {
  const rows = (of: Uint32Array): { readonly values: Float32Array; readonly shape: readonly number[] } => ({
    values: inRows(matrix, of),
    shape: [of.length, matrix.columns],
  });
  const codes = (of: Uint32Array): { readonly values: Uint16Array; readonly shape: readonly number[] } => ({
    values: codesOf(labels.codes, of),
    shape: [of.length],
  });
  const { train, test } = split;
  const arrays = { x: rows(train), y: codes(train), test: rows(test), truth: codes(test) };
  return askPeer('labelled', { trees: TREES, seeds: SEEDS }, arrays) as Scores;
}

function inRows(matrix: Matrix, of: Uint32Array): Float32Array {
  const values = new Float32Array(of.length * matrix.columns);
  of.forEach((row, i) => matrix.copyRow(row, values.subarray(i * matrix.columns, (i + 1) * matrix.columns)));
  return values;
}

const request: TrainRequest = {
  ...{ of: 'connections', model: 'forest', recipe: '', features: [], where: '', seed: 1, test: 0.25, folds: 0, tune: null },
  ...{ label: { type: 'column', column: 'class' }, split: 'random', parameters: {}, keepLeaks: false },
} as const;

/** The file as a case; the lesson of each split. */
async function compare({ file, label }: (typeof logs)[number], known: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-labelled-'));
  const path = join(folder, 'a.flowcase');
  const writer = createCase(path, { name: 'labelled', number: '', examiner: '', who: 'bench', program: 'bench' });
  try {
    await importFiles(writer, { paths: [join(data, file)], force: false }, { report: () => undefined, stopped: () => false });
    const reader = openCaseForReading(path);
    try {
      const sources = learningSources(reader, 'connections', '');
      const tags = tagSource(reader);
      for (const split of splitKinds) {
        const asked: TrainRequest = { ...request, split, label: { type: 'column', column: label } };
        await line(file, label, split, known, () => prepareLesson({ sources, request: asked, tags, program: 'bench' }, unwatched()));
      }
    } finally {
      reader.close();
    }
  } finally {
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function line(file: string, label: string, split: SplitKind, known: boolean, prepare: () => Promise<Lesson>): Promise<void> {
  const name = `${file.split('/').slice(0, 2).join('/')} ${label}, by ${split}`.padEnd(52);
  try {
    const lesson = await prepare();
    const [own, peer] = [await ours(lesson), known ? theirs(lesson) : null];
    const rows = `${formatCount(lesson.split.train.length)} / ${formatCount(lesson.split.test.length)} rows, ${lesson.labels.classes.length} classes`;
    const beside = peer === null ? '' : `   scikit-learn ${peer.accuracy.toFixed(3)} ${peer.macroF1.toFixed(3)}`;
    const few = lesson.split.test.length < LEAST_ROWS;
    const worse = peer !== null && !few && (own.accuracy < peer.accuracy - CHANCE || own.macroF1 < peer.macroF1 - CHANCE);
    console.log(
      `  ${name} ${rows.padEnd(34)} ours ${own.accuracy.toFixed(3)} ${own.macroF1.toFixed(3)}${beside}${worse ? '   WORSE' : ''}`,
    );
    if (worse) process.exitCode = 1;
  } catch (error) {
    // a log of one host cannot be split by hosts, nor one of a single class on a side be learned from
    if (!(error instanceof FlowcaseError) || error.code !== 'PARAMETER') throw error;
    console.log(`  ${name} cannot be split so: ${error.message}`);
  }
}

if (existsSync(join(data, 'MANIFEST.md'))) {
  const known = peerVersion() !== null;
  console.log(`labelled logs: accuracy and macro F1 on rows kept for the test, ${TREES} trees, mean over ${SEEDS.length} seeds`);
  for (const log of logs) await compare(log, known);
} else console.log('labelled logs: skipped, ../shared/data is not there');
await pool.close();
