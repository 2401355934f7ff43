import { z } from 'zod';
import { job, read, write } from './command.ts';
import { newSchedule, scheduleName, type Schedule, type ScheduleRun } from './schedules.ts';

/** Work at set times. */
export const scheduleCommands = {
  'schedules.list': read<readonly Schedule[]>()('Work that is done at set times, and how it went the last time', z.strictObject({})),
  'schedule.save': write<Schedule>()('Have work done at set times; one of the same name is replaced', newSchedule),
  'schedule.remove': write<null>()('Have work done at set times no more', z.strictObject({ name: scheduleName })),
  'schedule.run': job<ScheduleRun>()('Do the work of a schedule now', z.strictObject({ name: scheduleName })),
};
