import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generatorOf, generators } from './registry.ts';
import type { GeneratedTruth, Generator, GeneratorOptions } from './types.ts';

async function write(generator: Generator, options: GeneratorOptions): Promise<{ readonly text: string; readonly truth: GeneratedTruth }> {
  const blocks: Uint8Array[] = [];
  const truth = await generator.generate(options, (block) => void blocks.push(block));
  return { text: Buffer.concat(blocks).toString('latin1'), truth };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What every generator must do. */
describe.each(generators.map((generator) => [generator.kind, generator] as const))('generator %s', (kind, generator) => {
  const options: GeneratorOptions = { rows: 2000, seed: 7, days: 2 };

  it('is found by its kind', () => expect(generatorOf(kind)).toBe(generator));

  it.each(['', ...generator.layouts])(
    'gives the same bytes for the same options and others for another seed (layout "%s")',
    async (layout) => {
      const asked = layout === '' ? options : { ...options, layout };
      const one = await write(generator, asked);
      expect(sha256((await write(generator, asked)).text)).toBe(sha256(one.text));
      expect(sha256((await write(generator, { ...asked, seed: 8 })).text)).not.toBe(sha256(one.text));
      expect(one.text.endsWith('\n')).toBe(true);
    },
  );

  it('tells the truth as plain data', async () => {
    const { truth } = await write(generator, options);
    expect(truth).toMatchObject({ kind, seed: 7, rows: 2000 });
    expect(truth.incidents).toHaveLength(generator.usual.length);
    const all = await write(generator, { ...options, scenarios: ['all'] });
    expect(all.truth.incidents).toHaveLength(generator.scenarios.length);
    expect(JSON.parse(JSON.stringify(truth))).toEqual(truth);
    const none = await write(generator, { ...options, scenarios: [] });
    expect(none.truth.incidents).toEqual([]);
  });

  it('refuses a scenario that it does not have', async () => {
    await expect(write(generator, { ...options, scenarios: ['a thing there is not'] })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

it('names the kinds there are when asked for another', () => expect(() => generatorOf('pcap')).toThrow(/There are: zeek-conn/));
