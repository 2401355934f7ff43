import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordTable } from '../columns/types.ts';
import type { AnomalyRequest } from '../contract/models.ts';
import { column, connColumns, everyRow, memoryTable, type Value } from '../features/testing.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import { findAnomalies, flaggedRows, LEAST_SCORE } from './anomalies.ts';
import { groupStrange } from './anomalies-groups.ts';
import { valueWords } from '../features/raw-values.ts';

type Rec = Readonly<Record<string, Value>>;
const quiet: Progress = { report: () => undefined, stopped: () => false };
const request: AnomalyRequest = {
  of: 'connections',
  recipe: 'conn-v2',
  features: [],
  where: '',
  seed: 1,
  trees: 100,
  sample: 256,
  limit: 50,
};

/** Offices browse; one host knocks on every port of another, and one sends a gigabyte away. */
function traffic(rows: number, knocks: number): Rec[] {
  const random = new Random(9);
  const size = (middle: number): number => Math.round(middle * Math.exp(0.5 * random.normal()));
  const browsing = Array.from({ length: rows }, (): Rec => ({
    ts: Math.round(random.float() * 86_400e6),
    orig_h: `10.0.0.${1 + random.below(30)}`,
    resp_h: `192.0.2.${random.below(50)}`,
    resp_p: 443,
    proto: 'tcp',
    duration: size(3_000_000),
    orig_bytes: size(2000),
    resp_bytes: size(30_000),
    conn_state: 'SF',
    orig_pkts: 1 + size(12),
    resp_pkts: 1 + size(25),
  }));
  const scan = Array.from({ length: knocks }, (_, port): Rec => ({
    ...{ ts: 1e9 + port * 1000, orig_h: '10.0.0.66', resp_h: '192.0.2.7', resp_p: 1 + port, proto: 'tcp', duration: 40 },
    ...{ orig_bytes: 0, resp_bytes: 0, conn_state: 'REJ', orig_pkts: 1, resp_pkts: 1 },
  }));
  const leak = { ...browsing[0], orig_h: '10.0.0.99', resp_h: '198.51.100.1', orig_bytes: 1e9, orig_pkts: 700_000, duration: 3600e6 };
  return [...browsing, ...scan, leak];
}

const search = (asked: AnomalyRequest, table: RecordTable): ReturnType<typeof findAnomalies> =>
  findAnomalies({ sources: [{ table, filter: everyRow }], request: asked, threads: 1, createThread: null }, quiet);
const find = (rows: readonly Rec[], change: Partial<AnomalyRequest> = {}): ReturnType<typeof findAnomalies> => {
  const sources = [{ table: memoryTable(rows, { columns: connColumns }), filter: everyRow }];
  return findAnomalies({ sources, request: { ...request, ...change }, threads: 1, createThread: null }, quiet);
};

