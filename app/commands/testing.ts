import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseReader, CaseWriter } from '../case/types.ts';
import { commands, type CommandName, type Input } from '../contract.ts';
import { importFiles } from '../import/import-files.ts';
import type { Progress } from '../shared/progress.ts';

/** A real case for tests: logs imported by the importer, read through a reader of its own. */

const data = join(import.meta.dirname, '../../../shared/data');
export const haveShared = existsSync(join(data, 'MANIFEST.md'));

/** A file of ../shared/data. */
export const sharedLog = (name: string): string => join(data, name);

/** 1,052 connections of one hour, packed. */
export const hourLog = join(data, 'zeek/rita-server/hour-2024-04-19T20/conn.log.gz');
/** 360 connections, plain. */
export const plainLog = join(data, 'zeek/zat-tsv/conn.log');

export const quiet: Progress = { report: () => undefined, stopped: () => false };

export interface TestCase {
  readonly folder: string;
  readonly writer: CaseWriter;
  readonly reader: CaseReader;
  close(): void;
}

export async function caseOf(...paths: readonly string[]): Promise<TestCase> {
  const { path: folder, remove } = scratchFolder();
  const writer = createCase(join(folder, 'a.flowcase'), caseFields);
  if (paths.length > 0) await importFiles(writer, { paths, force: false }, quiet);
  const reader = openCaseForReading(writer.path);
  return {
    folder,
    writer,
    reader,
    close() {
      reader.close();
      writer.close();
      remove();
    },
  };
}

/** An input as the host hands it to a handler: checked, with its defaults. */
export function checked<N extends CommandName>(name: N, input: Input<N>): ReturnType<(typeof commands)[N]['input']['parse']> {
  return commands[name].input.parse(input) as ReturnType<(typeof commands)[N]['input']['parse']>;
}
