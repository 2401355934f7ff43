import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCaseForReading, openCaseForWriting } from '../case/open.ts';
import { saveRun, Workbench } from './testing-case.ts';
import { readPdf } from './testing-pdf.ts';
import { connections, importConnections, type TestReject } from './testing.ts';

const run = promisify(execFile);
let bench: Workbench;
const at = (name: string): string => bench.at(name);

beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => bench.remove());

describe('the report as PDF', () => {
  it('has all of its sections, with outline, labels, tags and selectable text', async () => {
    const path = bench.lifelike();
    const result = await bench.write(path, 'report.pdf');
    const bytes = readFileSync(at('report.pdf'));
    expect(result).toMatchObject({ file: at('report.pdf'), bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    const pdf = await readPdf(at('report.pdf'));
    expect(pdf.pages).toBe(result.pages);
    expect(pdf.labels).toEqual(Array.from({ length: pdf.pages }, (_, index) => String(index + 1)));
    const titles = [
      'Summary',
      'Evidence',
      'Overview',
      'Method and parameters',
      'Clusters',
      'Findings',
      'Tags and notes',
      'Custody log',
      'Limits and terms',
    ];
    expect(pdf.outline.map(({ title }) => title)).toEqual(titles);
    expect(pdf.outline[5]?.items[0]).toBe('1. Far from its cluster: 10.20.4.87 → 185.220.101.34:443');
    expect(pdf.title).toBe('Operation Harbour Light');
    const text = pdf.text.join('\n');
    const reader = openCaseForReading(path);
    const [evidence] = reader.evidence();
    const { run: summary } = reader.run(1);
    for (const needed of [
      evidence.sha256,
      evidence.unpackedSha256 ?? '',
      '1,500 kept + 1 rejected + 8 comments = 1,509',
      'id.resp_p is 70000',
      summary.fingerprint,
      summary.input,
      'flowcase repeat CASE 1',
      '0.6100, over all rows',
      '7 · Beacon',
      '(suspect)',
      'Calls out every minute.',
      'orig_h = 10.20.4.87',
      // Every record of an act.
      ...Array.from({ length: 60 }, (_, i) => connections(1500)[i * 17].uid),
      'a port that is none BAD_PORT 1',
      '4 findings of run 1, the most severe first',
      reader.custody().at(-1)?.hash ?? '',
      'case.created',
      `Page 2 of ${pdf.pages}`,
      'What this report does not say',
    ]) {
      expect(text.replaceAll('\n', ' ')).toContain(needed);
    }
    expect(text).not.toContain('stands for a character of the log');
    reader.close();
    for (const role of ['Document', 'Sect', 'H1', 'H2', 'P', 'Table', 'TR', 'TH', 'TD', 'Figure', 'TOC', 'L', 'LI'])
      expect(pdf.roles).toContain(role);
    expect(pdf.links).toEqual([]);
  });

  it('every page of the table of contents is where it says', async () => {
    await bench.write(bench.lifelike(), 'report.pdf');
    const pdf = await readPdf(at('report.pdf'));
    for (const { title } of pdf.outline) {
      const entry = new RegExp(`${title}\\s*(\\d+)`).exec(pdf.text[1] ?? '');
      expect(pdf.text[Number(entry?.[1]) - 1]).toContain(title);
    }
  });

  it('is the same, byte for byte: twice, in other zones and languages, under another name, after acts that change nothing', async () => {
    const path = bench.lifelike();
    const first = await bench.write(path, 'first.pdf');
    expect((await bench.write(path, 'second.pdf')).sha256).toBe(first.sha256);
    const child = fileURLToPath(new URL('testing-child.ts', import.meta.url));
    for (const [zone, language] of [
      ['Pacific/Kiritimati', 'de_DE.UTF-8'],
      ['America/St_Johns', 'ar_EG.UTF-8'],
    ]) {
      const env = { ...process.env, TZ: zone, LANG: language, LC_ALL: language };
      const { stdout } = await run(process.execPath, [child, path, at(`${language}.pdf`)], { env });
      expect(stdout).toBe(first.sha256);
    }
    const writer = openCaseForWriting(path, { who: 'Somebody else', program: 'Flowcase 0.1.0' });
    writer.record('report.exported', 'Wrote the report.', { file: at('first.pdf') });
    writer.record('case.verified', 'Verified.', {});
    writer.close();
    copyFileSync(path, at('renamed.flowcase'));
    expect((await bench.write(at('renamed.flowcase'), 'third.pdf')).sha256).toBe(first.sha256);
    expect(readFileSync(at('first.pdf')).equals(readFileSync(at('third.pdf')))).toBe(true);
  });

  it('changes with the content', async () => {
    const path = bench.lifelike();
    const before = await bench.write(path, 'report.pdf');
    const writer = openCaseForWriting(path, { who: 'Ada', program: 'Flowcase 0.1.0' });
    writer.noteTag(1, 'Another note.');
    writer.close();
    expect((await bench.write(path, 'report.pdf')).sha256).not.toBe(before.sha256);
  });

  it('on Letter, and with some sections only, in their order', async () => {
    const path = bench.lifelike();
    await bench.write(path, 'letter.pdf', { paper: 'Letter', sections: ['custody', 'evidence'] });
    const pdf = await readPdf(at('letter.pdf'));
    expect(pdf.outline.map(({ title }) => title)).toEqual(['Evidence', 'Custody log', 'Limits and terms']);
  });
});

describe('cases that are not the usual', () => {
  it('no evidence, no examiner, no number', async () => {
    await bench.write(
      bench.makeCase(() => undefined, { number: '', examiner: '' }),
      'empty.pdf',
    );
    const text = (await readPdf(at('empty.pdf'))).text.join('\n');
    for (const sentence of [
      'No log file has been imported',
      'There are no connections',
      'No run of the clustering',
      'There are no findings',
      'Nothing was tagged',
    ])
      expect(text).toContain(sentence);
  });

  it('evidence without a run, and a file without records', async () => {
    const path = bench.makeCase((writer) => {
      importConnections(writer, 'conn.log', connections(40));
      importConnections(writer, 'empty.log', []);
    });
    await bench.write(path, 'report.pdf');
    expect((await readPdf(at('report.pdf'))).text.join('\n')).toContain('Nothing has been grouped');
  });

  it('5,000 rejects are counted by reason, shown in part, and never make the report long', async () => {
    const rejects = Array.from({ length: 5000 }, (_, index): TestReject => ({
      line: index + 100,
      reason: index % 3 === 0 ? 'TOO_FEW_FIELDS' : 'LATER_CODE',
      what: `field ${index}`,
      text: 'x'.repeat(3000),
    }));
    const path = bench.makeCase((writer) => importConnections(writer, 'conn.log', connections(50), rejects));
    const { pages } = await bench.write(path, 'report.pdf');
    const text = (await readPdf(at('report.pdf'))).text.join('\n');
    expect(text).toMatch(/–\s*LATER_CODE\s*3,333/);
    expect(text).toMatch(/fewer fields than its header names\s*TOO_FEW_FIELDS\s*1,667/);
    expect(text).toContain('4,988 further lines');
    expect(pages).toBeLessThan(15);
  });

  it('three hundred tags and as many clusters stay bounded, and the report says what is left out', async () => {
    const path = bench.makeCase((writer, file) => {
      importConnections(writer, 'conn.log', connections(900));
      saveRun(writer, file, 300);
      for (let i = 0; i < 300; i++) {
        const ids = Float64Array.from({ length: 25 }, (_, index) => (i * 2 + index) % 900);
        ids.sort();
        writer.addTag({
          target: { type: 'records', kind: 'connection', ids, filter: null },
          name: `tag ${i}`,
          color: undefined,
          note: `note ${i}`,
        });
      }
    });
    const { pages } = await bench.write(path, 'report.pdf');
    const text = (await readPdf(at('report.pdf'))).text.join('\n').replaceAll('\n', ' ');
    expect(text).toContain('180 further acts of tagging');
    expect(text).toContain('The 200 largest of 300 clusters');
    expect(pages).toBeLessThan(150);
  });

  it('an act of tagging is printed up to a bound, and the report says what is left out and where it is', async () => {
    const path = bench.makeCase((writer, file) => {
      importConnections(writer, 'conn.log', connections(900));
      saveRun(writer, file);
      saveRun(writer, file);
      const ids = Float64Array.from({ length: 701 }, (_, i) => 100 + i);
      const target = { type: 'records' as const, kind: 'connection' as const, ids, filter: 'cluster = 2', run: 1 };
      writer.addTag({ target, name: 'to check', color: undefined, note: '' });
    });
    await bench.write(path, 'report.pdf', { sections: ['findings', 'tags'] });
    const text = (await readPdf(at('report.pdf'))).text.join('\n').replaceAll(/[\n ]+/g, ' ');
    const all = connections(900).map(({ uid }) => uid);
    const printed = all.map((uid) => text.includes(`${uid} `));
    expect(printed.flatMap((there, id) => (there && id >= 100 ? [id] : []))).toEqual(Array.from({ length: 500 }, (_, i) => 100 + i));
    for (const words of [
      'The first 500 of 701 in the order of the logs',
      '201 further connections of this act are in the case and not printed: table “connections” as CSV has them, through the filter tag = "to check".',
      'cluster = 2 clusters of run 1',
      '4 findings of run 2, the most severe first, then by score. Those of earlier runs are in the case and not printed.',
    ])
      expect(text).toContain(words);
    const reader = openCaseForReading(path);
    expect(reader.tagIndex().idsOf(1)).toEqual(Float64Array.from({ length: 701 }, (_, i) => 100 + i));
    expect(reader.tagIndex().idsOf(2)).toEqual(new Float64Array(0));
    reader.close();
  });

  it('hostile and long texts are shown as text: escaped, broken, never a link, never lost', async () => {
    const evil = '<script>alert(1)</script>\u202Egnp.exe\u0000\u001B[31m 中文 \u{1F600} العربية https://evil.example/?q=1 __proto__';
    const long = `${'a-very-long-host-name-'.repeat(12)}.example`;
    const rows = connections(60).map((row, index) => ({
      ...row,
      orig_h: index % 2 === 0 ? long : row.orig_h,
      uid: index === 3 ? 'C'.repeat(900) : row.uid,
      service: index % 3 === 0 ? evil : '__proto__',
    }));
    const path = bench.makeCase(
      (writer, file) => {
        importConnections(writer, `${evil.replaceAll('\0', '')}.log`, rows, [
          { line: 3, reason: 'bad', what: evil, text: `${evil}\n=cmd()` },
        ]);
        saveRun(writer, file);
        writer.nameCluster(1, 1, { name: 'N'.repeat(190) });
        writer.addTag({
          target: { type: 'host', host: long },
          name: evil.slice(0, 60),
          color: 'cyan',
          note: `Ελληνικά Кириллица Tiếng Việt ß→≥\n\n${'word '.repeat(1900)}`,
        });
        const ids = Float64Array.from([0, 3]);
        writer.addTag({
          target: { type: 'records', kind: 'connection', ids, filter: evil },
          name: 'x'.repeat(200),
          color: undefined,
          note: 'y'.repeat(9000),
        });
      },
      { name: 'Name '.repeat(30), number: '№ 中', examiner: evil },
    );
    for (const paper of ['A4', 'Letter'] as const) await bench.write(path, `${paper}.pdf`, { paper });
    const pdf = await readPdf(at('A4.pdf'));
    const text = pdf.text.join('\n').replaceAll(/[\n ]/g, '');
    for (const piece of [
      '<script>alert(1)</script>\\u{202E}gnp.exe',
      '\\u{1B}[31m',
      '\\u{4E2D}\\u{6587}',
      '\\u{1F600}',
      'ΕλληνικάКириллицаTiếngViệtß',
      '__proto__',
    ])
      expect(text).toContain(piece);
    // Where a character is written out, the page says what that is.
    const pagesWith = (words: string): unknown[] =>
      pdf.text.flatMap((page, index) => (page.replaceAll(/[\n ]/g, '').includes(words) ? [index] : []));
    const written = pdf.text.flatMap((page, index) => (/u\{[0-9A-F]+\}/.test(page.replaceAll(/[\n ]/g, '')) ? [index] : []));
    expect(pagesWith('standsforacharacterofthelog')).toEqual(written);
    expect(written.length).toBeGreaterThan(3);
    expect(pdf.links).toEqual([]);
    expect(text.split('word').length - 1).toBeGreaterThanOrEqual(1900);
    expect(text).not.toMatch(/\p{Cc}/u);
  });
});
