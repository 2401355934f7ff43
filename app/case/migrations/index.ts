import type { Migration } from '../migrate.ts';
import { first } from './0001-first.ts';
import { examinerInCustody } from './0002-examiner-in-custody.ts';
import { recordsOfFindings } from './0003-records-of-findings.ts';
import { evidenceThatGrows } from './0004-evidence-that-grows.ts';
import { everyLearningRun } from './0005-every-learning-run.ts';
import { live } from './0006-live.ts';
import { causesOfFindings } from './0007-causes-of-findings.ts';
import { tokenInCustody } from './0008-token-in-custody.ts';
import { numbersWithDecimals } from './0009-numbers-with-decimals.ts';

/** Every step from an empty file to the schema of this program, in order. */
export const migrations: readonly Migration[] = [
  first,
  examinerInCustody,
  recordsOfFindings,
  evidenceThatGrows,
  everyLearningRun,
  live,
  causesOfFindings,
  tokenInCustody,
  numbersWithDecimals,
];

export const SCHEMA_VERSION = migrations.length;
