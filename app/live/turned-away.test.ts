import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { diskFull } from '../case/sqlite-errors.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { LiveStore, LiveTransaction } from '../case/live-types.ts';
import type { CaseWriter } from '../case/types.ts';
import type { IngestAnswer } from '../contract.ts';
import { toErrorShape } from '../errors.ts';
import { LiveDesk } from './desk.ts';

/** What is posted while the case cannot be written: the answer comes, and it is true that nothing was taken. */
const scratch = scratchFolder();
afterAll(() => scratch.remove());

const over = <T extends object>(target: T, replaced: Readonly<Record<string, unknown>>): T =>
  new Proxy(target, {
    get(_, name) {
      if (typeof name === 'string' && Object.hasOwn(replaced, name)) return replaced[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

interface Stage {
  readonly disk: { full: boolean; room: boolean };
  readonly desk: LiveDesk;
  readonly made: CaseWriter;
  readonly post: () => Promise<IngestAnswer>;
  readonly rows: () => number;
}

function stage(name: string): Stage {
  const made = createCase(join(scratch.path, `${name}.flowcase`), caseFields);
  const disk = { full: false, room: true };
  const live: LiveStore = over(made.live, {
    commit: (work: (transaction: LiveTransaction) => unknown) => {
      if (disk.full) throw diskFull(made.path);
      return made.live.commit(work);
    },
    needRoom: () => {
      if (!disk.room) throw diskFull(made.path, undefined, { free: 11e6, wanted: 36e6 });
    },
  });
  const table = (kind: string): ReturnType<ReturnType<typeof openCaseForReading>['table']> => {
    const reader = openCaseForReading(made.path);
    try {
      return reader.table(kind);
    } finally {
      reader.close();
    }
  };
  const desk = new LiveDesk({
    writer: over(made, { live }),
    changed: () => undefined,
    tell: () => undefined,
    alert: () => undefined,
    matching: () => new Float64Array(0),
    table,
  });
  const line = '192.0.2.7 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5.0"\n';
  return { disk, desk, made, post: () => desk.ingest('web', 'text/plain', Buffer.from(line)), rows: () => table('request').rows };
}

it('a disk that fills while a post waits: it is answered, and is not kept when there is room again', async () => {
  const { disk, desk, made, post, rows } = stage('fills');
  expect(await post()).toMatchObject({ accepted: 1 });
  disk.full = true;
  await expect(post()).rejects.toMatchObject({ code: 'BUSY', message: expect.stringContaining('nothing of this was taken') as string });
  disk.full = false;
  expect(await post()).toMatchObject({ accepted: 1 });
  expect(rows()).toBe(2);
  await desk.close();
  made.close();
});

it('a disk without the room that is wanted: refused at once, with how much that is, and said of what is watched', async () => {
  const { disk, desk, made, post } = stage('reserve');
  expect(await post()).toMatchObject({ accepted: 1 });
  disk.room = false;
  await expect
    .poll(() => post().then(String, (error: unknown) => toErrorShape(error).message), { timeout: 4000 })
    .toMatch(/full but for 11\.0 MB: 36\.0 MB are wanted.*Nothing of this was taken/s);
  expect((await desk.handlers['live.status']({})).held).toContain('36.0 MB');
  await desk.close();
  made.close();
});

it('a post that waits when watching stops: what is committed at the end is answered as taken, what cannot be is refused', async () => {
  for (const full of [false, true]) {
    const { disk, desk, made, post, rows } = stage(`stops ${full}`);
    await post();
    disk.full = full;
    const posted = post().then(
      ({ accepted }) => accepted,
      (error: unknown) => toErrorShape(error).code,
    );
    // it is handed over, and waits for the commit of this second
    await new Promise((resolve) => setTimeout(resolve, 100));
    await desk.close();
    const answer = await posted;
    expect(answer).toBe(full ? 'BUSY' : 1);
    expect(rows()).toBe(full ? 1 : 2);
    made.close();
  }
});

it('nothing of a post is taken whose sender has gone before it was begun', async () => {
  const { desk, made, post, rows } = stage('gone');
  await post();
  await expect(desk.ingest('web', 'text/plain', Buffer.from('x\n'), undefined, () => true)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(rows()).toBe(1);
  await desk.close();
  made.close();
});
