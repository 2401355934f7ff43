/** Rows that stand out together, the strangest first. */
export interface StrangeGroup {
  /** The originator's id in the dictionary of hosts; 0 where the records name none. */
  readonly host: number;
  readonly rows: Uint32Array;
  /** What is left over of a host that has as many groups as it may: its rows are alike with those of no other group, and not with each other. */
  readonly others: boolean;
}

/** Rows whose features stand out in the same way: the cosine of their attributions. */
const ALIKE = 0.8;
/** A host has so many groups of rows that are alike, and one more of all that fits none of them. */
const MOST_PER_HOST = 4;

interface Open {
  readonly leader: Float64Array;
  readonly rows: number[];
}

/**
 * Puts together what has one cause: rows of the same originator in which the same features stand out, so that the thousand records of one scan
 * are one group and not a thousand. In the order of the scores, the first of a kind leads its group. Rows that are alike with none of a host's
 * `MOST_PER_HOST` groups are together the others of that host.
 * @param rows flagged rows, the strangest first
 * @param attribution flagged row i → how much each feature does to tell it apart, `columns` values each
 */
export function groupStrange(
  rows: Uint32Array,
  attribution: Float32Array | Float64Array,
  columns: number,
  originators: Uint32Array,
): readonly StrangeGroup[] {
  const byHost = new Map<number, Open[]>();
  const inOrder: { readonly host: number; readonly open: Open; readonly others: boolean }[] = [];
  for (let i = 0; i < rows.length; i++) {
    const own = Float64Array.from(attribution.subarray(i * columns, (i + 1) * columns), (value) => Math.max(0, value));
    const host = originators[rows[i]];
    const groups = byHost.get(host) ?? [];
    byHost.set(host, groups);
    const likeness = groups.slice(0, MOST_PER_HOST).map(({ leader }) => cosine(leader, own));
    const best = likeness.indexOf(Math.max(...likeness));
    const joined = likeness[best] >= ALIKE ? groups[best] : groups.at(MOST_PER_HOST);
    if (joined !== undefined) {
      joined.rows.push(rows[i]);
      continue;
    }
    const open = { leader: own, rows: [rows[i]] };
    inOrder.push({ host, open, others: groups.push(open) > MOST_PER_HOST });
  }
  return inOrder.map(({ host, open, others }) => ({ host, rows: Uint32Array.from(open.rows), others: others && open.rows.length > 1 }));
}

/** 1 for two vectors of nothing. */
function cosine(a: Float64Array, b: Float64Array): number {
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i] * b[i];
    ofA += a[i] * a[i];
    ofB += b[i] * b[i];
  }
  if (ofA === 0 || ofB === 0) return ofA === ofB ? 1 : 0;
  return both / Math.sqrt(ofA * ofB);
}
