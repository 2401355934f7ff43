import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { reportSections } from '../contract/acts.ts';
import { Workbench } from './testing-case.ts';
import { connections, importConnections } from './testing.ts';
import { writeReport } from './write-report.ts';

let bench: Workbench;
const at = (name: string): string => bench.at(name);

beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => bench.remove());

describe('where it is written', () => {
  it('never over the case, evidence, or a file that is no report; by no path or link', async () => {
    writeFileSync(at('original.log'), '#fields\tts\n');
    const path = bench.makeCase((writer) => importConnections(writer, 'original.log', connections(5), [], at('original.log')));
    symlinkSync(path, at('link.pdf'));
    linkSync(at('original.log'), at('hard.pdf'));
    writeFileSync(at('letter.txt'), 'Dear Sir');
    mkdirSync(at('folder.pdf'));
    const before = readFileSync(path);
    for (const name of [
      'test.flowcase',
      'test.flowcase-wal',
      'original.log',
      'link.pdf',
      'hard.pdf',
      'letter.txt',
      'folder.pdf',
      'no/where.pdf',
    ]) {
      await expect(bench.write(path, name)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    }
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readFileSync(at('original.log'), 'utf8')).toBe('#fields\tts\n');
    expect(readFileSync(at('letter.txt'), 'utf8')).toBe('Dear Sir');
    expect(readdirSync(bench.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('replaces an earlier report; cancelled, it leaves that one and nothing else', async () => {
    const path = bench.makeCase((writer) => importConnections(writer, 'conn.log', connections(30)));
    await bench.write(path, 'report.pdf');
    const before = readFileSync(at('report.pdf'));
    let asked = 0;
    const progress = { report: () => undefined, stopped: () => ++asked > 3 };
    const reader = openCaseForReading(path);
    const options = { path: at('report.pdf'), format: 'pdf', paper: 'Letter', sections: reportSections } as const;
    await expect(writeReport(reader, options, progress)).rejects.toMatchObject({ code: 'CANCELLED' });
    reader.close();
    expect(readFileSync(at('report.pdf')).equals(before)).toBe(true);
    expect(readdirSync(bench.folder).filter((name) => name.includes('.part'))).toEqual([]);
    await bench.write(path, 'report.pdf', { paper: 'Letter' });
    expect(readFileSync(at('report.pdf')).equals(before)).toBe(false);
  });

  it('as JSON: the same tree, with times, sizes and hashes for programs; the same bytes twice', async () => {
    const path = bench.lifelike();
    const first = await bench.write(path, 'report.json', { format: 'json' });
    expect(first.pages).toBeNull();
    expect((await bench.write(path, 'report.json', { format: 'json' })).sha256).toBe(first.sha256);
    const report = JSON.parse(readFileSync(at('report.json'), 'utf8')) as {
      sections: { id: string; title: string }[];
      custodyHead: string;
    };
    expect(report.sections.map(({ id }) => id)).toEqual([...reportSections, 'limits']);
    expect(report.custodyHead).toMatch(/^[0-9a-f]{64}$/);
    const reader = openCaseForReading(path);
    expect(JSON.stringify(report)).toContain(reader.evidence()[0].sha256);
    reader.close();
  });
});
