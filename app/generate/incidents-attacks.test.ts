import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scenarios, usualScenarios, type Scenario } from './incidents.ts';
import { generatorOf, scenarioWords } from './registry.ts';
import { generateZeekConn, type Truth } from './zeek-conn.ts';

/** Columns of the log by place: ts, orig_h, resp_h, resp_p, duration, orig_bytes, conn_state. */
const [TS, ORIG, RESP, PORT, DURATION, SENT, STATE] = [0, 2, 4, 5, 8, 9, 11];

async function plantedRows(
  kind: Scenario,
  rows: number,
  days: number,
): Promise<{ readonly incident: Truth['incidents'][number]; readonly rows: readonly string[][] }> {
  const blocks: Uint8Array[] = [];
  const truth = await generateZeekConn({ rows, seed: 11, days, scenarios: [kind] }, (block) => void blocks.push(block));
  const lines = Buffer.concat(blocks).toString('latin1').split('\n');
  const [incident] = truth.incidents;
  const found = incident.lines.map((line) => lines[line - 1].split('\t'));
  expect(found.every((row, i) => row[1] === incident.uids[i])).toBe(true);
  const times = found.map((row) => Number(row[TS]) * 1e6);
  expect(times.every((ts) => ts >= truth.start && ts < truth.end)).toBe(true);
  expect(new Set(found.map((row) => row[RESP]))).toEqual(new Set(incident.responders));
  expect(new Set(found.map((row) => row[PORT]))).toEqual(new Set(incident.ports.map(String)));
  expect(incident.facts.connections).toBe(found.length);
  return { incident, rows: found };
}

const numbers = (rows: readonly string[][], column: number): number[] => rows.map((row) => Number(row[column]));

describe('attacks planted in a conn.log', () => {
  it.each([
    [40, 1],
    [3000, 1],
    [60_000, 3],
  ])('try passwords from one host on one service: %i records in %i days', async (size, days) => {
    const { incident, rows } = await plantedRows('brute-force', size, days);
    const short = numbers(rows, DURATION).filter((seconds) => seconds < 10).length;
    expect(incident.facts).toEqual({ connections: rows.length, tries: short, sessionsAfter: rows.length - short });
    expect([new Set(rows.map((row) => row[ORIG])).size, incident.ports, rows.length - short]).toEqual([1, [22], 1]);
  });

  it.each([
    [3000, 1],
    [60_000, 3],
  ])('flood one service from many addresses with connections that stay half open: %i records in %i days', async (size, days) => {
    const { incident, rows } = await plantedRows('flood', size, days);
    const times = numbers(rows, TS);
    const sources = new Set(rows.map((row) => row[ORIG]));
    expect(incident.facts).toEqual({
      connections: rows.length,
      halfOpen: rows.filter((row) => row[STATE] === 'S0').length,
      sources: sources.size,
      seconds: Math.ceil((Math.round(times[times.length - 1] * 1e6) - Math.round(times[0] * 1e6)) / 1e6),
    });
    expect([new Set(incident.originators), incident.facts.halfOpen]).toEqual([sources, rows.length]);
    expect(sources.size).toBeGreaterThan(100);
    expect(incident.facts.seconds).toBeLessThanOrEqual(120);
  });

  it.each([
    [3000, 1],
    [60_000, 3],
  ])('let a little leave at a steady pace: %i records in %i days', async (size, days) => {
    const { incident, rows } = await plantedRows('drip', size, days);
    const sent = numbers(rows, SENT);
    const { periodSeconds, jitterSeconds, origBytes } = incident.facts;
    expect(origBytes).toBe(sent.reduce((sum, bytes) => sum + bytes, 0));
    expect(Math.max(...sent)).toBeLessThan(300_000);
    const times = numbers(rows, TS);
    for (let i = 1; i < times.length; i++) {
      expect(Math.abs(times[i] - times[i - 1] - periodSeconds)).toBeLessThanOrEqual(2 * jitterSeconds + 0.001);
    }
    expect(times[times.length - 1] - times[0]).toBeGreaterThan(12 * 3600);
  });

  it.each([
    ['unless told', undefined],
    ['when told', [...usualScenarios]],
  ])('leave the bytes of logs without them as they were, %s', async (_, asked) => {
    const hash = createHash('sha256');
    await generatorOf('zeek-conn').generate({ rows: 3000, seed: 7, scenarios: asked }, (block) => void hash.update(block));
    expect(hash.digest('hex')).toBe('1446124b1f6bb0acda15649ffda9d39605d49c8b14ee80ff35d4b2ba94de6d82');
  });

  it('are named with their kind', () => {
    const words = scenarioWords();
    for (const name of scenarios) expect(words.split('; ')[0]).toContain(name);
    expect(words).toMatch(/zeek-conn: .*; tstat: .*; access: /);
  });
});
