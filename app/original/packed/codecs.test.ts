import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { codecOf, isZip } from './codecs.ts';
import type { StreamUnpacker } from './unpacker.ts';
import { zipMembers } from './zip.ts';

/** The text that the fixtures below hold; they were made by bzip2 1.0.8, xz 5.4 and Info-ZIP's format. */
const text = Buffer.from(Array.from({ length: 150 }, (_, i) => `line ${i} ${i * i}\n`).join(''));
const bzip2 = Buffer.from(
  'QlpoOTFBWSZTWbeDN/cAA0/ZAEAQQAB/4AIlUAN48yUBpRQin5EG9SoAoaaYACKp/5ooFQAoaaYABp6ghtVU2ptCJY1v695M1UmSpkypkqZkqZKmKVBKmMQT' +
    'KmSpmSpkqYpUEqY5USVMJUS1McqJKmKVBKmZKmSp1nzgpAUuUC/wsmY8Lwvww+CZGjPFCYmJ7KXBUJohkMXh3KYrE+Nuc1vpetyRXaJCg5AagDdSQFM1NKZZ' +
    'tiEWxR1cRptCpEsQhuNDgXVwcCFdOxcLGAxMlyvCYnyaGMT9LIYvOcFItAYgYxU5TEyRccpiYm5TO/CF4qazMWZWZnLuLrrbtOajSvqrdSvIXeTpzvMW52sI' +
    'kWAp96zaEWstE06tF3iJq0TWZxXxj9e6+vTmSoqpSiRQpFEkJBEe9MURYo4RFChBEAkC5VV3KpTu0nkpAoBMiUcFHstXXVx9zze5jlKXZvu3wIkUnBc9Nvs0' +
    'hdvmvvOqszaJJJVzRWWgBAhC0lP3neIXbnxLXnmtvRZMoCaml0kQhHs7y86SLZUh4nZUrsu29UyEJldtxMuJmTO8uzUXd9333ece9e1Jl3eZ1AeJNnO95zEA' +
    'ZMuZMlT0ksnsZ69yVdxEe7lT1Vz3t7r5QuiCAkXrq9fNudEmsV364mRkxOT4THMYTbfH3DXO9371W9yreRl93mDKApmdvgjHUcQkGcip97L0xjVcfd63dC6a' +
    'dExX6Vnt6+cnq3trolem8Oqubvt86JmlnrtM0XE+bnOLCkJNtee/fHuHqFlxPCExS24iXBjmb7pTNvj9vnOHjqMOm7OIi/dvr92xSRJf1RChL6ohQl+qIUJf' +
    'VEKEv4XckU4UJC3gzf3A',
  'base64',
);
const xz = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AfJAghdADYaSh8IoCiQIlpmVNrOjt0ezPPkGjwpw8ZML1yh/tAwPyHNJDdBIl5+Xf6PN5w7C2tuQL72cRJ/L4gz' +
    'mAdokjL0oL5vzXAMlukHn9hCA2afxkUfxU6t9KOtNF/D8ONUBH9cIjA5ObFcc2pfsJ0TNKafyt1GhEnYnYNxwi5RgyVfzC2Ap2cRKDSMoj/g453TTZGih1z1' +
    'l0FAvyUw+98mdln1qpLUhU8bXa/mvVFVvbZ9W7OZes9nI+PxOyTBTGFMTGiDhNBnpS8F/8Rf78vUjHcoR9fTithWb+tT/ta0/eEw6Lt2h3ItuwYZVOiDO/5+' +
    'ITJt8R2oT/aonOLrJFoz07o4uD8eWIXPfcyhuRUVmU/7kuc2L1GL6y82hh+BpmzAglR0UcIcZvgRiGnnyasvj0vYbqE2T4VRaDFGZTauYmO8pfgg8cbM2Kjm' +
    'kKKWnsv++qDmUMRznpdeCDX1Pgk/1//9oXzMtptjOgXLE5YsBz28gKh3doWgVGNskB9A4AY+xYcHeet9KElA/yRy8nXP/YScA+aKBYuPMACh87yyUMKcBufB' +
    'f1YX1Jz85k4jTcAsWJUuW5nImFczFSw9bLTgVgX61dioWERXpp8yS6mMTyhU2TI6I3R6u9TNHfCaLfBIvZwmUHDXI95T9bEqggCN53AESoaDa0FwDM0KsFca' +
    'kN+yCsXe+Oh2BVgAEVWXGUCf49cAAaQEyg8AALpo9KaxxGf7AgAAAAAEWVo=',
  'base64',
);
const xzWithSha256 = Buffer.from(
  '/Td6WFoAAArh+wyhAgAhARYAAAB0L+WjAQAFaGVsbG8KAAAAWJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgMAATYGa4H5QBibS5oBAAAAAApZWg==',
  'base64',
);
const archive = Buffer.from(
  'UEsDBBQAAAAIAABQk1gAAAAAAgAAAAAAAAAFAAAAbG9ncy8DAFBLAwQUAAAACAAAUJNYVFKxtBAAAADcAAAACgAAAGxvZ3MvYS5sb2fLyU8v1k/Uy8lP58oZ' +
    'bkwAUEsDBBQAAAAIAABQk1gyWZlAFgAAACwBAAAOAAAALi4vLi4vZXZpbC5sb2fT09PX09NPLcvM0cvJT+fSG+Xi5gIAUEsDBBQAAAAIAABQk1iA4w2ACwAA' +
    'AHgAAAAFAAAAYi5sb2dL0svJT+dKojsJAFBLAQIUAxQAAAAIAABQk1gAAAAAAgAAAAAAAAAFAAAAAAAAAAAAAACAAQAAAABsb2dzL1BLAQIUAxQAAAAIAABQ' +
    'k1hUUrG0EAAAANwAAAAKAAAAAAAAAAAAAACAASUAAABsb2dzL2EubG9nUEsBAhQDFAAAAAgAAFCTWDJZmUAWAAAALAEAAA4AAAAAAAAAAAAAAIABXQAAAC4u' +
    'Ly4uL2V2aWwubG9nUEsBAhQDFAAAAAgAAFCTWIDjDYALAAAAeAAAAAUAAAAAAAAAAAAAAIABnwAAAGIubG9nUEsFBgAAAAAEAAQA2gAAAM0AAAAAAA==',
  'base64',
);

