import type { CaseReader } from '../case/types.ts';
import type { Checked, NamesOf, Output } from '../contract.ts';
import { recipes } from '../features/recipes.ts';
import { checkFilter } from '../query/check.ts';
import { columnsOf } from './columns.ts';
import { compareRuns } from './compare.ts';
import { hostsPage, oneHost } from './host-page.ts';
import { labelOverview } from './labels.ts';
import { listAlerts, liveRules, liveWindows } from './live.ts';
import { modelDetail } from './models.ts';
import { Predictions } from './predictions.ts';
import { Reading } from './reading.ts';
import { listSchedules } from './schedules.ts';
import { recordDetail } from './record-detail.ts';
import { recordsPage } from './records-page.ts';

export type ReadHandlers = { readonly [N in NamesOf<'read'>]: (input: Checked<N>) => Output<N> | Promise<Output<N>> };

/** Every command of the contract that changes nothing. Each looks for changes of the case first and throws FlowcaseError only. */
export function createReadHandlers(reader: CaseReader): ReadHandlers {
  const reading = new Reading(reader);
  const predictions = new Predictions(reader);
  const now = (): CaseReader => reading.refresh().reader;
  return {
    'case.info': () => now().info(),
    'custody.list': () => now().custody(),
    'evidence.list': () => now().evidence(),
    'evidence.rejects': (input) => now().rejects(input),
    'records.columns': ({ kind }) => columnsOf(now().table(kind)),
    'records.query': (input) => recordsPage(reading.refresh(), input),
    'record.get': (input) => recordDetail(reading.refresh(), input),
    'filter.check': ({ kind, filter, run, cursor }) => checkFilter(filter, cursor, reading.refresh().context(kind, run)),
    'insight.overview': ({ kind, buckets, top, ...through }) => reading.refresh().overview(through, buckets, top, kind),
    'hosts.list': (input) => hostsPage(reading.refresh(), input),
    'host.get': (input) => oneHost(reading.refresh(), input),
    'findings.list': (input) => now().findings(input),
    'runs.list': () => now().runs(),
    'run.get': ({ run }) => now().run(run),
    'recipes.list': () => Array.from(recipes.values(), ({ name, about, of, scaling }) => ({ name, about, of, scaling })),
    'run.scatter': ({ run, points, picture }) => now().scatter(run, points, picture),
    'runs.compare': (input) => compareRuns(now(), input),
    'crosschecks.list': ({ run }) => now().crosschecks(run ?? null),
    'models.list': () => now().learnedRuns('train'),
    'model.get': ({ run }) => modelDetail(now(), run),
    'predictions.list': () => now().learnedRuns('classify'),
    'prediction.get': ({ run }) => now().learned('classify', run).summary,
    'prediction.rows': (input) => predictions.rows(input),
    'prediction.explain': (input) => predictions.explain(input),
    'anomalies.list': () => now().learnedRuns('anomalies'),
    'insight.labels': ({ of, label, where }) => {
      const filter = reading.refresh().filter(of === 'requests' ? 'request' : 'connection', { filter: where });
      return labelOverview(reader, { of, label }, filter);
    },
    'live.rules': () => liveRules(now()),
    'live.windows': (input) => liveWindows(now(), input),
    'alerts.list': (input) => listAlerts(now(), input),
    'schedules.list': () => listSchedules(now()),
    'tags.list': () => now().tags(),
  };
}
