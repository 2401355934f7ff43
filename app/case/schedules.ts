import type Database from 'better-sqlite3';
import type { NewSchedule, Schedule, ScheduleRun } from '../contract/schedules.ts';
import { FlowcaseError } from '../errors.ts';
import { canonicalJson } from './canonical.ts';
import type { CaseWork } from './work.ts';

/** A schedule as the case keeps it; when it is due is reckoned by whoever reads it. */
export type StoredSchedule = Omit<Schedule, 'next' | 'overdue'>;

/** The writer's part for schedules. */
export interface ScheduleStore {
  save(schedule: NewSchedule): StoredSchedule;
  /** @throws NOT_FOUND */
  remove(name: string): void;
  /** It ran, well or not. @throws NOT_FOUND where it was removed meanwhile */
  ran(name: string, run: ScheduleRun): void;
}

interface Row extends Omit<StoredSchedule, 'enabled' | 'steps' | 'last'> {
  readonly enabled: number;
  readonly steps: string;
  readonly last: string | null;
}

/** In the order of their names. */
export function listSchedules(db: Database.Database): StoredSchedule[] {
  return db
    .prepare<[], Row>('SELECT id, name, cron, zone, enabled, steps, created, by, last FROM schedule ORDER BY name')
    .all()
    .map((row) => ({
      ...row,
      enabled: row.enabled !== 0,
      steps: JSON.parse(row.steps) as StoredSchedule['steps'],
      last: row.last === null ? null : (JSON.parse(row.last) as ScheduleRun),
    }));
}

function need(db: Database.Database, name: string): StoredSchedule {
  const schedule = listSchedules(db).find((one) => one.name === name);
  if (schedule === undefined) throw new FlowcaseError('NOT_FOUND', `There is no schedule “${name}” in this case.`, { schedule: name });
  return schedule;
}

export class StoredSchedules implements ScheduleStore {
  readonly #work: CaseWork;

  constructor(work: CaseWork) {
    this.#work = work;
  }

  save(schedule: NewSchedule): StoredSchedule {
    const { db, who } = this.#work;
    const { name, cron, zone, enabled, steps } = schedule;
    return this.#work.change((at) => {
      db.prepare(
        `INSERT INTO schedule(name, cron, zone, enabled, steps, created, by) VALUES (?,?,?,?,?,?,?)
         ON CONFLICT(name) DO UPDATE SET cron = excluded.cron, zone = excluded.zone, enabled = excluded.enabled, steps = excluded.steps`,
      ).run(name.toWellFormed(), cron, zone, enabled ? 1 : 0, canonicalJson(steps), at, who);
      const summary = `Set the schedule '${name}' (${cron}, ${zone}${enabled ? '' : ', switched off'}): ${steps.map(({ command }) => command).join(', ')}.`;
      return { result: need(db, name), act: { act: 'schedule.saved', summary, details: { ...schedule } } };
    }).result;
  }

  remove(name: string): void {
    const { db } = this.#work;
    need(db, name);
    this.#work.change(() => {
      db.prepare('DELETE FROM schedule WHERE name = ?').run(name);
      return { result: null, act: { act: 'schedule.removed', summary: `Removed the schedule '${name}'.`, details: { name } } };
    });
  }

  ran(name: string, run: ScheduleRun): void {
    const { db } = this.#work;
    need(db, name);
    this.#work.change(() => {
      db.prepare('UPDATE schedule SET last = ? WHERE name = ?').run(canonicalJson(run), name);
      const failed = run.steps.filter(({ ok }) => !ok).length;
      const words = failed === 0 ? 'all well' : `${failed} failed`;
      const summary = `Ran the schedule '${name}': ${run.steps.length} steps, ${words}.`;
      return { result: null, act: { act: 'schedule.ran', summary, details: { name, ...run } } };
    });
  }
}
