/** `node bench/access.ts [rows]`: import of a generated access log into a case, beside GoAccess with the same file. */
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { race, raceReport, type ImportRace, type Peer } from './lib/race.ts';
import { generatedLog } from './lib/traffic.ts';

/** GoAccess counts and sorts in memory and writes its report as JSON: less than a case holds. */
function goaccess(log: string, rows: number): Peer {
  const { stdout, error } = spawnSync('goaccess', ['--version'], { encoding: 'utf8' });
  return {
    name: 'goaccess',
    version: error === undefined ? (/\d+(\.\d+)+/.exec(stdout)?.[0] ?? '') : null,
    advice: 'apt-get install goaccess',
    run(path) {
      const report = `${path}.json`;
      const started = performance.now();
      const { status, stderr } = spawnSync('goaccess', [log, '--log-format=COMBINED', '--no-progress', '-o', report], { encoding: 'utf8' });
      const whole = (performance.now() - started) / 1000;
      if (status !== 0) throw new Error(`goaccess failed: ${stderr}`);
      const { general } = JSON.parse(readFileSync(report, 'utf8')) as { readonly general: { readonly total_requests: number } };
      if (general.total_requests !== rows) throw new Error(`goaccess took ${general.total_requests} of ${rows} lines`);
      renameSync(report, path);
      return whole;
    },
  };
}

export async function benchAccess(rows = 1_000_000): Promise<{ readonly result: ImportRace; readonly peer: Peer }> {
  const log = await generatedLog('access', { rows, seed: 1 });
  const peer = goaccess(log, rows);
  return { result: race(log, rows, peer), peer };
}

if (import.meta.main) {
  const { result, peer } = await benchAccess(Number(process.argv[2] ?? 1_000_000));
  console.log(raceReport('requests', peer, result));
}
