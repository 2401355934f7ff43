import { describe, expect, it } from 'vitest';
import { readLog } from './testing.ts';
import type { FormatOptions, LogFormat } from './types.ts';
import { zeekConn, zeekRemarks, zeekTsv } from './zeek-tsv.ts';

describe('a log that a person names', () => {
  const settled = (format: LogFormat, log: string, zeekLog: string): FormatOptions | undefined =>
    format.settle?.(Buffer.from(log), { zeekLog }, 'some.log');
  const nameless = (log: string): string => log.replace(/#path.*\n/, '');

  it('is the one that the header names, however it is written', () => {
    expect(settled(zeekConn, zeekConn.example, 'conn.log')).toEqual({ zeekLog: 'conn.log' });
    expect(settled(zeekTsv, zeekTsv.example, 'DNS')).toEqual({ zeekLog: 'DNS' });
    expect(settled(zeekConn, nameless(zeekConn.example), 'conn')).toEqual({ zeekLog: 'conn' });
  });

  it('is refused where the columns are those of connections under no name, and another is named', () => {
    expect(() => settled(zeekConn, nameless(zeekConn.example), 'dns')).toThrow(/no lines of Zeek's log dns.*It is conn\.log.*--zeek-log/);
  });

  it('is read of several logs in one file, wherever it stands', () => {
    const named = (format: LogFormat, log: string, zeekLog: string): unknown[] => {
      const { kind, title } = format.open(Buffer.from(log), { zeekLog });
      const { figures, sink } = readLog(format, log, 65_536, false, { zeekLog });
      return [kind, title, figures.rows, figures.rejected, sink.records[0]?.get(kind === 'dns' ? 'query' : 'conn_state')];
    };
    expect(named(zeekTsv, zeekTsv.example + zeekConn.example, 'conn')).toEqual(['connection', 'Zeek conn.log', 2, 0, 'SF']);
    expect(named(zeekConn, zeekConn.example + zeekTsv.example, 'dns.log')).toEqual(['dns', 'Zeek dns.log', 2, 0, 'example.com']);
    expect(named(zeekConn, zeekConn.example, 'dns')).toEqual(['dns', 'Zeek dns.log', 0, 0, undefined]);
    const { figures } = readLog(zeekConn, zeekConn.example + zeekTsv.example);
    expect(zeekRemarks(figures.tallies).join(' ')).toContain('--zeek-log');
  });

  it('is what a log is whose header names none', () => {
    const log = nameless(zeekTsv.example);
    expect(settled(zeekTsv, log, 'dns')).toEqual({ zeekLog: 'dns' });
    expect(zeekTsv.open(Buffer.from(log), { zeekLog: 'dns' })).toMatchObject({ kind: 'dns', title: 'Zeek dns.log' });
    expect(readLog(zeekTsv, log, 65_536, false, { zeekLog: 'dns' }).sink.records).toHaveLength(2);
  });
});
