import { plural } from '../contract/format.ts';

/** Tallied for each record with a time that clocks of its zone showed twice, or never. */
const TWICE = 'clocks set back';
const SKIPPED = 'clocks set forward';

/** What a zone has to say of the local times that were read of the record at hand: see `timeZone`. */
export class ClockDoubts {
  /** Clocks showed one of them twice, when they were set back. */
  twice = false;
  /** Clocks never showed one of them: they were set forward over it. */
  skipped = false;

  clear(): void {
    this.twice = false;
    this.skipped = false;
  }

  /** Counts the record, once for each doubt, and forgets it. */
  count(tally: (key: string) => void): void {
    if (this.twice) tally(TWICE);
    if (this.skipped) tally(SKIPPED);
    this.clear();
  }
}

/** For a person: how many times could not be told for sure, and what was done about it. */
export function clockRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const [twice, skipped] = [TWICE, SKIPPED].map((key) => tallies.get(key) ?? 0);
  const remarks: string[] = [];
  if (twice > 0) {
    remarks.push(
      `Clocks of its time zone were set back: ${plural(twice, 'record')} ${twice === 1 ? 'has a time' : 'have times'} of the hour that they showed twice, and the first of the two was taken. The right time may be an hour later.`,
    );
  }
  if (skipped > 0) {
    remarks.push(
      `Clocks of its time zone were set forward: ${plural(skipped, 'record')} ${skipped === 1 ? 'has a time' : 'have times'} of the hour that they never showed, taken as if they had not been set yet. Check the time zone.`,
    );
  }
  return remarks;
}
