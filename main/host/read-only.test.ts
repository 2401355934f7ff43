import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { zeekConn } from '../../app/formats/zeek-tsv.ts';
import { createHost, type Host } from './host.ts';

let folder: string;
let path: string;
const hosts: Host[] = [];

function host(): Host {
  const made = createHost({ kind: 'local', version: '0.0.1', dataFolder: join(folder, 'data'), recordOpenings: true, who: 'Ada' });
  hosts.push(made);
  return made;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-read-only-'));
  path = join(folder, 'a.flowcase');
  writeFileSync(join(folder, 'conn.log'), zeekConn.example);
  const one = host();
  await one.invoke('case.create', { path, name: 'a', number: '', examiner: '' });
  await one.runJob('evidence.import', { paths: [join(folder, 'conn.log')] });
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

it('a case that somebody writes is read beside it, follows what is written, and changes nothing', async () => {
  const [writing] = hosts;
  const reading = host();
  await expect(reading.invoke('case.open', { path })).rejects.toMatchObject({ code: 'CASE_LOCKED' });
  const info = await reading.invoke('case.open', { path, readOnly: true });
  expect(info).toMatchObject({ readOnly: true, connections: 2 });
  await expect(reading.invoke('tag.add', { target: { type: 'host', host: '10.0.0.1' }, name: 'x' })).rejects.toMatchObject({
    code: 'CASE_READ_ONLY',
  });
  for (const job of [reading.runJob('evidence.import', { paths: [folder] }), reading.runJob('cluster.run', {})]) {
    await expect(job).rejects.toMatchObject({ code: 'CASE_READ_ONLY' });
  }
  await writing.invoke('tag.add', { target: { type: 'host', host: '10.0.0.1' }, name: 'suspect' });
  const entries = (await writing.invoke('custody.list', {})).length;
  expect((await reading.invoke('tags.list', {})).tags).toHaveLength(1);
  expect(await reading.runJob('case.verify', {})).toMatchObject({ ok: true });
  expect(await writing.invoke('custody.list', {})).toHaveLength(entries);
});

it('a write-protected case is verified and reported on, and stays as it is, byte for byte', async () => {
  await hosts.splice(0)[0].close();
  chmodSync(path, 0o444);
  const before = readFileSync(path);
  const one = host();
  await expect(one.invoke('case.open', { path })).rejects.toMatchObject({ code: 'CASE_READ_ONLY' });
  await one.invoke('case.open', { path, readOnly: true });
  expect(await one.runJob('case.verify', {})).toMatchObject({ ok: true, evidence: [{ match: true }] });
  await one.runJob('report.export', { path: join(folder, 'report.pdf') });
  expect(existsSync(join(folder, 'report.pdf'))).toBe(true);
  await one.invoke('case.close', {});
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(existsSync(`${path}-wal`)).toBe(false);
});
