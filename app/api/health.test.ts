import { expect, it } from 'vitest';
import { heldByImport } from '../contract/live.ts';
import { FlowcaseError } from '../errors.ts';
import { healthOf } from './health.ts';
import type { ApiCore } from './types.ts';

const core = (answer: () => Promise<unknown>): ApiCore => ({ invoke: answer, on: () => () => undefined, runJob: answer }) as never;
const held = (why: string): ApiCore => core(() => Promise.resolve({ held: why }));

it('is that of what writes the case: well, kept from writing, or gone', async () => {
  expect(await healthOf({ core: held(''), readOnly: false })).toBe('ok');
  expect(await healthOf({ core: held(heldByImport), readOnly: false })).toBe('ok');
  expect(await healthOf({ core: held('The disk is full.'), readOnly: false })).toBe('held');
  const gone = core(() => Promise.reject(new FlowcaseError('PROCESS_DIED', 'The case thread ended.')));
  expect(await healthOf({ core: gone, readOnly: false })).toBe('failed');
  expect(await healthOf({ core: gone, readOnly: true })).toBe('ok');
});

it('a writer that is at work and answers late is well', async () => {
  expect(await healthOf({ core: core(() => new Promise(() => undefined)), readOnly: false })).toBe('ok');
});
