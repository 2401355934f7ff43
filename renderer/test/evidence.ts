/** Made-up files and rejected lines for the test double. */
import type { Evidence, ImportResult, Reject } from '../../app/contract.ts';
import { firstTime } from './rows.ts';

export const now = Date.UTC(2026, 3, 17, 14, 2, 0) * 1000;
export const sha = (seed: string): string => seed.repeat(64).slice(0, 64);

export function evidence(id: number, name: string, rows: number, rejected: number, day: number): Evidence {
  return {
    id,
    path: `/home/analyst/evidence/zeek/${name}`,
    name,
    format: 'zeek-conn',
    formatTitle: 'Zeek conn (TSV)',
    kind: 'connection',
    bytes: rows * 131 + 4711,
    sha256: sha(`5${id}c2aa90e2f3c7c41b1c60a9e7a8dd0f4f6f2b1f6f2a9b9c3d7e51aa04be7712`),
    unpackedBytes: rows * 620,
    unpackedSha256: sha(`b7d0${id}9e41`),
    modified: firstTime + day * 86_400e6,
    imported: now,
    importedBy: 'M. Okafor',
    program: 'Flowcase 0.1.0',
    options: {},
    rows,
    rejected,
    comments: 126,
    lines: rows + rejected + 126,
    first: firstTime + day * 86_400e6,
    last: firstTime + (day + 1) * 86_400e6 - 1e6,
    seconds: 0.7,
    status: id === 3 ? 'incomplete' : 'complete',
    remarks: id === 2 ? ['14 Zeek headers in one file: rotated hourly, columns changed once at line 201,880.'] : [],
  };
}

export const rejects: readonly Reject[] = [
  {
    evidence: 2,
    line: 48_219,
    offset: 5_120_447,
    reason: 'TOO_FEW_FIELDS',
    what: '12 of 22 fields',
    text: '1776383999.1\tCq9\t10.20.4.87\t49822\t185.220.101.34',
  },
  {
    evidence: 2,
    line: 91_002,
    offset: 9_660_310,
    reason: 'BAD_PORT',
    what: 'id.resp_p is 70000',
    text: '1776391112.7\tCx2\t10.20.9.13\t51811\t10.1.0.11\t70000\ttcp',
  },
  {
    evidence: 2,
    line: 91_003,
    offset: 9_660_402,
    reason: 'BAD_ADDRESS',
    what: 'id.orig_h is 999.1.1.1',
    text: '1776391112.8\tCx3\t999.1.1.1\t51812\t10.1.0.11\t445',
  },
  {
    evidence: 2,
    line: 120_417,
    offset: 12_771_906,
    reason: 'NOT_UTF8',
    what: 'byte 0xFF at column 9',
    text: '1776398820.0\tCm1\t10.20.7.2\t\u202e\u0007<b>x</b>',
  },
];

/** An import that took one file, knew one already and refused one. */
export function importResult(added: Evidence): ImportResult {
  return {
    evidence: [added],
    skipped: [
      {
        path: '/home/analyst/conn.2026-04-16.log.gz',
        evidence: 2,
        message: 'conn.2026-04-16.log.gz has the same bytes as evidence 2 and was skipped.',
      },
    ],
    refused: [
      {
        path: '/home/analyst/notes.txt',
        code: 'FORMAT_UNKNOWN',
        message: 'notes.txt is no log that Flowcase knows. Expected Zeek, Tstat or an access log; found plain text.',
      },
    ],
    hidden: 1,
  };
}
