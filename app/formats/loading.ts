import type { LogFormat } from './types.ts';

/** Formats of long logs. A thread that reads one loads no other: it begins sooner, and keeps compiled what it runs. */
const alone: ReadonlyMap<string, () => Promise<LogFormat>> = new Map([
  ['zeek-conn', async () => (await import('./zeek-tsv.ts')).zeekConn],
  ['zeek-tsv', async () => (await import('./zeek-tsv.ts')).zeekTsv],
  ['zeek-json', async () => (await import('./zeek-json.ts')).zeekJson],
  ['tstat', async () => (await import('./tstat.ts')).tstat],
  ['access', async () => (await import('./access.ts')).access],
  ['suricata-eve', async () => (await import('./eve.ts')).eve],
  ['csv', async () => (await import('./delimited.ts')).delimited],
]);

/** As `formatById`, without loading more than need be. @throws INVALID_INPUT for an id that no format has */
export async function loadFormat(id: string): Promise<LogFormat> {
  const load = alone.get(id);
  return load === undefined ? (await import('./registry.ts')).formatById(id) : load();
}
