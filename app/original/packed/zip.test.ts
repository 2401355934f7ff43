import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { Content } from '../content.ts';
import { Original } from '../original.ts';
import { zipOf } from './testing.ts';
import { zipMembers } from './zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (bytes: Uint8Array): string => {
  const path = join(folder, 'a.zip');
  writeFileSync(path, bytes);
  return path;
};

async function namesIn(bytes: Uint8Array): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of zipMembers({ path: file(bytes) })) names.push(name);
  return names;
}

/** \x81 is ü, \x84 ä, \xe1 ß in code page 437. */
const dos = { 'Gr\x81\xe1e/\x84.log': 'a' };

it.each([
  ['UTF-8 with its flag', zipOf({ 'Grüße/日本.log': 'a' }), 'Grüße/日本.log'],
  ['UTF-8 that nothing says', zipOf({ 'Grüße/日本.log': 'a' }, { flag: false }), 'Grüße/日本.log'],
  ['code page 437', zipOf(dos, { encoding: 'latin1', flag: false }), 'Grüße/ä.log'],
  ['ASCII', zipOf({ 'conn.log': 'a' }, { flag: false }), 'conn.log'],
])('names in %s are read as they were written', async (_, bytes, name) => {
  expect(await namesIn(bytes)).toEqual([name]);
});

it("a name in Info-ZIP's extra field goes before the one in code page 437", async () => {
  const raw = Buffer.from('Gr\x81n.log', 'latin1');
  const name = Buffer.from('Grün \u2192.log');
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + name.length, 2);
  field.writeUInt8(1, 4);
  field.writeUInt32LE(crc32(raw), 5);
  const extra = Buffer.concat([field, name]);
  const zip = zipOf({ [raw.toString('latin1')]: 'a' }, { encoding: 'latin1', flag: false });
  const list = zip.indexOf('PK\x01\x02');
  const end = zip.indexOf('PK\x05\x06');
  const entry = Buffer.concat([zip.subarray(list, end), extra]);
  entry.writeUInt16LE(extra.length, 30);
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt32LE(entry.length, 12);
  expect(await namesIn(Buffer.concat([zip.subarray(0, list), entry, tail]))).toEqual(['Grün \u2192.log']);
});

it('a member is found by the name that earlier programs gave it, too', async () => {
  const original = await Original.open(file(zipOf({ 'ü.log': 'some text' }, { flag: false })));
  try {
    for (const name of ['ü.log', '├╝.log']) {
      const bytes = await (await Content.of(original, name)).collected({});
      expect(Buffer.from(bytes).toString()).toBe('some text');
    }
  } finally {
    await original.close();
  }
});

it('what is cut or damaged is told in words of its own', async () => {
  const whole = zipOf({ 'conn.log': 'a'.repeat(1000), 'dns.log': 'b' });
  await expect(namesIn(whole.subarray(0, whole.length - 30))).rejects.toThrow(
    /is a damaged ZIP archive: the list of its files, which stands at its end, is missing; it may be cut off\. Ask for a whole copy\.$/,
  );
  const hurt = Buffer.from(whole);
  hurt.fill(0xff, whole.indexOf('PK\x01\x02'), whole.indexOf('PK\x01\x02') + 8);
  await expect(namesIn(hurt)).rejects.toThrow(/is a damaged ZIP archive: the list of its files cannot be read\. Ask for a whole copy\.$/);
});
