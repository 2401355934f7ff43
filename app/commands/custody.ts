import type { Checked, NamesOf, Result } from '../contract.ts';
import { formatBytes, formatCount, plural } from '../contract/format.ts';

/** What the writer must record once a job has ended well. */
export interface CustodyAct {
  readonly act: string;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The custody entry of a job that leaves the case as it is; null where the job recorded its own, or changed nothing worth one. */
export function custodyOf<N extends NamesOf<'job'>>(name: N, input: Checked<N>, result: Result<N>): CustodyAct | null {
  const make = acts[name] as (input: Checked<N>, result: Result<N>) => CustodyAct | null;
  return make(input, result);
}

const none = (): null => null;

const acts: { readonly [N in NamesOf<'job'>]: (input: Checked<N>, result: Result<N>) => CustodyAct | null } = {
  'case.sample': none,
  'schedule.run': none,
  'evidence.import': none,
  'cluster.run': none,
  // the writer's own entries
  'run.picture': none,
  'run.crosscheck': none,
  'model.train': none,
  'model.apply': none,
  'anomalies.run': none,
  'model.export': modelExported,
  'case.verify': verified,
  'report.export': reported,
  'table.export': exported,
  'run.repeat': repeated,
};

function verified({ originals }: Checked<'case.verify'>, result: Result<'case.verify'>): CustodyAct {
  const whole = result.custody.ok ? 'the chain is whole' : 'the chain is broken';
  const absent = result.evidence.filter(({ match }) => match === null).length;
  const differs = result.evidence.filter(({ match, row, records }) => match === false || !row || !records);
  const matching = result.evidence.length - absent - differs.length;
  const parts = [`${formatCount(matching)} of ${plural(result.evidence.length, 'file')} as imported`];
  if (absent > 0) parts.push(`${plural(absent, 'original')} not found`);
  if (differs.length > 0) parts.push(`${plural(differs.length, 'file')} different`);
  return {
    act: 'case.verified',
    summary: `Verified the case: ${result.ok ? 'no difference' : 'differences found'}; ${whole}, ${parts.join(', ')}.`,
    details: {
      ok: result.ok,
      originals: originals ?? null,
      custody: { entries: result.custody.entries, ok: result.custody.ok, head: result.custody.head },
      evidence: result.evidence.map(({ id, sha256, match, row, records }) => ({ id, sha256, match, row, records })),
    },
  };
}

function reported(input: Checked<'report.export'>, result: Result<'report.export'>): CustodyAct {
  const pages = result.pages === null ? '' : `, ${plural(result.pages, 'page')}`;
  return {
    act: 'report.exported',
    summary: `Wrote the report ${result.file} (${input.format.toUpperCase()}${pages}, ${formatBytes(result.bytes)}).`,
    details: {
      file: result.file,
      format: input.format,
      paper: input.format === 'pdf' ? input.paper : null,
      sections: input.sections,
      pages: result.pages,
      bytes: result.bytes,
      sha256: result.sha256,
    },
  };
}

function exported(input: Checked<'table.export'>, result: Result<'table.export'>): CustodyAct {
  const through = input.filter === '' ? '' : ` through the filter ${input.filter}`;
  const other = input.table === 'connections' && input.kind !== 'connection';
  return {
    act: 'table.exported',
    summary: `Wrote the table of ${other ? `${input.kind} records` : input.table}${through} to ${result.file} (${plural(result.rows, 'row')}, ${formatBytes(result.bytes)}).`,
    details: {
      file: result.file,
      table: input.table,
      ...(input.format === 'csv' ? {} : { format: input.format }),
      ...(other ? { kind: input.kind } : {}),
      filter: input.filter,
      run: input.run ?? null,
      cluster: input.cluster ?? null,
      columns: input.columns ?? null,
      rows: result.rows,
      bytes: result.bytes,
      sha256: result.sha256,
    },
  };
}

function modelExported({ run }: Checked<'model.export'>, { file, bytes, sha256 }: Result<'model.export'>): CustodyAct {
  return {
    act: 'model.exported',
    summary: `Wrote model ${run} to ${file} (${formatBytes(bytes)}).`,
    details: { run, file, bytes, sha256 },
  };
}

function repeated({ run }: Checked<'run.repeat'>, result: Result<'run.repeat'>): CustodyAct {
  return {
    act: 'run.repeated',
    summary: `Repeated run ${run}: ${result.same ? 'the same answer' : result.changed === null ? 'another answer' : 'it cannot be told, as the case has changed since'} (fingerprint ${result.fingerprint.slice(0, 8)}).`,
    details: { run, same: result.same, fingerprint: result.fingerprint, expected: result.expected },
  };
}
