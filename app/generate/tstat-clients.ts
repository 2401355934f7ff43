import type { Random } from '../shared/random.ts';
import { shuffled } from './network.ts';
import { bytesOf } from './tstat-writer.ts';

/** A user's machine. */
export interface Client {
  readonly address: Uint8Array;
  readonly text: string;
  /** Mean of the logarithm of its part of the round-trip time, milliseconds. */
  readonly distance: number;
  readonly ttl: number;
  readonly windowScale: number;
  readonly timestamps: boolean;
  /** Share of segments lost on its way. */
  readonly loss: number;
}

/** Machines at home: Wi-Fi and cable, two families of systems. */
export function makeClients(count: number, random: Random): Client[] {
  return Array.from({ length: count }, (_, i) => {
    const windows = random.below(100) < 55;
    const wireless = random.below(100) < 60;
    const text = `10.${32 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
    return {
      text,
      address: bytesOf(text),
      distance: Math.log(wireless ? 6 : 0.6) + 0.5 * random.normal(),
      ttl: (windows ? 128 : 64) - 1 - random.below(4),
      windowScale: windows ? 8 : 7,
      timestamps: !windows,
      loss: wireless ? 0.012 * random.float() : 0.002 * random.float(),
    };
  });
}

/**
 * Who opens the next connection: few clients open most, but each of them opens one in `rows`, spread evenly over them.
 * Order of the clients is by how busy they are.
 */
export class ClientChoice {
  readonly #order: readonly number[];
  readonly #rows: number;
  readonly #random: Random;
  #row = 0;
  #met = 0;

  constructor(clients: number, rows: number, random: Random) {
    this.#order = shuffled(
      Array.from({ length: clients }, (_, i) => i),
      random,
    );
    this.#rows = rows;
    this.#random = random;
  }

  /** The number of a client. To be called `rows` times. */
  next(): number {
    const clients = this.#order.length;
    const due = Math.floor((++this.#row * clients) / this.#rows);
    if (due > this.#met) return this.#order[this.#met++];
    return this.#order[Math.floor(clients * this.#random.float() ** 2.6)];
  }
}