const larger = Buffer.concat(Array.from({ length: 300 }, () => Buffer.concat([text, Buffer.from(randomBytes(64).toString('hex'))])));

async function unpack(packed: Uint8Array, block = 1000): Promise<{ readonly out: Buffer; readonly unpacker: StreamUnpacker }> {
  const parts: Buffer[] = [];
  const codec = codecOf(packed);
  if (codec === null) throw new Error('not recognised');
  const unpacker = codec.unpack((part) => void parts.push(Buffer.from(part)));
  for (let at = 0; at < packed.length; at += block) {
    // what was handed over may be overwritten
    const piece = Uint8Array.from(packed.subarray(at, at + block));
    await unpacker.write(piece);
    piece.fill(0);
  }
  await unpacker.end();
  return { out: Buffer.concat(parts), unpacker };
}

const packings: readonly (readonly [string, Buffer, Buffer])[] = [
  ['gzip', zlib.gzipSync(text), text],
  ['gzip', zlib.gzipSync(larger), larger],
  ['zstd', zlib.zstdCompressSync(text), text],
  ['zstd', zlib.zstdCompressSync(larger), larger],
  ['bzip2', bzip2, text],
  ['xz', xz, text],
];

describe.each(packings)('%s', (name, packed, plain) => {
  it('is known by its first bytes and unpacked, whatever the blocks', async () => {
    expect(codecOf(packed)?.name).toBe(name);
    expect(isZip(packed)).toBe(false);
    for (const block of [7, 1000, 2 ** 20]) {
      const { out, unpacker } = await unpack(packed, block);
      expect(out.equals(plain)).toBe(true);
      expect(unpacker).toMatchObject({ damage: null, trailing: 0 });
    }
  });

  it('unpacks several, one after the other', async () => {
    const { out, unpacker } = await unpack(Buffer.concat([packed, packed]));
    expect(out.equals(Buffer.concat([plain, plain]))).toBe(true);
    expect(unpacker.damage).toBeNull();
  });

  it('says that it breaks off, and hands on only what was packed', async () => {
    for (const share of [0.3, 0.6, 0.95]) {
      const { out, unpacker } = await unpack(packed.subarray(0, Math.floor(packed.length * share)));
      expect(unpacker.damage?.kind).toBe('cut');
      expect(out.equals(plain.subarray(0, out.length))).toBe(true);
    }
  });

  it('ends with a word, never a crash, whatever bytes are changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 8), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(packed);
        changed[at + 7] ^= change;
        const { unpacker } = await unpack(changed, 4000);
        expect(['cut', 'damaged', undefined]).toContain(unpacker.damage?.kind);
      }),
      { numRuns: 40 },
    );
  });

  it('unpacks no more while the taker is busy, and gives the same then, damaged or not', async () => {
    const changed = Buffer.from(packed);
    changed[packed.length >> 1] ^= 0x10;
    for (const input of [packed, changed]) {
      const quick = await unpack(input, 4000);
      const parts: Buffer[] = [];
      let busy = false;
      const unpacker = codecOf(input)?.unpack(async (part) => {
        expect(busy).toBe(false);
        busy = true;
        await new Promise((resolve) => setImmediate(resolve));
        parts.push(Buffer.from(part));
        busy = false;
      });
      for (let at = 0; at < input.length; at += 4000) await unpacker?.write(input.subarray(at, at + 4000));
      await unpacker?.end();
      expect(busy).toBe(false);
      expect(Buffer.concat(parts).equals(quick.out)).toBe(true);
      expect(unpacker?.damage).toEqual(quick.unpacker.damage);
    }
  });

  it('lets what the taker throws come out, at once or later', async () => {
    const fail = (): void => {
      throw new Error('enough');
    };
    for (const take of [fail, () => Promise.resolve().then(fail)]) {
      const unpacker = codecOf(packed)?.unpack(take);
      await expect(
        (async () => {
          await unpacker?.write(packed);
          await unpacker?.end();
        })(),
      ).rejects.toThrow('enough');
      unpacker?.close();
    }
  });
});

