import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { generatorOf } from '../../app/generate/registry.ts';
import { sampleOptions } from '../../app/generate/sample.ts';
import type { GeneratorOptions } from '../../app/generate/types.ts';

/** Where benchmarks keep what they need again. */
export const cacheFolder = join(import.meta.dirname, '../../.cache/bench');

/** What Node made of our TypeScript, kept as the starters of the product keep it (main/start/node-version.mjs). */
export const compiledFolder = join(import.meta.dirname, '../../.cache/compiled');

/** The columns of a generated conn.log, in their order, with what they hold. */
export const connColumns = [
  ['ts', 'time'],
  ['uid', 'text'],
  ['orig_h', 'text'],
  ['orig_p', 'number'],
  ['resp_h', 'text'],
  ['resp_p', 'number'],
  ['proto', 'text'],
  ['service', 'text'],
  ['duration', 'time'],
  ['orig_bytes', 'number'],
  ['resp_bytes', 'number'],
  ['conn_state', 'text'],
  ['local_orig', 'bool'],
  ['local_resp', 'bool'],
  ['missed_bytes', 'number'],
  ['history', 'text'],
  ['orig_pkts', 'number'],
  ['orig_ip_bytes', 'number'],
  ['resp_pkts', 'number'],
  ['resp_ip_bytes', 'number'],
  ['tunnel_parents', 'text'],
] as const;

/** A generated conn.log of so many rows, made once. */
export function connLog(rows: number, seed = 1): Promise<string> {
  return generatedLog('zeek-conn', { ...sampleOptions, rows, seed });
}

/** Counts up with the generators, so that old logs are not taken. */
const VERSION = 1;

/** A generated log of this kind, made once. */
export async function generatedLog(kind: string, options: GeneratorOptions): Promise<string> {
  mkdirSync(cacheFolder, { recursive: true });
  const name = [kind, `v${VERSION}`, options.rows, options.seed, ...(options.layout === undefined ? [] : [options.layout])].join('-');
  const path = join(cacheFolder, `${name}.log`);
  if (existsSync(path)) return path;
  const partial = `${path}.${process.pid}`;
  const file = openSync(partial, 'w');
  try {
    await generatorOf(kind).generate(options, (block) => {
      for (let at = 0; at < block.length;) at += writeSync(file, block, at);
    });
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
  return path;
}
