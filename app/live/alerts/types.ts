import type { AlertMessage } from '../../contract/live-alerts.ts';

export type { AlertFigure, AlertMessage, AlertRules, AlertSenderSettings, LiveAlert, NewAlert } from '../../contract/live-alerts.ts';

/** Brings messages out of the case: to a file, an address, a topic, a window. */
export interface AlertSender {
  readonly id: string;
  /** Resolves when it has arrived; what rejects is tried again later, with the same id. @throws FlowcaseError WRITE_FAILED */
  send(message: AlertMessage, stopped: AbortSignal): Promise<void>;
}
