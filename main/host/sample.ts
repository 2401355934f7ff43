import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowcaseError, type CaseInfo, type Checked, type Client, type NamesOf, type Result } from '../../app/contract.ts';
import type { JobContext } from './jobs.ts';
import { checkInput } from './validate.ts';

export interface SampleOptions {
  /** The data folder: the sample lies in `sample/` within. */
  readonly folder: string;
  readonly context: JobContext;
  readonly invoke: Client['invoke'];
  /** Does a job's work as part of this one. */
  readonly work: <N extends NamesOf<'job'>>(name: N, input: Checked<N>) => Promise<Result<N>>;
  readonly generate: (log: string, truth: string) => Promise<unknown>;
}

/**
 * Opens the sample case: generated traffic with a planted beacon, scan and exfiltration, imported and clustered.
 * An earlier one is opened again where it is whole; one that is not is left alone, and a new one is made beside it.
 */
export async function makeSample(options: SampleOptions): Promise<CaseInfo> {
  const { context, invoke, work, generate } = options;
  const folder = join(options.folder, 'sample');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, 'conn.log');
  const truth = `${log}.truth.json`;
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? 'sample.flowcase' : `sample-${number}.flowcase`);
    if (existsSync(path)) {
      const info = await reopen(path, invoke);
      if (info !== null) return info;
      continue;
    }
    if (!existsSync(log) || !existsSync(truth)) await generate(log, truth);
    stopIfAsked(context);
    await invoke('case.create', { path, name: 'Operation Harbour Light', number: 'SAMPLE-1', examiner: 'Sample examiner' });
    await work('evidence.import', checkInput('evidence.import', { paths: [log] }));
    stopIfAsked(context);
    await work('cluster.run', checkInput('cluster.run', {}));
    return invoke('case.info', {});
  }
}

/** The sample at `path` where it is whole, else null. @throws CASE_LOCKED: another window has it open */
async function reopen(path: string, invoke: Client['invoke']): Promise<CaseInfo | null> {
  try {
    const info = await invoke('case.open', { path });
    return info.evidence > 0 && info.runs > 0 ? info : null;
  } catch (error) {
    if (error instanceof FlowcaseError && error.code === 'CASE_LOCKED') throw error;
    return null;
  }
}

function stopIfAsked(context: JobContext): void {
  if (context.signal.aborted) throw new FlowcaseError('CANCELLED', 'Making the sample case was cancelled.');
}
