import { usualScenarios } from './incidents.ts';
import type { GenerateOptions } from './zeek-conn.ts';

/** The sample case: three days of an office, with what is usually planted. */
export const sampleOptions: GenerateOptions = { rows: 120_000, seed: 20_240_415, days: 3, scenarios: usualScenarios };
