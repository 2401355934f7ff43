import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { TaskThreadMethods } from '../worker/methods.ts';
import { startThread } from './thread.ts';

const sample = { log: '/nowhere', truth: '/nowhere' };

describe('a thread', () => {
  it('that runs out of memory says so to everything that waits for it', async () => {
    const logged: string[] = [];
    const greedy = `require('node:worker_threads').parentPort.on('message', () => { const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length)); })`;
    const thread = startThread<TaskThreadMethods>(
      'task-thread',
      'The task thread',
      (text) => logged.push(text),
      () => new Worker(greedy, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 24 } }),
    );
    await expect(thread.caller.call('sample', sample)).rejects.toMatchObject({ code: 'PROCESS_DIED' });
    expect((await thread.died).message).toMatch(/^The task thread ran out of memory\./);
    expect(logged.join()).toContain('memory');
  });

  it('that throws where nobody listens ends, and its stack goes to the log', async () => {
    const logged: string[] = [];
    const failing = `require('node:worker_threads').parentPort.on('message', () => { throw new Error('of its own'); })`;
    const thread = startThread<TaskThreadMethods>(
      'task-thread',
      'The task thread',
      (text) => logged.push(text),
      () => new Worker(failing, { eval: true, execArgv: [] }),
    );
    await expect(thread.caller.call('sample', sample)).rejects.toMatchObject({ code: 'PROCESS_DIED' });
    expect(logged.join()).toContain('of its own');
  });

  it('that is stopped rejects what waits, and is not said to have died', async () => {
    const thread = startThread<TaskThreadMethods>(
      'task-thread',
      'The task thread',
      () => undefined,
      () => new Worker('setInterval(() => {}, 1000)', { eval: true, execArgv: [] }),
    );
    const waiting = thread.caller.call('sample', sample);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'PROCESS_DIED', message: 'The task thread was stopped.' });
    await thread.stop();
    await refused;
    expect(await Promise.race([thread.died, Promise.resolve('not dead')])).toBe('not dead');
  });
});
