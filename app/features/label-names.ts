/**
 * Whether a column's name says that it is a label: something a person or a laboratory wrote beside the records, not something the log saw.
 * Zeek's labelled logs (`label`, `detailed-label`), Tstat's `class`, and what public data sets call theirs (`Label`, `attack_cat`, `target`).
 */
export function isLabelName(name: string): boolean {
  return /^(?:(?:detailed|sub|true|ground|binary|multi)[ _-]?)?(?:label|labels|class|classes|target|truth|category|attack|attack[ _-]?(?:cat|category|type|name)|malicious|is[ _-]?(?:attack|malicious|anomaly)|outcome)$/i.test(
    name.trim(),
  );
}
