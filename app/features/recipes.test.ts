import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { unwatched } from '../learn/pace.ts';
import { Random } from '../shared/random.ts';
import { buildMatrix } from './build-matrix.ts';
import { recipeNamed, recipes, recipesFor } from './recipes.ts';
import { selectRows } from './selection.ts';
import { everyRow, memoryTable, type Value } from './testing.ts';

const names = (of: Parameters<typeof recipesFor>[0]): readonly string[] => recipesFor(of).map(({ name }) => name);

describe('recipes', () => {
  it('are found by what a row is, those of the kind first', () => {
    expect(names('connections')).toEqual(['conn-v1', 'conn-v2', 'tstat-v1', 'numeric-v1']);
    expect(names('requests')).toEqual(['request-v1', 'numeric-v1']);
    expect(names('hosts')).toEqual(['host-v1', 'tstat-client-v1']);
    expect(names('records')).toEqual(['numeric-v1']);
    expect(recipeNamed('host-v1').of).toBe('hosts');
  });

  it('describe every feature, each under a name of its own', () => {
    for (const recipe of recipes.values()) {
      expect(recipe.about).not.toBe('');
      expect(new Set(recipe.features.map(({ name }) => name)).size).toBe(recipe.features.length);
      for (const { title, how, needs, kind, weight, more, less } of recipe.features) {
        expect(title).toMatch(/^[A-Z%]/);
        expect(how.length).toBeGreaterThan(5 - Number(needs.length > 0) * 3);
        expect(needs.length).toBeGreaterThan(0);
        expect(weight).toBeGreaterThan(0);
        if (kind === 'flag') expect([more, less].every((words) => words !== '' && !words.includes('~'))).toBe(true);
      }
    }
  });

  it('go on giving the bits that recorded runs rest on', async () => {
    const random = new Random(7);
    const pick = (...of: readonly Value[]): Value => of[random.below(of.length)];
    const records = Array.from({ length: 3000 }, (_, i) => ({
      ts: i * 61e6 + random.below(5e6),
      orig_h: `10.0.0.${random.below(20)}`,
      resp_h: `192.0.2.${random.below(9)}`,
      resp_p: pick(53, 80, 443, 22, 4444, 51_000),
      proto: pick('tcp', 'udp', 'icmp'),
      duration: pick(null, random.below(1e9)),
      orig_bytes: pick(null, 0, random.below(1e6)),
      resp_bytes: pick(null, 0, random.below(1e7)),
      conn_state: pick('SF', 'S0', 'REJ', null),
      orig_pkts: random.below(100),
      resp_pkts: random.below(50),
    }));
    const pace = unwatched();
    const selection = await selectRows(memoryTable(records, { chunkRows: 700 }), everyRow, pace);
    const { features, matrix } = await buildMatrix(selection, recipeNamed('conn-v1'), pace);
    const hash = createHash('sha256').update(JSON.stringify(features)).update(new Uint8Array(matrix.values.slice().buffer)).digest('hex');
    expect(hash).toBe('0b2f37cb84b380291270a5fa062269b4be78a825f6447ad5cc1d005e3600988d');
  });
});
