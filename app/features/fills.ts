import { connStates } from '../formats/conn-states.ts';
import type { FeatureSource, FeatureSpec, SelectedPart } from './types.ts';

/** How the values of features come about; each fills the rows of one part. Recorded runs depend on them: never change what one computes. */
export type Fill = FeatureSpec['fill'];

/** log(1 + x) of one column; below zero (a counter that wrapped in the tool) is absent. */
export function logOf(column: string, unit = 1): Fill {
  return (_, { chunk, rows, start }, out) => {
    const values = chunk.numbers(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = logOrAbsent(values[rows[i]] / unit);
  };
}

function logOrAbsent(value: number): number {
  return value >= 0 && value < Number.POSITIVE_INFINITY ? Math.log1p(value) : Number.NaN;
}

export const MILLISECOND = 1000;

export const rate: Fill = (_, { chunk, rows, start }, out) => {
  const [sent, received, durations] = [chunk.numbers('orig_bytes'), chunk.numbers('resp_bytes'), chunk.numbers('duration')];
  for (let i = 0; i < rows.length; i++) {
    const bytes = sent[rows[i]] + received[rows[i]];
    out[start + i] = logOrAbsent(bytes / (Math.max(durations[rows[i]], MILLISECOND) / 1e6));
  }
};

export const balance: Fill = (_, { chunk, rows, start }, out) => {
  const [sent, received] = [chunk.numbers('orig_bytes'), chunk.numbers('resp_bytes')];
  for (let i = 0; i < rows.length; i++) {
    const [a, b] = [sent[rows[i]], received[rows[i]]];
    out[start + i] = a >= 0 && b >= 0 && a + b > 0 ? (b - a) / (a + b) : Number.NaN;
  }
};

export const webPorts: ReadonlySet<number> = new Set([80, 443, 8000, 8080, 8443]);
export const namePorts: ReadonlySet<number> = new Set([53, 853, 5353, 5355]);
export const otherSystem = (port: number): boolean => port < 1024 && !webPorts.has(port) && !namePorts.has(port);

/** 1 where the responder's port passes the test; ICMP has codes there, not ports. */
export function portFlag(test: (port: number) => boolean): Fill {
  return (source, { chunk, rows, start }, out) => {
    const ports = chunk.numbers('resp_p');
    const isIcmp = idsOf(source, 'proto', ['icmp']);
    const protocols = isIcmp.size === 0 ? null : chunk.ids('proto');
    for (let i = 0; i < rows.length; i++) {
      const port = ports[rows[i]];
      const icmp = protocols !== null && isIcmp.has(protocols[rows[i]]);
      out[start + i] = Number.isNaN(port) ? Number.NaN : test(port) && !icmp ? 1 : 0;
    }
  };
}

/** 1 where the column says one of these words, absent where it says nothing. */
export function wordFlag(column: string, words: readonly string[]): Fill {
  return (source, { chunk, rows, start }, out) => {
    const wanted = idsOf(source, column, words);
    const ids = chunk.ids(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = ids[rows[i]] === 0 ? Number.NaN : wanted.has(ids[rows[i]]) ? 1 : 0;
  };
}

function idsOf({ selection: { table } }: FeatureSource, column: string, words: readonly string[]): ReadonlySet<number> {
  const spec = table.column(column);
  if (spec?.storage !== 'dictionary' || spec.dictionary === null) return new Set();
  const known = table.dictionary(spec.dictionary);
  return new Set(words.map((word) => known.idOf(word)).filter((id) => id !== 0));
}

export const failedStates = [...connStates].filter(([, state]) => state.failed).map(([name]) => name);

/** Nothing came back: no packet where packets are counted, else no byte count. */
export const unanswered: Fill = ({ selection }, { chunk, rows, start }, out) => {
  const hasPackets = selection.table.column('resp_pkts')?.storage === 'number';
  const packets = hasPackets ? chunk.numbers('resp_pkts') : null;
  const bytes = selection.table.column('resp_bytes')?.storage === 'number' ? chunk.numbers('resp_bytes') : null;
  for (let i = 0; i < rows.length; i++) {
    const counted = packets === null ? Number.NaN : packets[rows[i]];
    const silent = Number.isNaN(counted) ? bytes === null || !(bytes[rows[i]] > 0) : counted === 0;
    out[start + i] = silent ? 1 : 0;
  }
};

const DAY = 86_400_000_000;

export function hour(wave: (angle: number) => number): Fill {
  return (_, { chunk, rows, start }, out) => {
    const times = chunk.numbers('ts');
    for (let i = 0; i < rows.length; i++) out[start + i] = wave(((times[rows[i]] % DAY) / DAY) * 2 * Math.PI);
  };
}

export function ofGroup(pick: (source: FeatureSource, group: number) => number): Fill {
  return (source, { rows, start }: SelectedPart, out) => {
    for (let i = 0; i < rows.length; i++) out[start + i] = pick(source, source.groups.of[start + i]);
  };
}