describe('zstd', () => {
  it('steps over frames that are not data, and counts what belongs to nothing', async () => {
    const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const { out, unpacker } = await unpack(Buffer.concat([skippable, zlib.zstdCompressSync(text), skippable, Buffer.from('junk')]), 5);
    expect(out.equals(text)).toBe(true);
    expect(unpacker).toMatchObject({ damage: null, trailing: 4 });
  });
});

describe('xz', () => {
  it('says what it does not read', async () => {
    const { unpacker } = await unpack(xzWithSha256);
    expect(unpacker.damage?.what).toContain('option of xz');
  });
});

describe('ZIP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-zip-'));
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  async function contents(path: string): Promise<[name: string, text: string, damage: unknown][]> {
    const all: [string, string, unknown][] = [];
    for await (const member of zipMembers({ path })) {
      const parts: Buffer[] = [];
      const damage = await member.read((block) => void parts.push(Buffer.from(block)));
      all.push([member.name, Buffer.concat(parts).toString(), damage]);
    }
    return all;
  }

  it('gives the files of an archive, names as they are', async () => {
    expect(isZip(archive)).toBe(true);
    expect(await contents(file('good.zip', archive))).toEqual([
      ['logs/a.log', 'logs/a.log\n'.repeat(20), null],
      ['../../evil.log', '../../evil.log\n'.repeat(20), null],
      ['b.log', 'b.log\n'.repeat(20), null],
    ]);
  });

  it('says of a cut or damaged archive what is wrong with it', async () => {
    await expect(contents(file('cut.zip', archive.subarray(0, 200)))).rejects.toThrow(/damaged ZIP archive/);
    const bent = Buffer.from(archive);
    // within the packed data of the first file
    const at = bent.indexOf('logs/a.log') + 'logs/a.log'.length + 2;
    bent[at] ^= 0x55;
    const [[, , damage]] = await contents(file('bent.zip', bent));
    expect(damage).toMatchObject({ kind: 'damaged' });
  });
});
