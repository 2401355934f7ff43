import { formatCount, plural } from '../../contract/format.ts';
import { causeBars, LEAST_SCALE } from '../../contract/finding-words.ts';
import type { Finding, FindingCauses } from '../../contract/records.ts';
import { recordKindOf } from '../../contract/runs.ts';
import {
  heading,
  keys,
  left,
  mono,
  note,
  paragraph,
  quiet,
  right,
  table,
  figure,
  type BarsChart,
  type Block,
  type Section,
} from '../document.ts';
import type { Facts } from './facts.ts';
import { recordLines, recordTable } from './record-lines.ts';

const IN_FULL = 15;
const IN_TABLE = 60;
const RECORDS = 8;

/** What the machine found, the strongest first, each with its doubt and its lines of evidence. */
export function buildFindings(facts: Facts): Section {
  return { id: 'findings', title: 'Findings', blocks: [...blocksOf(facts)] };
}

function* blocksOf(facts: Facts): Iterable<Block> {
  const { findings } = facts;
  if (findings.length === 0) {
    yield paragraph('There are no findings in the case.');
    return;
  }
  yield paragraph(
    `${plural(findings.length, 'finding')}${ofRuns(facts)} A finding is a reason to look, computed from the records; it is no proof. Each says what would explain it away.`,
  );
  for (const [index, finding] of findings.slice(0, IN_FULL).entries()) yield* oneFinding(facts, finding, index + 1);
  const further = findings.slice(IN_FULL, IN_FULL + IN_TABLE);
  if (further.length > 0) {
    yield heading('Further findings');
    yield table(
      'Weaker ones in short',
      [right('', 20), left('Severity', 54), left('Subject', 130), left('Why', 250), right('Score', 40)],
      further.map((one, index) => [
        figure(IN_FULL + index + 1, 'plain'),
        { mark: { type: 'severity', severity: one.severity }, content: one.severity },
        [mono(one.subject)],
        one.why,
        figure(one.score, 'decimal'),
      ]),
      findings.length > IN_FULL + IN_TABLE
        ? `${plural(findings.length - IN_FULL - IN_TABLE, 'further finding')} in the case: table “findings” as CSV has them all.`
        : null,
    );
  }
}

/** " of run 2, the most severe first, then by score. ": the latest of each method speaks; earlier ones say much the same again. */
function ofRuns({ findings, runs }: Facts): string {
  const speaking = [...new Set(findings.flatMap(({ run }) => run ?? []))].sort((a, b) => a - b);
  const of = speaking.length === 0 ? '' : ` of run ${speaking.join(', ')}`;
  const earlier = runs.length > speaking.length ? ' Those of earlier runs are in the case and not printed.' : '';
  return `${of}, the most severe first, then by score.${earlier}`;
}

function* oneFinding({ reader }: Facts, finding: Finding, rank: number): Iterable<Block> {
  yield heading(`${rank}. ${finding.title}: ${finding.subject}`);
  const words = finding.score.toLocaleString('en-US', { maximumFractionDigits: 2 });
  yield keys([
    ['Severity', { mark: { type: 'severity', severity: finding.severity }, content: `${finding.severity}, score ${words}` }],
    ['Host', [mono(finding.host), quiet(`   found by ${finding.kind}${finding.run === null ? '' : `, run ${finding.run}`}`)]],
  ]);
  yield paragraph(finding.why);
  if (finding.causes !== null && finding.causes.features.length > 0) yield causesChart(finding.causes);
  if (finding.doubt !== '') yield note('Rule out first', finding.doubt);
  const lines = recordLines(reader, recordKindOf(finding.of), finding.records.slice(0, RECORDS));
  if (lines.length === 0) return;
  const rest = finding.count - lines.length;
  const caption = rest > 0 ? `${formatCount(lines.length)} of the ${plural(finding.count, 'record')} behind it` : 'The records behind it';
  yield recordTable(
    caption,
    lines,
    rest > 0 ? `${plural(rest, 'further record')} in the case: the filter “finding = ${finding.id}” shows them all.` : '',
  );
}

/** How far the features lie from what is usual. What cannot be measured, because nobody else is like it, is drawn as far as the farthest, and ten at least. */
function causesChart(causes: FindingCauses): BarsChart {
  const farthest = Math.max(LEAST_SCALE, ...causes.features.map(({ deviation }) => Math.abs(deviation ?? 0)));
  return {
    type: 'bars',
    caption: 'What does it: distance from its peers in their standard deviations',
    logarithmic: true,
    least: LEAST_SCALE,
    unit: 'standard deviations',
    bars: causeBars(causes).map(({ title, value, typical, far }, index) => ({
      label: title,
      value: Math.abs(causes.features[index].deviation ?? farthest),
      text: `${value}, its peers ${typical} (${far})`,
      category: null,
      suspect: false,
    })),
  };
}
