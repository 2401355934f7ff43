import { openCaseForWriting } from './open.ts';
import { appendRecords, source, testRecords } from './testing.ts';

/** A process of its own for tests: `hold` keeps the case open for writing, `import` imports into it without end, and says so after so many chunks. */
const [act, path, appends] = process.argv.slice(2);
const writer = openCaseForWriting(path, { who: 'child', program: 'Flowcase test' });
if (act === 'hold') {
  process.send?.('ready');
  // Naming the writer keeps it: one that nobody holds any more is cleared away, and its lock with it.
  setInterval(() => writer.path, 1000);
} else {
  const session = writer.beginEvidence(source('endless.log'));
  for (let i = 0; ; i++) {
    if (i === Number(appends)) process.send?.('ready');
    const records = testRecords(250, i * 250).map((record) => ({
      ...record,
      orig_h: `10.1.${i % 256}.${record.resp_p % 256}`,
      service: `new-${i}`,
    }));
    appendRecords(session, records);
    for (let line = 0; line < 500; line++) session.reject({ line, offset: line, reason: 'test', what: 'test', text: `bad ${i}` });
  }
}
