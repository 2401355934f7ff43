import type { CaseReader, CaseWriter } from '../case/types.ts';
import type { StoredSchedule } from '../case/schedules.ts';
import {
  commands,
  type Checked,
  type ImportResult,
  type NewSchedule,
  type Schedule,
  type ScheduleRun,
  type ScheduleStep,
  type StepOutcome,
} from '../contract.ts';
import { plural } from '../contract/format.ts';
import { errorCodes, FlowcaseError, toErrorShape, type ErrorCode } from '../errors.ts';
import { filledIn, lastDue, nextDue } from '../schedule/clock.ts';

/* Work at set times: what is due, and doing it. */

/** With when it is due, as of now. */
export function scheduleOf(stored: StoredSchedule, now: number): Schedule {
  if (!stored.enabled) return { ...stored, next: null, overdue: false };
  const missed = dueAt(stored, now);
  return { ...stored, next: missed ?? nextDue(stored, now), overdue: missed !== null };
}

/** When a schedule was due that has not run since; null: it was not. */
export function dueAt(stored: StoredSchedule, now: number): number | null {
  return stored.enabled ? lastDue(stored, stored.last?.due ?? stored.created, now) : null;
}

export function listSchedules(reader: CaseReader, now = Date.now() * 1000): readonly Schedule[] {
  return reader.schedules().map((stored) => scheduleOf(stored, now));
}

/** @throws FlowcaseError INVALID_INPUT where a time or a step is wrong */
export function saveSchedule(writer: CaseWriter, schedule: NewSchedule): Schedule {
  const now = Date.now() * 1000;
  nextDue(schedule, now);
  for (const [i, step] of schedule.steps.entries()) checkStep(step, i, now, schedule.zone);
  return scheduleOf(writer.schedules.save(schedule), now);
}

/** The input of a step as its command takes it, with the time filled in. @throws FlowcaseError INVALID_INPUT */
function checkStep({ command, input }: ScheduleStep, index: number, due: number, zone: string): Checked<ScheduleStep['command']> {
  const parsed = commands[command].input.safeParse(filledPaths(input, due, zone));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new FlowcaseError('INVALID_INPUT', `Step ${index + 1} (${command}) is wrong${where}: ${issue.message}.`, { step: index + 1 });
}

function filledPaths(input: Readonly<Record<string, unknown>>, due: number, zone: string): Record<string, unknown> {
  const fill = (value: unknown): unknown => (typeof value === 'string' ? filledIn(value, due, zone) : value);
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => {
      if (key === 'path') return [key, fill(value)];
      return [key, key === 'paths' && Array.isArray(value) ? value.map(fill) : value];
    }),
  );
}

/** Does one step; what it comes to in words. */
export type DoStep = <N extends ScheduleStep['command']>(command: N, input: Checked<N>) => Promise<unknown>;

/** Does all steps of a schedule, one after the other; a step that fails does not keep the others from being done. @throws FlowcaseError CANCELLED */
export async function runSchedule(
  schedule: StoredSchedule,
  work: DoStep,
  now: () => number = () => Date.now() * 1000,
): Promise<ScheduleRun> {
  const began = now();
  const due = dueAt(schedule, began) ?? began;
  const steps: StepOutcome[] = [];
  for (const [i, step] of schedule.steps.entries()) {
    const started = performance.now();
    const done = (failed: ErrorCode | null, words: string): number =>
      steps.push({
        command: step.command,
        ok: failed === null,
        words,
        seconds: (performance.now() - started) / 1000,
        ...(failed === null ? {} : { error: failed }),
      });
    try {
      const result = await work(step.command, checkStep(step, i, due, schedule.zone));
      done(failureOf(step.command, result), stepWords(step.command, result));
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (code === 'CANCELLED') throw error;
      done(code, message);
    }
  }
  return { due, began, ended: now(), ok: steps.every(({ ok }) => ok), steps };
}

/** Which step failed first, and why; null where none did. */
export function failureOfRun({ steps }: ScheduleRun): FlowcaseError | null {
  const failed = steps.findIndex(({ ok }) => !ok);
  if (failed < 0) return null;
  const { command, words, error } = steps[failed];
  return new FlowcaseError(error ?? 'INTERNAL', `Step ${failed + 1} (${command}) failed: ${words}`, { step: failed + 1, command });
}

/** An import that took nothing of what there was, and a verification that found differences, did not go well. */
function failureOf(command: ScheduleStep['command'], result: unknown): ErrorCode | null {
  if (command === 'case.verify') return (result as { ok: boolean }).ok ? null : 'CASE_DAMAGED';
  if (command !== 'evidence.import') return null;
  const { evidence, skipped, refused } = result as ImportResult;
  if (refused.length === 0 || evidence.length + skipped.length > 0) return null;
  return errorCodes.find((code) => code === refused[0].code) ?? 'FILE_UNREADABLE';
}

function stepWords(command: ScheduleStep['command'], result: unknown): string {
  switch (command) {
    case 'evidence.import': {
      const { evidence, skipped, refused } = result as ImportResult;
      const rows = evidence.reduce((sum, one) => sum + one.rows, 0);
      return `${plural(evidence.length, 'file')} imported (${plural(rows, 'record')}), ${skipped.length} skipped, ${refused.length} refused${refused.length === 0 ? '' : `: ${refused[0].message}`}`;
    }
    case 'anomalies.run':
      return plural((result as { findings: number }).findings, 'finding');
    case 'cluster.run':
      return `run ${(result as { run: { id: number } }).run.id}`;
    case 'model.apply':
      return `run ${(result as { id: number }).id}`;
    case 'case.verify':
      return (result as { ok: boolean }).ok ? 'no difference' : 'differences were found';
    case 'report.export':
    case 'table.export':
      return (result as { file: string }).file;
  }
}