describe('a search for anomalies', () => {
  it('makes one finding of the records of one scan, and names what makes it strange', async () => {
    const rows = traffic(4000, 30);
    const { findings, summary, assignments } = await find(rows);
    const scan = findings.filter(({ host }) => host === '10.0.0.66');
    expect(scan).toHaveLength(1);
    const labels = assignments.flatMap(({ labels: of }) => [...of]);
    const flagged = labels.flatMap((label, row) => (label === 2 ? [row] : []));
    const knocks = flagged.filter((row) => row >= 4000 && row < 4030);
    expect(knocks.length).toBeGreaterThan(20);
    expect(scan[0].ids).toHaveLength(knocks.length);
    expect(scan[0].subject).toBe('10.0.0.66 → 192.0.2.7');
    expect(scan[0].why).toContain(`${knocks.length} connections alike`);
    const leak = findings.find(({ host }) => host === '10.0.0.99');
    expect(leak?.why).toMatch(/Balance −1 \(median of its peers 0\.8\d*, robust z −\d/);
    expect(summary.flagged).toBe(flagged.length);
    expect(findings.reduce((sum, { ids }) => sum + ids.length, 0)).toBe(flagged.length);
  });

  it('keeps to the limit, and says so', async () => {
    const { findings, summary } = await find(traffic(2000, 10), { limit: 1 });
    expect(findings).toHaveLength(1);
    expect(summary.remarks.join(' ')).toContain('Only the 1 strongest finding');
  });

  it('says nothing of a limit that was just enough', async () => {
    const rows = traffic(2000, 10);
    const { findings } = await find(rows);
    const { findings: same, summary } = await find(rows, { limit: findings.length });
    expect(same).toHaveLength(findings.length);
    expect(summary.remarks.join(' ')).not.toContain('limit');
  });

  it('says how many of the flagged hold in each half of the trees', async () => {
    const { summary } = await find(traffic(2000, 10));
    expect(summary.remarks[0]).toMatch(
      new RegExp(
        `^Of the ${summary.flagged} connections flagged, \\d+ \\(.* %\\) score above the threshold in each half of the trees by itself \\(50 trees\\)`,
      ),
    );
  });

  it('takes one row, and rows that are all alike, as nothing strange', async () => {
    const [row] = traffic(1, 0);
    for (const rows of [[row], Array.from({ length: 50 }, () => row)]) {
      const { findings, summary } = await find(rows);
      expect([findings.length, summary.flagged]).toEqual([0, 0]);
    }
  });

  it('refuses where there is nothing to search', async () => {
    await expect(find([])).rejects.toMatchObject({ code: 'NOTHING_TO_CLUSTER' });
  });
});

describe('what is flagged', () => {
  it('scores above the threshold, which is 0.6 at least, and is a hundredth of the rows or twenty', () => {
    fc.assert(
      fc.property(fc.float32Array({ min: 0, max: 1, noNaN: true, minLength: 1, maxLength: 4000 }), (scores) => {
        const { rows, marks, threshold } = flaggedRows(scores);
        expect(threshold).toBeGreaterThanOrEqual(LEAST_SCORE);
        expect(rows.length).toBeLessThanOrEqual(Math.max(20, Math.floor(scores.length / 100)));
        scores.forEach((score, row) => expect(marks[row]).toBe(score > threshold ? 1 : 0));
        for (let i = 1; i < rows.length; i++) expect(scores[rows[i]]).toBeLessThanOrEqual(scores[rows[i - 1]]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('grouping of what is strange', () => {
  it('loses no row, mixes no hosts, and puts what is alike together', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(2)), { minLength: 1, maxLength: 60 }), (kinds) => {
        const rows = Uint32Array.from(kinds.keys());
        const hosts = Uint32Array.from(kinds, ([host]) => host);
        // every kind of strangeness is a feature of its own
        const attribution = Float64Array.from(kinds.flatMap(([, kind]) => [0, 1, 2].map((c) => (c === kind ? 1 : 0))));
        const groups = groupStrange(rows, attribution, 3, hosts);
        expect(groups.flatMap((group) => [...group.rows]).sort((a, b) => a - b)).toEqual([...rows]);
        const keys = groups.map((group) => new Set(Array.from(group.rows, (row) => kinds[row].join())));
        expect(keys.every((one) => one.size === 1)).toBe(true);
        expect(new Set(keys.flatMap((one) => [...one])).size).toBe(groups.length);
      }),
    );
  });
});

describe('grouping of more kinds than a host has findings', () => {
  it('calls no rows alike that are not: what is left over is a group of others', () => {
    // seven kinds of strangeness of one host, the first of them twice, each alike with none
    const kinds = [0, 0, 1, 2, 3, 4, 5, 6];
    const attribution = Float64Array.from(kinds.flatMap((kind) => Array.from({ length: 7 }, (_, c) => Number(c === kind))));
    const groups = groupStrange(Uint32Array.from(kinds.keys()), attribution, 7, new Uint32Array(kinds.length));
    expect(groups.map(({ rows, others }) => [[...rows], others])).toEqual([
      [[0, 1], false],
      [[2], false],
      [[3], false],
      [[4], false],
      [[5, 6, 7], true],
    ]);
  });

  it('says so in its words', async () => {
    const odd = traffic(400, 0);
    const columns = Array.from({ length: 7 }, (_, i) => column(`figure_${i}`, 'count'));
    const plain = odd.map((row, i) => ({
      ...row,
      ...Object.fromEntries(columns.map(({ name }, c) => [name, 100 + ((i * (c + 3)) % 40)])),
    }));
    // the Fano plane: each is strange in three figures, and shares one of them with every other
    const strange = columns.map((_, i): Rec => {
      const lines = [0, 1, 3].map((step) => [columns[(i + step) % 7].name, 1e9] as const);
      return { ...plain[i], orig_h: '10.0.0.77', ...Object.fromEntries(lines) };
    });
    const { findings } = await search(
      { ...request, recipe: 'numeric-v1', features: columns.map(({ name }) => name) },
      memoryTable([...plain, ...strange], { columns: [...connColumns, ...columns] }),
    );
    const said = findings.filter(({ host }) => host === '10.0.0.77').map(({ why }) => why.slice(0, why.indexOf(': ', 12)));
    expect(said.slice(0, 4).every((one) => one.endsWith('one connection'))).toBe(true);
    expect(said.slice(4)).toEqual(['10.0.0.77: 3 more connections of this host, not alike']);
  });
});

describe('reasons', () => {
  const recordsWith = (odd: Rec): readonly Rec[] => [
    ...Array.from({ length: 600 }, (_, i): Rec => ({
      ts: i * 1e6,
      orig_h: `10.0.0.${i % 20}`,
      con_t: 0,
      c_npnalpn: i % 2,
      gap: 1000 + (i % 50),
    })),
    { ts: 1e9, orig_h: '10.0.0.66', ...odd },
  ];

  it('are no codes and bit masks, which no median is a figure of', async () => {
    const columns = [...connColumns, column('con_t', 'count'), column('c_npnalpn', 'count'), column('gap', 'count')];
    const rows = recordsWith({ con_t: 8192, c_npnalpn: 6, gap: 900_000 });
    for (const recipe of ['tstat-v1', 'numeric-v1']) {
      const { findings } = await search({ ...request, recipe }, memoryTable(rows, { columns }));
      const why = findings.find(({ host }) => host === '10.0.0.66')?.why ?? '';
      expect(why).toContain('gap 900,000');
      expect(why).not.toMatch(/con_t|npnalpn|8192|8,192|ALPN|Protocols/i);
    }
  });
});

describe('causes as figures', () => {
  it('are what the sentence says, in its order, with path lengths and deviations from the peers', async () => {
    const { findings } = await find(traffic(4000, 30));
    const [{ causes, why }] = findings.filter(({ host }) => host === '10.0.0.99');
    const words = why.slice(why.indexOf('What does it: ')).replace('What does it: ', '');
    expect(causes?.features.length).toBe(words.split('; ').length);
    expect(causes?.features.length).toBeLessThanOrEqual(3);
    causes?.features.forEach(({ title, words: [own], deviation }, i) => {
      expect(words.split('; ')[i]).toContain(title);
      expect(words.split('; ')[i]).toContain(own);
      expect(Math.abs(deviation ?? 2)).toBeGreaterThanOrEqual(2);
    });
    const balance = causes?.features.find(({ feature }) => feature === 'balance');
    expect(balance).toMatchObject({ measure: 'value', title: 'Balance' });
    expect(balance?.value).toBeCloseTo(-1, 4);
    expect(balance?.typical).toBeGreaterThan(0.8);
    expect(balance?.deviation).toBeLessThan(-2);
    const [, own, usual] = /takes ([\d.]+) random questions to tell apart, a row like any other ([\d.]+)/.exec(why) ?? [];
    expect(causes?.path?.own.toFixed(1)).toBe(own);
    expect(causes?.path?.usual.toFixed(1)).toBe(usual);
  });
});

describe('values in words', () => {
  it.each([
    ['orig_bytes', 'log(1 + orig_bytes)', 1_288_490_188.8, '1.2 GiB'],
    ['orig_payload', 'log(1 + orig_bytes / orig_pkts)', 512.25, '512.25'],
    ['duration', 'log(1 + milliseconds)', 1500.0001, '1,500 ms'],
    ['fan_out', 'different resp_h', 3.00001, '3'],
    ['balance', 'share', -0.98765, '−0.988'],
    ['fan_out', 'different resp_h', -1e-9, '0'],
    ['s_max_gap', 'log(1 + s_max_gap in microseconds)', 309_356_000, '309,356 ms'],
    ['s_max_gap', 's_max_gap in microseconds', -1500, '−1.5 ms'],
  ])('%s', (name, how, value, words) => {
    expect(valueWords({ name, how }, value)).toBe(words === '512.25' ? '512' : words);
  });
});
