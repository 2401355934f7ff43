/** How well `query` fits `text`, letters in order; higher is better, -1 where it does not. Starts of words count most. */
export function fuzzyScore(query: string, text: string): number {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  const there = text.toLowerCase();
  if (wanted === '') return 0;
  const whole = there.indexOf(query.toLowerCase().trim());
  if (whole >= 0) return 1000 - whole - there.length / 1000;
  let score = 0;
  let at = 0;
  for (const letter of wanted) {
    const found = there.indexOf(letter, at);
    if (found < 0) return -1;
    if (found === 0 || /[\s.:/-]/.test(there[found - 1] ?? '')) score += 10;
    score += found === at ? 5 : 1;
    at = found + 1;
  }
  return score;
}

/** The entries that fit, the best first; equal ones keep their order. */
export function fuzzyFilter<T>(query: string, entries: readonly T[], text: (entry: T) => string): readonly T[] {
  return entries
    .map((entry) => ({ entry, score: fuzzyScore(query, text(entry)) }))
    .filter(({ score }) => score >= 0)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}
