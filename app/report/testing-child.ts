import { openCaseForReading } from '../case/open.ts';
import { reportSections } from '../contract/acts.ts';
import { silent } from './testing.ts';
import { writeReport } from './write-report.ts';

/** A process of its own for tests: writes the report of a case, in whatever time zone and language the process has. */
const [casePath, path] = process.argv.slice(2);
const reader = openCaseForReading(casePath);
const { sha256 } = await writeReport(reader, { path, format: 'pdf', paper: 'A4', sections: reportSections }, silent);
reader.close();
process.stdout.write(sha256);
