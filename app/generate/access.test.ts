import { describe, expect, it } from 'vitest';
import { accessGenerator } from './access.ts';
import type { AccessTruth } from './access.ts';

async function generate(rows: number, days?: number): Promise<{ readonly truth: AccessTruth; readonly lines: readonly string[] }> {
  const blocks: Uint8Array[] = [];
  const truth = (await accessGenerator.generate({ rows, seed: 3, days }, (block) => void blocks.push(block))) as AccessTruth;
  return { truth, lines: Buffer.concat(blocks).toString('latin1').split('\n') };
}

/** Request, status and size of a line in the Combined format. */
const parts = /^(\S+) .*?\] "(.*?)(?<!\\)" (\d+) (\d+|-)/;

describe('what is told of an access log', () => {
  it.each([
    [1000, 3],
    [20_000, 3],
    [60_000, 3],
    // so short that incidents go on behind its end
    [40_000, 0.01],
  ])('is counted from what was written: %i lines in %d days', async (rows, days) => {
    const { truth, lines } = await generate(rows, days);
    expect(truth.incidents.length).toBeGreaterThan(3);
    for (const { kind, facts, clients, lines: planted } of truth.incidents) {
      const found = planted.map((line) => {
        const [, client, request, status, bytes] = parts.exec(lines[line - 1]) ?? [];
        return { client, request, status, bytes: Number(bytes) };
      });
      const said = new Set(found.map(({ client }) => client));
      expect([kind, new Set(clients)]).toEqual([kind, said]);
      expect([kind, facts['requests']]).toEqual([kind, found.length]);
      const sums: Record<string, number> = {
        clients: said.size,
        failed: found.filter(({ status }) => status === '401').length,
        requestsAfter: found.filter(({ request }) => request?.startsWith('GET /account/')).length,
        notHttp: found.filter(({ request }) => request?.startsWith('\\x')).length,
        bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
      };
      for (const [name, value] of Object.entries(facts)) if (name in sums) expect([kind, name, value]).toEqual([kind, name, sums[name]]);
    }
  });
});
