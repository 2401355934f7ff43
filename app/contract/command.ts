import type { z } from 'zod';
import type { JobHandle } from './jobs.ts';

/**
 * Where a command runs.
 * - `app`: the host itself; needs no case.
 * - `read`: the reader thread; changes nothing and answers at once.
 * - `write`: the case thread, one after the other.
 * - `live`: the case thread, where what is watched comes in; it tells what is in memory there, or changes what is watched.
 * - `job`: long work; answers with a job id at once, and `Result` arrives with the job.
 */
export type Access = 'app' | 'read' | 'write' | 'live' | 'job';

export interface Command<A extends Access, Input extends z.ZodType, Output, Result = never> {
  readonly access: A;
  readonly input: Input;
  /** For the palette, the help and the API: what it does, in a sentence. */
  readonly about: string;
  /** Types only; never set. */
  readonly output?: Output;
  readonly result?: Result;
}

export const app =
  <O>() =>
  <I extends z.ZodType>(about: string, input: I): Command<'app', I, O> => ({ access: 'app', about, input });
export const read =
  <O>() =>
  <I extends z.ZodType>(about: string, input: I): Command<'read', I, O> => ({ access: 'read', about, input });
export const write =
  <O>() =>
  <I extends z.ZodType>(about: string, input: I): Command<'write', I, O> => ({ access: 'write', about, input });
export const live =
  <O>() =>
  <I extends z.ZodType>(about: string, input: I): Command<'live', I, O> => ({ access: 'live', about, input });
export const job =
  <R>() =>
  <I extends z.ZodType>(about: string, input: I): Command<'job', I, JobHandle, R> => ({ access: 'job', about, input });
