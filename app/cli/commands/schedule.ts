import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Schedule, ScheduleRun, ScheduleStep, StepCommand } from '../../contract.ts';
import { stepCommands } from '../../contract.ts';
import { formatDuration, formatTime } from '../../contract/format.ts';
import { UsageError, type Args } from '../args.ts';
import { exitCodes, type CliCommand, type CliContext, type ExitCode } from '../command.ts';
import type { CliHost } from '../io.ts';
import { printable } from '../progress-line.ts';
import { isoOrNull, textTable } from '../values.ts';

const LOOK_MS = 15_000;

function scheduleJson(schedule: Schedule): Record<string, unknown> {
  return {
    ...schedule,
    created: isoOrNull(schedule.created),
    next: isoOrNull(schedule.next),
    last: schedule.last === null ? null : runJson(schedule.last),
  };
}

function runJson(run: ScheduleRun): Record<string, unknown> {
  return { ...run, due: isoOrNull(run.due), began: isoOrNull(run.began), ended: isoOrNull(run.ended) };
}

/** `evidence.import {"paths":["/logs"]}` @throws UsageError */
export function stepOf(text: string): ScheduleStep {
  const [, command = '', json = '{}'] = /^(\S+)\s*(\{.*\})?$/s.exec(text.trim()) ?? [];
  if (!stepCommands.some((known) => known === command))
    throw new UsageError(`--step begins with one of ${stepCommands.join(', ')}, followed by its input as JSON, not "${text}"`);
  try {
    return { command: command as StepCommand, input: JSON.parse(json) as Record<string, unknown> };
  } catch {
    throw new UsageError(`the input of the step ${command} is no JSON: ${json}`);
  }
}

function stepsOf(context: CliContext): readonly ScheduleStep[] {
  const file = context.args.text('steps');
  const given = (context.args.list('step') ?? []).map(stepOf);
  if (file === undefined) return given;
  const read: unknown = JSON.parse(readFileSync(context.path(file), 'utf8'));
  if (!Array.isArray(read)) throw new UsageError(`${file} holds no list of steps: [{"command": "evidence.import", "input": {…}}]`);
  return [...(read as ScheduleStep[]), ...given];
}

const schedule: CliCommand = {
  name: 'schedule',
  usage: "CASE [NAME --cron '0 3 * * *' --step 'COMMAND {JSON}'... | NAME --remove]",
  about:
    'Has work done at set times, or lists what is. A step is a command of the API with its input as JSON: evidence.import {"paths":["/logs"]}, anomalies.run {}, report.export {"path":"/reports/{date}.pdf"}. It is done by an open window, by "serve", or by "run-schedule".',
  options: {
    cron: { type: 'string', about: 'when: minute, hour, day, month, weekday; or @daily, @hourly, @weekly', value: "'...'" },
    zone: { type: 'string', about: 'zone whose clock counts (default UTC)', value: 'ZONE' },
    step: { type: 'string', multiple: true, about: 'what is done; may be given several times', value: "'COMMAND {JSON}'" },
    steps: { type: 'string', about: 'the steps as a JSON file: [{"command": ..., "input": ...}]', value: 'FILE' },
    off: { type: 'boolean', about: 'keep it, but do not run it' },
    remove: { type: 'boolean', about: 'remove it' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(2);
    const name = context.args.positionals[1];
    if (name === undefined) return list(context);
    return context.withHost(true, async (host) => {
      if (context.args.flag('remove')) {
        await host.invoke('schedule.remove', { name });
        context.answer({ removed: name }, () => `Removed ${printable(name)}.`);
        return exitCodes.done;
      }
      const cron = needed(context.args, 'cron');
      const steps = stepsOf(context);
      if (steps.length === 0) throw new UsageError('--step is missing: what is to be done');
      const zone = context.args.text('zone') ?? 'UTC';
      const saved = await host.invoke('schedule.save', { name, cron, zone, enabled: !context.args.flag('off'), steps: [...steps] });
      context.answer(
        scheduleJson(saved),
        () => `${printable(saved.name)} is due next at ${saved.next === null ? 'no time' : formatTime(saved.next)} UTC.`,
      );
      return exitCodes.done;
    });
  },
};

function needed(args: Args, name: string): string {
  const value = args.text(name);
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}

async function list(context: CliContext): Promise<ExitCode> {
  return context.withHost('reading', async (host) => {
    const schedules = await host.invoke('schedules.list', {});
    context.answer({ schedules: schedules.map(scheduleJson) }, () => {
      if (schedules.length === 0) return 'Nothing is done at set times in this case.';
      const rows = schedules.map(({ name, cron, zone, steps, next, last }) => [
        printable(name),
        `${cron} ${zone}`,
        steps.map(({ command }) => command).join(', '),
        next === null ? 'off' : formatTime(next),
        last === null ? 'not yet' : `${last.ok ? 'well' : 'FAILED'} ${formatTime(last.began)}`,
        last === null ? '' : whyOf(last),
      ]);
      return textTable(['name', 'when', 'what', 'next', 'last', 'why'], rows, []);
    });
    return exitCodes.done;
  });
}

/** Why a run failed, step by step; "" where it went well. */
function whyOf({ steps }: ScheduleRun): string {
  return steps.flatMap(({ command, ok, words }) => (ok ? [] : [`${command}: ${printable(words)}`])).join(' ');
}

/** Those that were named, or those that are due. */
async function chosen(host: CliHost, names: readonly string[]): Promise<readonly string[]> {
  if (names.length > 0) return names;
  return (await host.invoke('schedules.list', {})).filter(({ overdue }) => overdue).map(({ name }) => name);
}

const runSchedule: CliCommand = {
  name: 'run-schedule',
  usage: 'CASE [NAME...] [--keep]',
  about:
    'Does the work of schedules: of those that are named, or of those that are due and were not done. For cron, systemd timers and Airflow; --keep stays and does it as it becomes due. Exit code 1 where a step failed.',
  options: { keep: { type: 'boolean', about: 'stay, and do what becomes due, until it is stopped (Ctrl-C)' } },
  async run(context) {
    context.casePath();
    const names = context.args.positionals.slice(1);
    const keep = context.args.flag('keep');
    const stop = new AbortController();
    const runs: { name: string; run: ScheduleRun }[] = [];
    return context.withHost(true, async (host, progress) => {
      context.io.onInterrupt(() => stop.abort());
      do {
        for (const name of await chosen(host, names)) {
          const run = await host.runJob('schedule.run', { name }, progress);
          runs.push({ name, run });
          for (const { command, ok, words } of run.steps)
            context.io.err(`${printable(name)}: ${command} ${ok ? '' : 'FAILED: '}${printable(words)}\n`);
        }
        if (keep) await wait(LOOK_MS, null, { signal: stop.signal }).catch(() => null);
      } while (keep && !stop.signal.aborted);
      context.answer({ runs: runs.map(({ name, run }) => ({ name, ...runJson(run) })) }, () => runsWords(runs));
      return runs.every(({ run }) => run.ok) ? exitCodes.done : exitCodes.failed;
    });
  },
};

function runsWords(runs: readonly { readonly name: string; readonly run: ScheduleRun }[]): string {
  if (runs.length === 0) return 'Nothing was due.';
  return runs
    .map(
      ({ name, run }) =>
        `${printable(name)}: ${run.ok ? 'done' : 'a step failed'} in ${formatDuration(run.ended - run.began)}${run.ok ? '' : `. ${whyOf(run)}`}`,
    )
    .join('\n');
}

export const scheduleCommands: readonly CliCommand[] = [schedule, runSchedule];
