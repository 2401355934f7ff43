/** Adjusted Rand index from which two groupings that are not the same are called nearly the same; below it they are different. */
export const NEARLY_THE_SAME = 0.95;

/** How alike two groupings of the same things are, by their adjusted Rand index; the same words wherever two are compared. */
export function likenessWords(ari: number): string {
  if (ari === 1) return 'the same groups';
  if (ari >= NEARLY_THE_SAME) return 'nearly the same groups';
  const how =
    ari >= 0.65 ? 'much alike' : ari >= 0.3 ? 'alike in part' : ari >= 0.1 ? 'little in common' : 'nothing in common but by chance';
  return `different groups (${how})`;
}
