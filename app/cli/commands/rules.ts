import { alertDetectors } from '../../contract/live-alerts.ts';
import { severities } from '../../contract/records.ts';
import type { Input } from '../../contract.ts';
import { UsageError } from '../args.ts';
import { exitCodes, type CliCommand } from '../command.ts';

/** Fields with their units, and what they are where they are not given. */
const rulesFields = `--windows: width and step in seconds (60 both), lateness in seconds that a record may come late (10).

--alerts:
  severity      from which on they are sent: ${severities.join(', ')} (medium)
  quiet         {"from":"HH:MM","to":"HH:MM","zone":"Europe/Berlin"}, zone UTC unless told: what comes then goes out in one digest (null: never quiet)
  perHour       most that are sent in an hour (30)
  quietWindows  windows without it after which an alert is over (5)
  again         seconds after its end in which the same is not sent again, unless it has become worse (900)
  off           detectors that say nothing: ${alertDetectors.join(', ')} ([])
  senders       a list ([]); each may have an id, and a severity from which on it sends:
                {"type":"log","path":FILE,"bytes":BYTES,"keep":FILES}, {"type":"webhook","url":URL,"secret":TEXT,"timeout":SECONDS},
                {"type":"kafka","topic":TOPIC} (at the broker that is watched), {"type":"window"}

--retention:
  days          what was received goes after so many days (null: never)
  bytes         the oldest goes until the case is smaller (null: never; at least 10,000,000)
  hourlyAfterDays
                days after which windows are merged into windows of an hour (7; null: never)`;

export const rules: CliCommand = {
  name: 'rules',
  usage: 'CASE [--windows JSON] [--alerts JSON] [--retention JSON]',
  about:
    'Shows or changes how what is watched is cut into windows, what raises alerts and where they go, and what is kept. A group that is given is replaced: --windows \'{"width":300}\', --alerts \'{"severity":"high","quiet":{"from":"22:00","to":"06:00","zone":"Europe/Berlin"},"senders":[{"type":"webhook","url":"https://…"}]}\', --retention \'{"days":30,"bytes":20000000000}\'.',
  more: rulesFields,
  options: {
    windows: { type: 'string', about: 'width, step and lateness in seconds', value: 'JSON' },
    alerts: {
      type: 'string',
      about: 'severity, quiet hours, limits, detectors that are off, senders (log, webhook, kafka, window)',
      value: 'JSON',
    },
    retention: { type: 'string', about: 'what is kept: days, bytes, and days until windows become hours', value: 'JSON' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const change = Object.fromEntries(
      ['windows', 'alerts', 'retention'].flatMap((group) => {
        const text = context.args.text(group);
        return text === undefined ? [] : [[group, jsonOf(group, text)]];
      }),
    ) as Input<'live.setRules'>;
    const changes = Object.keys(change).length > 0;
    return context.withHost(changes ? true : 'reading', async (host) => {
      const now = changes ? await host.invoke('live.setRules', change) : await host.invoke('live.rules', {});
      context.answer(now, () => JSON.stringify(now, null, 2));
      return exitCodes.done;
    });
  },
};

/** Checked by the contract, as everything that comes from outside. @throws UsageError */
function jsonOf(group: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`--${group} takes JSON, not "${text}"`);
  }
}
