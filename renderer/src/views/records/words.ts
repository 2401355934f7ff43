import type { Cell, RecordDetail } from '../../../../app/contract.ts';
import { formatBytes, formatDuration, visible } from '../../lib/format.ts';

const cellOf = (detail: RecordDetail, name: string): Cell => detail.fields.find((entry) => entry.column.name === name)?.value ?? null;

/** "10.0.0.1 asked www.example.org for GET /index.html: status 200, 5.1 KiB in 12 ms."; empty for what is no request. */
export function requestWords(detail: RecordDetail): string {
  if (detail.kind !== 'request') return '';
  const text = (name: string): string => {
    const value = cellOf(detail, name);
    return value === null ? '' : visible(String(value));
  };
  const what = [text('method'), text('path')].filter((part) => part !== '').join(' ') || text('request') || 'nothing that can be read';
  const whom = text('vhost') === '' ? '' : ` ${text('vhost')}`;
  const bytes = cellOf(detail, 'bytes');
  const lasted = cellOf(detail, 'duration');
  const answer = [text('status') === '' ? '' : `status ${text('status')}`, typeof bytes === 'number' ? formatBytes(bytes) : ''].filter(
    (part) => part !== '',
  );
  const took = typeof lasted === 'number' ? ` in ${formatDuration(lasted)}` : '';
  return `${text('orig_h') || 'Somebody'} asked${whom} for ${what}${answer.length === 0 ? '' : `: ${answer.join(', ')}`}${took}.`;
}
