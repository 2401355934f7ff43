import { AS, type TablePlanColumn } from './table-plan.ts';
import * as values from './table-values.ts';

/** The number that a field without blanks around it is in its column; NaN where it is none. */
export function numberOf(column: TablePlanColumn, bytes: Uint8Array, start: number, end: number): number {
  switch (column.as) {
    case AS.count:
      return values.wholeValue(bytes, start, end);
    case AS.port:
      return values.portValue(bytes, start, end);
    case AS.interval:
      return values.intervalValue(bytes, start, end, column.shift);
    case AS.time:
      return column.time === null ? NaN : column.time(bytes, start, end);
    case AS.bool:
      return values.boolValue(bytes, start, end);
    default:
      return values.numberValue(bytes, start, end);
  }
}

/** Type and code of ICMP where the responder's port has both (`8.0`, or 256 times the one and the other); null where it is not ICMP or has ports. */
export function icmpInPort(proto: string, orig: string, resp: string): { readonly type: number; readonly code: number } | null {
  if (!/^(1|58|icmp6?|icmpv6|ipv6-icmp)$/i.test(proto) || !/^0*$/.test(orig)) return null;
  const [, first = '', second] = /^(\d{1,5})(?:\.(\d{1,3}))?$/.exec(resp) ?? [];
  if (first === '') return null;
  const [type, code] = second === undefined ? [Number(first) >> 8, Number(first) & 255] : [Number(first), Number(second)];
  return type > 255 || code > 255 ? null : { type, code };
}
