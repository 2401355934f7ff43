import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForWriting } from '../../case/open.ts';
import { caseFields, identity, scratchFolder } from '../../case/testing.ts';
import type { LiveSourceStatus } from '../../contract/live.ts';
import { engineOver, lone, ScriptedSource, until, watchOf } from './testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const text = Array.from(
  { length: 60 },
  (_, i) => `10.0.0.${i % 9} - - [10/Oct/2024:13:00:${10 + (i % 50)} +0000] "GET /${i} HTTP/1.1" 200 1\n`,
);

/** What a source says of itself where what goes along with its records throws this for so many commits. */
async function after(name: string, thrown: Error, times: number, over: (status: LiveSourceStatus) => boolean): Promise<LiveSourceStatus> {
  const path = join(scratch.path, `${name}.flowcase`);
  createCase(path, caseFields).close();
  const writer = openCaseForWriting(path, identity);
  const settle = (): void => {
    if (times-- > 0) throw thrown;
  };
  const engine = engineOver(writer, () => new ScriptedSource(text.join(''), []), { ...lone, settle });
  engine.start();
  engine.watch('access.log', watchOf('/logs/access.log', { format: undefined }));
  await until(() => over(engine.status().sources[0]));
  const [status] = engine.status().sources;
  await engine.close();
  writer.close();
  return status;
}

it('a source that meets a defect fails and says so: trying again would never end', async () => {
  const status = await after('defect', new TypeError('nothing has no rows'), Infinity, ({ state }) => state === 'failed');
  expect(status.error).toMatch(/defect of its own: nothing has no rows/);
});

it('where the machine is to blame it is tried again', async () => {
  const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
  const status = await after('busy', busy, 2, ({ records }) => records === text.length);
  expect(status).toMatchObject({ state: 'running', error: '' });
});

it('of a source that failed nothing is waited for: whoever takes what waits rests', async () => {
  const path = join(scratch.path, 'rests.flowcase');
  createCase(path, caseFields).close();
  const writer = openCaseForWriting(path, identity);
  let looks = 0;
  const live = new Proxy(writer.live, {
    get(target, name) {
      if (name === 'busy') looks++;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const engine = engineOver({ ...writer, live }, () => new ScriptedSource('nothing that anybody could read\n'.repeat(2000), []));
  engine.watch('a.log', watchOf('/logs/a.log'));
  await until(() => engine.status().sources[0].state === 'failed');
  const before = looks;
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(looks - before).toBeLessThan(3);
  expect(engine.status().sources[0].lagBytes).toBe(0);
  await engine.close();
  writer.close();
});
