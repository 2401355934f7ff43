/** What can be grouped, learned and looked at for anomalies, as forms offer it. */
import type { CaseInfo, Subject } from '../../../../app/contract.ts';

/** What a row is, one of them. */
export const subjectNouns: Readonly<Record<Subject, string>> = { connections: 'connection', requests: 'request', hosts: 'host' };

const titles: Readonly<Record<Subject, string>> = { connections: 'Connections', requests: 'Requests', hosts: 'Hosts' };

/** Those that the case has. */
export function subjectChoices(
  info: Pick<CaseInfo, 'connections' | 'requests'> | null,
): readonly { readonly value: Subject; readonly label: string }[] {
  const { connections, requests } = info ?? { connections: 0, requests: 0 };
  const there: readonly Subject[] = [
    ...(connections > 0 ? (['connections'] as const) : []),
    ...(requests > 0 ? (['requests'] as const) : []),
    ...(connections + requests > 0 ? (['hosts'] as const) : []),
  ];
  return there.map((value) => ({ value, label: titles[value] }));
}
