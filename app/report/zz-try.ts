import { rmSync } from 'node:fs';
import { openCaseForReading } from '../case/open.ts';
import { connections, importConnections, lifelikeOutcome, newCase, runRequest, silent } from './testing.ts';
import { writeReport } from './write-report.ts';
import { reportSections } from '../contract/acts.ts';
const dir = '/tmp/report-try';
import { mkdirSync } from 'node:fs';
mkdirSync(dir, { recursive: true });
const path = dir + '/t.flowcase';
for (const s of ['', '-wal', '-shm', '-lock']) rmSync(path + s, { force: true });
const w = newCase(path);
importConnections(w, 'conn.2024-04-18.log.gz', connections(2000), [
  { line: 812, reason: 'not a port', what: 'id.resp_p is 70000', text: '1713420000.123\tCxyz\t10.0.0.1\t70000' },
  { line: 913, reason: 'too few fields', what: '12 of 20 fields', text: '1713420000.123\tCxyz\t<script>alert(1)</script>\u202e中文' },
]);
importConnections(w, 'conn.2024-04-19.log.gz', connections(1200, 8));
let r = openCaseForReading(path);
w.saveRun(runRequest, lifelikeOutcome(r));
w.nameCluster(1, 7, { name: 'Beacon', suspect: true });
w.addTag({
  target: { type: 'host', host: '10.20.4.87' },
  name: 'suspect',
  color: 'red',
  note: 'Calls out every minute, day and night. The machine belongs to the front desk, which is closed from 18:00 to 07:00.',
});
w.addTag({
  target: {
    type: 'records',
    kind: 'connection',
    ids: Float64Array.from({ length: 60 }, (_, i) => i * 17),
    filter: 'orig_h = 10.20.4.87 and resp_h = 185.220.101.34',
  },
  name: 'beacon',
  color: 'purple',
  note: 'First seen 2024-04-18 06:00.',
});
w.addTag({ target: { type: 'cluster', run: 1, cluster: 7 }, name: 'reviewed', color: 'green', note: '' });
w.close();
r.close();
r = openCaseForReading(path);
for (const paper of ['A4', 'Letter'] as const)
  console.log(await writeReport(r, { path: `${dir}/${paper}.pdf`, format: 'pdf', paper, sections: reportSections }, silent));
console.log(await writeReport(r, { path: `${dir}/r.json`, format: 'json', paper: 'A4', sections: reportSections }, silent));
r.close();
