import { Random } from '../../shared/random.ts';
import type { BinSetup } from '../kernels/bin-kernel.ts';
import type { Matrix } from '../matrix.ts';
import type { Pace } from '../pace.ts';
import { sampleRows } from '../sample.ts';
import type { ThreadPool } from '../thread-pool.ts';
import { Work } from '../work.ts';
import { CODES, type Bins } from './bins.ts';

/** Where a column has more distinct values than codes, its quantiles are those of at most so many rows. */
const SAMPLE = 65_536;

/** `seed`: for the rows whose quantiles are taken. The matrix has no infinite values. @throws FlowcaseError CANCELLED, PROCESS_DIED */
export async function binMatrix(matrix: Matrix, seed: number, pace: Pace, pool: ThreadPool | null): Promise<Bins> {
  const { rows, columns } = matrix;
  const bins: Bins = {
    rows,
    columns,
    codes: new Uint8Array(new SharedArrayBuffer(rows * columns)),
    lows: new Float32Array(new SharedArrayBuffer(columns * CODES * 4)),
    highs: new Float32Array(new SharedArrayBuffer(columns * CODES * 4)),
    counts: new Uint16Array(new SharedArrayBuffer(columns * 2)),
  };
  const sample = new Uint32Array(new SharedArrayBuffer(Math.min(rows, SAMPLE) * 4));
  sample.set(sampleRows(rows, SAMPLE, new Random(seed)));
  const setup: BinSetup = { values: matrix.values, bins, sample };
  const work = new Work('bin', setup, pace, pool);
  try {
    await work.round(columns, null);
  } finally {
    work.close();
  }
  return bins;
}
