import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sampleOptions } from './sample.ts';
import { generateZeekConn, type GenerateOptions, type Truth } from './zeek-conn.ts';

async function generate(
  options: GenerateOptions,
): Promise<{ readonly text: string; readonly truth: Truth; readonly lines: readonly string[] }> {
  const blocks: Uint8Array[] = [];
  const truth = await generateZeekConn(options, (block) => void blocks.push(block));
  const text = Buffer.concat(blocks).toString('latin1');
  return { text, truth, lines: text.split('\n') };
}

const rowsOf = (lines: readonly string[]): string[][] =>
  lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('generateZeekConn', () => {
  it('gives the same bytes for the same seed and others for another', async () => {
    const options = { ...sampleOptions, rows: 3000 };
    const one = await generate(options);
    expect(sha256((await generate(options)).text)).toBe(sha256(one.text));
    expect(sha256((await generate({ ...options, seed: 2 })).text)).not.toBe(sha256(one.text));
  });

  it.each([0, 1, 19, 20, 1000, 30_000])(
    "writes exactly %i rows of the header's width, in the order of time, each with a uid of its own",
    async (rows) => {
      const { lines, truth } = await generate({ ...sampleOptions, rows });
      const found = rowsOf(lines);
      expect(found).toHaveLength(rows);
      const width = lines.find((line) => line.startsWith('#fields'))?.split('\t').length ?? 0;
      expect(found.every((row) => row.length === width - 1)).toBe(true);
      const times = found.map((row) => Math.round(Number(row[0]) * 1e6));
      for (let i = 1; i < times.length; i++) expect(times[i] >= times[i - 1]).toBe(true);
      expect(times.every((ts) => ts >= truth.start && ts < truth.end)).toBe(true);
      expect(new Set(found.map((row) => row[1])).size).toBe(rows);
      expect(lines.at(-2)).toMatch(/^#close\t/);
    },
  );

  it('uses private and documentation addresses only', async () => {
    const { lines } = await generate({ ...sampleOptions, rows: 20_000 });
    const allowed = /^(10\.\d+\.\d+\.\d+|192\.0\.2\.\d+|198\.51\.100\.\d+|203\.0\.113\.\d+|2001:db8:[0-9a-f:]+)$/;
    for (const row of rowsOf(lines)) expect([row[2], row[4]].every((address) => allowed.test(address))).toBe(true);
  });

  it('says the truth about what it planted', async () => {
    const { lines, truth } = await generate({ ...sampleOptions, rows: 60_000 });
    expect(truth.incidents.map(({ kind }) => kind).sort()).toEqual(['beacon', 'exfiltration', 'scan']);
    for (const incident of truth.incidents) {
      expect(incident.lines.length).toBe(incident.facts.connections);
      incident.lines.forEach((line, i) => {
        const row = lines[line - 1].split('\t');
        expect([row[1], row[2]]).toEqual([incident.uids[i], incident.originator]);
        expect(incident.responders).toContain(row[4]);
        expect(incident.ports).toContain(Number(row[5]));
      });
    }
  });

  it.each([2000, 20_000, 23_000, 60_000])('counts the hosts and ports of a scan in the log of %i rows', async (rows) => {
    const { lines, truth } = await generate({ ...sampleOptions, rows, seed: 3, scenarios: ['scan'] });
    const [{ facts, responders, ports, lines: planted }] = truth.incidents;
    const probes = planted.map((line) => lines[line - 1].split('\t'));
    // the one server first, every port of it once; then the network
    const onServer = probes.slice(0, 1024);
    const swept = probes.slice(1024);
    expect(new Set(onServer.map((row) => row[4])).size).toBe(1);
    expect(facts).toEqual({
      connections: probes.length,
      verticalPorts: new Set(onServer.map((row) => row[5])).size,
      sweptHosts: new Set(swept.map((row) => row[4])).size,
      sweptPorts: new Set(swept.map((row) => row[5])).size,
    });
    expect(new Set(responders)).toEqual(new Set(probes.map((row) => row[4])));
    expect(new Set(ports.map(String))).toEqual(new Set(probes.map((row) => row[5])));
  });

  it('plants a beacon that keeps its time, a scan that fails, and uploads at night', async () => {
    const { lines, truth } = await generate({ ...sampleOptions, rows: 90_000 });
    const rows = (kind: string): string[][] =>
      (truth.incidents.find((incident) => incident.kind === kind)?.lines ?? []).map((line) => lines[line - 1].split('\t'));
    const beats = rows('beacon').map((row) => Number(row[0]));
    for (let i = 1; i < beats.length; i++) expect(Math.abs(beats[i] - beats[i - 1] - 60)).toBeLessThanOrEqual(6.001);
    const failed = rows('scan').filter((row) => row[11] === 'REJ' || row[11] === 'S0');
    expect(failed.length / rows('scan').length).toBeGreaterThan(0.95);
    for (const row of rows('exfiltration')) {
      expect(Number(row[9])).toBeGreaterThan(1e8);
      expect(new Date(Number(row[0]) * 1000).getUTCHours()).toBeLessThan(6);
    }
  });

  it('has a daily rhythm and heavy tails', async () => {
    const { lines } = await generate({ ...sampleOptions, rows: 40_000, scenarios: [] });
    const rows = rowsOf(lines);
    const at = (hour: number): number => rows.filter((row) => new Date(Number(row[0]) * 1000).getUTCHours() === hour).length;
    expect(at(12)).toBeGreaterThan(4 * at(2));
    const bytes = rows
      .filter((row) => row[10] !== '-')
      .map((row) => Number(row[10]))
      .sort((a, b) => a - b);
    const total = bytes.reduce((sum, value) => sum + value, 0);
    const largest = bytes.slice(-Math.ceil(bytes.length / 100)).reduce((sum, value) => sum + value, 0);
    expect(largest / total).toBeGreaterThan(0.4);
  });
});
