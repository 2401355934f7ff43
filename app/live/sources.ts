import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { LiveSourceSpec, LiveWatch } from '../contract/live.ts';
import { isLog } from './engine/recognise.ts';
import { followFile, type FollowOptions } from './file/follow-file.ts';
import { IngestSource } from './http/ingest-source.ts';
import { kafkaCredentials } from './kafka/credentials.ts';
import { parseKafkaAddress, kafkaAddressText, topicPath, type KafkaAddress } from './kafka/address.ts';
import { KafkaSource } from './kafka/source.ts';
import { followPipe, followStream } from './stdin/follow-stream.ts';
import { SyslogSource } from './syslog/syslog-source.ts';
import type { LiveSource } from './types.ts';

/** What the case says of a source: of files, and what sources left with their evidence that is called so. */
export type BesideSource = Partial<Omit<FollowOptions, 'path' | 'from'>> & { readonly places?: (path: string) => readonly unknown[] };

/** The source that a person asked for; it does nothing until it is run. @throws FlowcaseError INVALID_INPUT */
export function sourceOf({ source, format, options = {} }: LiveWatch, { places, ...beside }: BesideSource = {}): LiveSource {
  switch (source.type) {
    case 'file':
      return followFile({
        ...beside,
        path: source.path,
        from: source.from,
        ...(source.folders === undefined ? {} : { folders: source.folders }),
      });
    case 'kafka': {
      const address = parseKafkaAddress(source.url);
      const begun: KafkaAddress = source.from === 'end' ? { ...address, start: 'latest' } : address;
      return new KafkaSource(begun, kafkaCredentials(), () => places?.(topicPath(address)) ?? []);
    }
    case 'http':
      return new IngestSource({ name: source.name });
    case 'pipe':
      return source.path === null ? followStream(createReadStream('', { fd: 0, autoClose: false })) : followPipe(source.path);
    case 'syslog':
      // where it was said what the lines are, there is nothing to find out
      return new SyslogSource(format === undefined ? { ...source, isLog: (line) => isLog(line, options) } : source);
  }
}

/** What a source is called where nobody gave it a name. @throws FlowcaseError INVALID_INPUT */
export function sourceName(source: LiveSourceSpec): string {
  switch (source.type) {
    case 'file':
      return basename(source.path);
    case 'kafka':
      return kafkaAddressText(parseKafkaAddress(source.url));
    case 'syslog':
      return `syslog ${source.protocol} ${source.host}:${source.port}`;
    case 'http':
      return `API: ${source.name}`;
    case 'pipe':
      return source.path === null ? 'standard input' : basename(source.path);
  }
}
