import type { CaseInfo, ReportSection } from '../../../../app/contract.ts';
import { plural } from '../../lib/format.ts';

/** What stands in a section of the report, with the case's own figures. */
export function sectionWords(
  section: ReportSection,
  info: CaseInfo,
): { readonly title: string; readonly what: string; readonly empty: boolean } {
  switch (section) {
    case 'summary':
      return { title: 'Summary', what: 'cover, examiner, and what was found, in sentences', empty: false };
    case 'evidence':
      return {
        title: 'Evidence',
        what: `${plural(info.evidence, 'file')} with SHA-256, ${plural(info.rejects, 'rejected line')}`,
        empty: info.evidence === 0,
      };
    case 'overview':
      return {
        title: 'Overview',
        what: `timeline, top hosts, services and states of ${plural(info.connections, 'connection')}`,
        empty: info.connections === 0,
      };
    case 'method':
      return { title: 'Method', what: 'recipe, parameters, seed, fingerprints: what it takes to repeat it', empty: info.runs === 0 };
    case 'clusters':
      return { title: 'Clusters', what: `${plural(info.runs, 'run')}: sizes, profiles, picture`, empty: info.runs === 0 };
    case 'findings':
      return { title: 'Findings', what: plural(info.findings, 'finding'), empty: info.findings === 0 };
    case 'tags':
      return {
        title: 'Tags and notes',
        what: `${plural(info.tags, 'tag')} with their hosts, connections and notes`,
        empty: info.tags === 0,
      };
    case 'custody':
      return { title: 'Custody', what: `${plural(info.custody.entries, 'entry', 'entries')} of the hash chain`, empty: false };
  }
}

/** The last part of a path, for either kind of separator. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** Beside the case: "/cases/harbour.flowcase" → "/cases/harbour-report.pdf". */
export function reportPath(casePath: string, format: 'pdf' | 'json'): string {
  return `${casePath.replace(/\.flowcase$/i, '')}-report.${format}`;
}
