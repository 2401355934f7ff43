/**
 * Speed of windows: records a second on one core that are folded into windows of 60 s, with every dimension, and the size of the saved state.
 * Reading the lines is measured beside it and not counted. `node bench/live-windows/live-windows.ts [rows] [days]`; unless told an hour of traffic.
 */
import { BatchReader, formatOf, generated, pieces } from '../../app/live/windows/testing.ts';
import { WindowAggregator } from '../../app/live/windows/window-aggregator.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const days = Number(process.argv[3] ?? 1 / 24);

/** Milliseconds of processor time: others may work on the machine. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

for (const kind of ['access', 'zeek-conn'] as const) {
  const { log } = await generated(kind, { rows, days, seed: 1 });
  for (const lines of [5000, 50_000]) {
    let folding = 0;
    let saving = 0;
    let saves = 0;
    let largest = 0;
    let windows = 0;
    let aggregator: WindowAggregator | null = null;
    const reader = new BatchReader(formatOf(kind), log, (batch) => {
      aggregator ??= new WindowAggregator(batch.kind, 1);
      const begin = cpu();
      windows += aggregator.fold(batch).length;
      const folded = cpu();
      folding += folded - begin;
      if (batch.firstRow % (lines * 7) !== 0) return;
      largest = Math.max(largest, aggregator.save().length);
      saving += cpu() - folded;
      saves++;
    });
    const begin = cpu();
    for (const piece of pieces(log, [lines])) reader.read(piece);
    const all = cpu() - begin;
    const perSecond = Math.round(rows / (folding / 1000));
    console.log(
      `${kind}, batches of ${lines}: ${perSecond.toLocaleString('en')} records/s folded (${windows} windows); reading and folding ${Math.round(rows / (all / 1000)).toLocaleString('en')}/s; state up to ${(largest / 1000).toFixed(0)} kB, ${(saving / saves).toFixed(1)} ms a save`,
    );
  }
}
