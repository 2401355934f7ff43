import { describe, expect, it } from 'vitest';
import { layouts } from './tstat-columns.ts';
import { tstatGenerator, type TstatTruth } from './tstat.ts';
import type { GeneratorOptions } from './types.ts';

interface Made {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly truth: TstatTruth;
  readonly column: (name: string) => readonly string[];
}

async function make(options: Partial<GeneratorOptions>): Promise<Made> {
  const blocks: Uint8Array[] = [];
  const truth = await tstatGenerator.generate({ rows: 1000, seed: 1, ...options }, (block) => void blocks.push(block));
  const [head, ...lines] = Buffer.concat(blocks).toString('latin1').trimEnd().split('\n');
  const names = head.split(' ').map((word) => word.slice(word.lastIndexOf('#') + 1, word.lastIndexOf(':')));
  const rows = truth.rows === 0 ? [] : lines.map((line) => line.split(' '));
  return { names, rows, truth: truth as TstatTruth, column: (name) => rows.map((row) => row[names.indexOf(name)]) };
}

const count = (values: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

describe('generated Tstat logs', () => {
  it.each(layouts.map(({ word, header }) => [word, header] as const))(
    '%s columns: as many in every row, numbered',
    async (word, header) => {
      const { rows } = await make({ layout: word, rows: 300 });
      expect(header.split(' ').map((name) => Number(name.slice(name.lastIndexOf(':') + 1)))).toEqual(
        Array.from({ length: Number(word) }, (_, i) => i + 1),
      );
      expect(rows).toHaveLength(300);
      expect(rows.every((row) => row.length === Number(word) && row.every((value) => value !== ''))).toBe(true);
    },
  );

  it('has the shape of the log that services are learned from: ten classes alike, 26 connections a client', async () => {
    const { column, truth, names } = await make({ rows: 10_000 });
    expect(names).toHaveLength(207);
    expect(names.at(-1)).toBe('class');
    const classes = count(column('class').map((text) => text.replace('class:', '')));
    expect(Object.fromEntries(classes)).toEqual(truth.classes);
    expect([...classes.values()]).toEqual(Array.from({ length: 10 }, () => 1000));
    const clients = count(column('c_ip'));
    expect([clients.size, truth.clients]).toEqual([384, 384]);
    const busiest = [...clients.values()].sort((a, b) => b - a).slice(0, 5);
    expect(busiest[0]).toBeGreaterThan(10 * 26);
  });

  it.each([0, 1, 9, 25])('writes %i rows too', async (rows) => {
    const made = await make({ rows });
    expect(made.rows).toHaveLength(rows);
  });

  it('stands in the order in which connections closed, and starts follow from ends', async () => {
    const { column, truth } = await make({ rows: 4000 });
    const [first, last, durat] = ['first', 'last', 'durat'].map((name) => column(name).map(Number));
    for (let i = 1; i < last.length; i++) expect(last[i] >= last[i - 1]).toBe(true);
    expect(first.some((value, i) => i > 0 && value < first[i - 1])).toBe(true);
    for (let i = 0; i < first.length; i++) expect(Math.abs(last[i] - first[i] - durat[i])).toBeLessThan(0.001);
    expect(last[0] * 1000 >= truth.start && last[last.length - 1] * 1000 < truth.end).toBe(true);
    expect(column('first').every((text) => /^\d{13}\.\d{6}$/.test(text))).toBe(true);
  });

  it('adds up as segments and bytes do', async () => {
    const { column } = await make({ rows: 3000 });
    for (const side of ['c', 's']) {
      const of = (name: string): number[] => column(`${side}_${name}`).map(Number);
      const [all, data, uniq, bytes, again, bytesAgain] = [
        'pkts_all',
        'pkts_data',
        'bytes_uniq',
        'bytes_all',
        'pkts_retx',
        'bytes_retx',
      ].map(of);
      for (let i = 0; i < all.length; i++) {
        expect(all[i] > data[i] && data[i] > again[i] && bytes[i] === uniq[i] + bytesAgain[i]).toBe(true);
        expect(uniq[i] <= (data[i] - again[i]) * 1460).toBe(true);
      }
      const [first, lasts, rttMin, rttAvg, rttMax] = ['first', 'last', 'rtt_min', 'rtt_avg', 'rtt_max'].map(of);
      for (let i = 0; i < first.length; i++) {
        expect(first[i] > 0 && first[i] <= lasts[i]).toBe(true);
        expect(rttMin[i] <= rttAvg[i] + 0.001 && rttAvg[i] <= rttMax[i] + 0.001).toBe(true);
      }
    }
  });

  it('says where the planted records stand; they wear the class of the service that they hide in', async () => {
    const { rows, names, truth } = await make({ rows: 40_000, days: 2, scenarios: undefined });
    expect(truth.incidents.map(({ kind }) => kind).sort()).toEqual(['beacon', 'drip', 'exfiltration']);
    for (const incident of truth.incidents) {
      expect(incident.lines).toHaveLength(incident.facts.connections);
      for (const line of incident.lines) {
        const row = rows[line - 2];
        expect([row[names.indexOf('c_ip')], row[names.indexOf('s_ip')], row.at(-1)]).toEqual([
          incident.client,
          incident.server,
          `class:${incident.class}`,
        ]);
        expect(Number(row[names.indexOf('c_bytes_uniq')])).toBeGreaterThanOrEqual(incident.facts.clientBytes);
      }
    }
    for (const { lines, first, last } of truth.incidents) {
      const starts = lines.map((line) => Math.round(Number(rows[line - 2][names.indexOf('first')]) * 1000));
      expect([first, last]).toEqual([Math.min(...starts), Math.max(...starts)]);
    }
    const beacon = truth.incidents.find(({ kind }) => kind === 'beacon');
    const ends = (beacon?.lines ?? []).map((line) => Number(rows[line - 2][names.indexOf('last')]));
    const gaps = ends.slice(1).map((end, i) => end - ends[i]);
    expect(gaps.every((gap) => gap >= 54_000 && gap <= 66_000)).toBe(true);
  });

  it('has a daily rhythm and heavy tails, and uses private and documentation addresses only', async () => {
    const { column } = await make({ rows: 20_000, scenarios: [] });
    const at = (hour: number): number => column('last').filter((text) => new Date(Number(text)).getUTCHours() === hour).length;
    expect(at(12)).toBeGreaterThan(4 * at(2));
    const bytes = column('s_bytes_all')
      .map(Number)
      .sort((a, b) => a - b);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    expect(sum(bytes.slice(-200)) / sum(bytes)).toBeGreaterThan(0.08);
    const allowed = /^(10\.\d+\.\d+\.\d+|192\.0\.2\.\d+|198\.51\.100\.\d+|203\.0\.113\.\d+)$/;
    expect([...column('c_ip'), ...column('s_ip')].every((address) => allowed.test(address))).toBe(true);
    expect(column('c_tls_SNI').every((name) => name === '-' || name.endsWith('.example'))).toBe(true);
  });

  it('refuses a layout that Tstat does not write', async () => {
    await expect(make({ layout: '100' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
