import type { CaseReader } from '../../case/types.ts';
import type { ReportSection } from '../../contract/acts.ts';
import type { ReportDocument, Section } from '../document.ts';
import { buildClusters } from './clusters.ts';
import { buildCover } from './cover.ts';
import { buildCustody } from './custody.ts';
import { buildEvidence } from './evidence.ts';
import { gatherFacts, type Facts } from './facts.ts';
import { buildFindings } from './findings.ts';
import { buildLimits } from './limits.ts';
import { buildMethod } from './method.ts';
import { buildOverview } from './overview.ts';
import { buildSummary } from './summary.ts';
import { buildTags } from './tags.ts';

const builders: Readonly<Record<ReportSection, (facts: Facts) => Section>> = {
  summary: buildSummary,
  evidence: buildEvidence,
  overview: buildOverview,
  method: buildMethod,
  clusters: buildClusters,
  findings: buildFindings,
  tags: buildTags,
  custody: buildCustody,
};

/** The report of a case as a tree, sections in the order of the contract whatever the order they are asked for in. */
export function buildReport(reader: CaseReader, sections: readonly ReportSection[]): ReportDocument {
  reader.refresh();
  const facts = gatherFacts(reader);
  const order = Object.keys(builders) as ReportSection[];
  return {
    title: facts.info.name,
    author: facts.info.examiner,
    number: facts.info.number,
    date: facts.date,
    head: facts.head,
    cover: buildCover(facts),
    sections: [...order.filter((section) => sections.includes(section)).map((section) => builders[section](facts)), buildLimits()],
  };
}
