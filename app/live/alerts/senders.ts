import { FlowcaseError } from '../../errors.ts';
import type { AlertMessage, AlertSenderSettings } from '../../contract/live-alerts.ts';
import { LogSender } from './log-sender.ts';
import type { AlertSender } from './types.ts';
import { WebhookSender } from './webhook-sender.ts';

/** What senders need from outside. */
export interface SenderMeans {
  /** Brings a message to a Kafka topic; resolves when brokers have it. null: no Kafka is connected. */
  readonly produce: ((topic: string, key: string, value: string, stopped: AbortSignal) => Promise<void>) | null;
  /** Shows a message in the window, where there is one. */
  readonly notify: (message: AlertMessage) => void;
}

/** Settings -> who sends. */
export function sendersOf(settings: readonly AlertSenderSettings[], means: SenderMeans): ReadonlyMap<string, AlertSender> {
  return new Map(settings.map((one) => [one.id, senderOf(one, means)]));
}

function senderOf(settings: AlertSenderSettings, means: SenderMeans): AlertSender {
  const { id } = settings;
  switch (settings.type) {
    case 'log':
      return new LogSender(settings);
    case 'webhook':
      return new WebhookSender(settings);
    case 'kafka':
      return { id, send: (message, stopped) => produced(settings.topic, message, means, stopped) };
    case 'window':
      return {
        id,
        send: (message) => {
          means.notify(message);
          return Promise.resolve();
        },
      };
  }
}

async function produced(topic: string, message: AlertMessage, { produce }: SenderMeans, stopped: AbortSignal): Promise<void> {
  if (produce === null) {
    throw new FlowcaseError(
      'WRITE_FAILED',
      `The alert cannot go to the topic ${topic}: no Kafka is connected. It is kept and tried again: watch a topic of the broker that it belongs to, or take this sender out of the rules.`,
      { topic },
    );
  }
  await produce(topic, message.id, JSON.stringify(message), stopped);
}
