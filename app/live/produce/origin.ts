import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { FlowcaseError } from '../../errors.ts';
import { generatorOf } from '../../generate/registry.ts';
import type { GeneratedTruth, GeneratorOptions } from '../../generate/types.ts';
import { fileError } from '../../original/file-error.ts';
import { Unpacker } from '../../original/unpack.ts';
import { logLines, type LogLine, type LogOptions } from './log-lines.ts';
import { pulled } from './pulled.ts';

/** Where lines come from, once through. */
export type Origin = () => AsyncGenerator<readonly LogLine[]>;

/** A log as it lies there, packed or not, read from its beginning to its end. */
export function logOrigin(path: string, options: LogOptions): Origin {
  return () => logLines(unpackedBlocks(readFile(path), path), basename(path), options);
}

/** What comes through a stream: once. */
export function streamOrigin(input: AsyncIterable<Uint8Array>, options: LogOptions): Origin {
  return () => logLines(unpackedBlocks(input, 'standard input'), 'standard input', options);
}

/** Generated traffic. `told` hears what is true of it when it has come to its end. */
export function generatedOrigin(kind: string, options: GeneratorOptions, told: (truth: GeneratedTruth) => void): Origin {
  const generator = generatorOf(kind);
  return () => {
    const blocks = pulled<Uint8Array>(async (push) => told(await generator.generate(options, push)));
    return logLines(blocks, `generated ${kind}`);
  };
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path, { highWaterMark: 2 ** 20 });
  try {
    for await (const block of stream) if (block instanceof Uint8Array) yield block;
  } catch (error) {
    throw fileError(error, path);
  }
}

/** gzip, bzip2, xz and zstd are unpacked as they come. @throws FlowcaseError FILE_DAMAGED behind what came before the damage */
function unpackedBlocks(blocks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  return pulled<Uint8Array>(async (push) => {
    // blocks are the taker's to keep, and those that were not packed are written over
    const unpacker = new Unpacker((block) => push(Uint8Array.from(block)));
    try {
      for await (const block of blocks) await unpacker.write(block);
      const { damage } = await unpacker.end();
      if (damage !== null)
        throw new FlowcaseError(
          'FILE_DAMAGED',
          `${name} is ${damage.kind === 'cut' ? 'cut' : 'damaged'}: ${damage.what}. What comes before was played; get the file anew.`,
        );
    } finally {
      unpacker.close();
    }
  });
}
