import { FlowcaseError } from '../errors.ts';
import { idSelector } from './numbers.ts';
import { inRanges, type Ranges } from './ranges.ts';
import { eachRow, nothing, type Selector } from './selection.ts';
import { listWords, quoted, syntaxError, type Word } from './syntax.ts';
import type { FilterContext } from './types.ts';

export function tagSelector(name: string, context: FilterContext): Selector {
  return (chunk) => context.tagMask(name, context.table.kind, chunk);
}

/** By a finding's kind, or its number. */
export function findingSelector(name: string, context: FilterContext): Selector {
  let selector: Selector | null = null;
  return (chunk) => (selector ??= idSelector(context.findingRecords(name)))(chunk);
}

/** Records that the latest prediction says to be of one of these classes; null: of any. */
export function predictedSelector(classes: ReadonlySet<string> | null, context: FilterContext): Selector {
  const { prediction } = context;
  if (prediction === null) return nothing;
  const wanted = Uint8Array.from([0, ...prediction.classes.map((name) => (classes === null || classes.has(name) ? 1 : 0))]);
  return (chunk) => {
    const labels = context.assignment(prediction.run, chunk.id)?.labels;
    return labels === undefined ? null : eachRow(chunk.rows, (i) => wanted[labels[i]] === 1);
  };
}

/** Records of which the confidence, or the score, lies in the ranges; null: that have one. */
export function ratedSelector(of: 'confidence' | 'anomaly', ranges: Ranges | null, context: FilterContext): Selector {
  const run = of === 'anomaly' ? context.anomalies : (context.prediction?.run ?? null);
  if (run === null) return nothing;
  return (chunk) => {
    const found = context.assignment(run, chunk.id);
    if (found === null) return null;
    const { labels, distance } = found;
    return eachRow(chunk.rows, (i) => labels[i] !== 0 && (ranges === null || inRanges(ranges, distance[i])));
  };
}

export function evidenceSelector(ids: ReadonlySet<number>): Selector {
  return (chunk) => (ids.has(chunk.evidence) ? 'all' : null);
}

/** `3` in the current run, `2:3` in run 2; null: any cluster of the current run. */
export function clusterSelector(value: Word | null, context: FilterContext): Selector {
  const { run, cluster } = value === null ? { run: context.currentRun, cluster: null } : clusterOf(value, context);
  if (run === null) return nothing;
  return (chunk) => {
    const labels = context.assignment(run, chunk.id)?.labels;
    if (labels === undefined) return null;
    return eachRow(chunk.rows, cluster === null ? (i) => labels[i] !== 0 : (i) => labels[i] === cluster);
  };
}

/** @throws FlowcaseError FILTER_SYNTAX */
export function clusterOf(value: Word, context: FilterContext): { readonly run: number; readonly cluster: number } {
  const parts = /^(?:(\d{1,9}):)?(\d{1,9})$/.exec(value.text.trim());
  if (parts === null || Number(parts[2]) === 0)
    throw syntaxError(value, `${quoted(value.text)} is no cluster`, ['a number such as 3', 'run and number such as 2:3']);
  const named = parts[1] as string | undefined;
  const run = named === undefined ? context.currentRun : Number(named);
  if (run === null && context.runs.length > 0) {
    throw syntaxError(value, `It is not clear which run cluster ${parts[2]} belongs to`, [
      `run and number, such as ${Math.max(...context.runs)}:${parts[2]}`,
    ]);
  }
  if (run === null) {
    throw new FlowcaseError('FILTER_SYNTAX', `There are no clusters yet (character ${value.position + 1}). Group the connections first.`, {
      position: value.position,
      length: value.length,
      expected: [],
    });
  }
  if (!context.runs.includes(run))
    throw syntaxError(value, `There is no run ${run}`, [listWords(context.runs.map((id) => `${id}:${parts[2]}`))]);
  return { run, cluster: Number(parts[2]) };
}
