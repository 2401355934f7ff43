import type { Outbox, Outgoing } from './outbox.ts';
import type { AlertSender } from './types.ts';

/**
 * Tries everything that is due, senders beside each other; resolves when all have answered. The outbox is changed in place: store it afterwards
 * (`changed`). What was delivered but not stored as such goes again, with the same id.
 */
export async function deliver(
  outbox: Outbox,
  senders: ReadonlyMap<string, AlertSender>,
  now: number,
  stopped: AbortSignal,
): Promise<{ readonly changed: boolean; readonly arrived: number; readonly failed: number }> {
  const due = outbox.due(now);
  const results = await Promise.all(due.map((one) => attempt(one, senders.get(one.sender), stopped)));
  let arrived = 0;
  let failed = 0;
  for (const [i, error] of results.entries()) {
    if (stopped.aborted && error !== null) continue;
    if (error === null) {
      outbox.arrived(due[i]);
      arrived++;
    } else {
      outbox.failed(due[i], now, error);
      failed++;
    }
  }
  return { changed: arrived + failed > 0, arrived, failed };
}

/** Null when it arrived, else why not. */
async function attempt(one: Outgoing, sender: AlertSender | undefined, stopped: AbortSignal): Promise<string | null> {
  if (sender === undefined) return `There is no sender "${one.sender}".`;
  try {
    await sender.send(one.message, stopped);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
