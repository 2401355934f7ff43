import type { JobState } from '../../../app/contract.ts';
import { formatBytes, formatCount, formatLeft } from './format.ts';

/** How much of a job is done, 0..1; null while its total is not known. */
export function share(job: JobState): number | null {
  if (job.status === 'done') return 1;
  if (job.total === null || job.total <= 0) return null;
  return Math.min(1, Math.max(0, job.done / job.total));
}

const amount = (value: number, unit: string): string => (unit === 'bytes' ? formatBytes(value) : formatCount(value));

/** "286,134 of 361,000 records · 1,910,000 a second · 0.1 s left"; bytes in powers of 1024. */
export function progressWords(job: JobState): string {
  if (job.status === 'queued') return 'waiting';
  const unit = job.unit === 'bytes' || job.unit === '' ? '' : ` ${job.unit}`;
  const parts = [
    job.total === null ? `${amount(job.done, job.unit)}${unit}` : `${amount(job.done, job.unit)} of ${amount(job.total, job.unit)}${unit}`,
  ];
  if (job.rate !== null && job.rate > 0) parts.push(`${amount(job.rate, job.unit)} a second`);
  if (job.remaining !== null && job.ended === null) parts.push(formatLeft(job.remaining));
  return parts.join(' · ');
}
