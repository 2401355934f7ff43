/** Python with scikit-learn as a peer of the benchmarks and an oracle of the tests: jobs of bench/learn/jobs/, one process each. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** FLOWCASE_PYTHON names another than the first on the path. */
export const python = process.env['FLOWCASE_PYTHON'] ?? 'python3';

const script = join(import.meta.dirname, '../learn/peer.py');

/** Row after row; `shape` names the rows and, of a matrix, the columns. */
export interface PeerArray {
  readonly values: Float32Array | Float64Array | Uint16Array | Int32Array;
  readonly shape: readonly number[];
}

/** The version of scikit-learn; null where Python or it is missing. */
export function peerVersion(): string | null {
  const { status, stdout } = start('versions', { arrays: {}, parameters: {} });
  return status === 0 ? ((JSON.parse(stdout) as Record<string, string>)['scikit-learn'] ?? null) : null;
}

/**
 * What a job found: its file in bench/learn/jobs/ says what that is. Arrays go through files that are gone afterwards.
 * @throws with what Python wrote where the job failed
 */
export function askPeer(job: string, parameters: Readonly<Record<string, unknown>>, arrays: Readonly<Record<string, PeerArray>>): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-peer-'));
  try {
    const files = Object.entries(arrays).map(([name, { values, shape }]) => {
      const path = join(folder, name);
      writeFileSync(path, values);
      return [name, { path, shape, type: values.constructor.name.replace('Array', '').toLowerCase() }] as const;
    });
    const { status, stdout, stderr } = start(job, { arrays: Object.fromEntries(files), parameters });
    if (status !== 0) throw new Error(`${python} failed at ${job}: ${stderr}`);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(job: string, asked: unknown): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const input = JSON.stringify(asked);
  return spawnSync(python, [script, job], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
}
