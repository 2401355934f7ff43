import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

/** Work that a case has done at set times. Times are integer microseconds since 1970 UTC. */

/** What a step may be: jobs of the contract that run without a person. */
export const stepCommands = [
  'evidence.import',
  'cluster.run',
  'anomalies.run',
  'model.apply',
  'case.verify',
  'report.export',
  'table.export',
] as const;
export type StepCommand = (typeof stepCommands)[number];

/**
 * One step: a command of the contract and its input, as it is given elsewhere. In a `path` of the input `{date}` becomes 2026-11-21, `{time}` 0300 and
 * `{week}` 2026-W47, of the time that the schedule was due, in its zone.
 */
export const scheduleStep = z.strictObject({ command: z.enum(stepCommands), input: z.record(z.string(), z.unknown()).default({}) });
export type ScheduleStep = z.output<typeof scheduleStep>;

export const scheduleName = z.string().trim().min(1).max(100);

export const newSchedule = z.strictObject({
  name: scheduleName,
  /** When: five fields of cron (minute, hour, day, month, weekday), or `@hourly`, `@daily`, `@weekly`, `@monthly`. */
  cron: z.string().trim().min(1).max(200),
  /** IANA name of the zone whose clock counts. */
  zone: z.string().min(1).max(100).default('UTC'),
  enabled: z.boolean().default(true),
  steps: z.array(scheduleStep).min(1).max(50),
});
export type NewSchedule = z.output<typeof newSchedule>;

/** What became of one step. */
export interface StepOutcome {
  readonly command: StepCommand;
  readonly ok: boolean;
  /** In words: "12,345 records from conn.log", or what went wrong. */
  readonly words: string;
  readonly seconds: number;
  /** Of a step that failed: the code of its error. */
  readonly error?: ErrorCode;
}

/** How a schedule ran the last time. */
export interface ScheduleRun {
  /** When it was due, and when it began and ended. */
  readonly due: number;
  readonly began: number;
  readonly ended: number;
  readonly ok: boolean;
  readonly steps: readonly StepOutcome[];
}

export interface Schedule extends NewSchedule {
  readonly id: number;
  readonly created: number;
  readonly by: string;
  readonly last: ScheduleRun | null;
  /** When it is due next, or has been since; null: never, or it is switched off. */
  readonly next: number | null;
  /** It was due, and has not run since. */
  readonly overdue: boolean;
}
