import { FlowcaseError } from '../errors.ts';
import type { SavedArray, SavedEstimator } from './types.ts';

/** Reads what `save` gave, by name: what is missing or of another kind is an error in words, never a wrong prediction. */
export class SavedReader {
  readonly #saved: SavedEstimator;
  readonly #what: string;

  /** `what`: the estimator in words. @throws FlowcaseError FILE_DAMAGED where `saved` is of another kind */
  constructor(saved: SavedEstimator, kind: string, what: string) {
    this.#saved = saved;
    this.#what = what;
    if (saved.kind !== kind) throw this.damaged(`it is a ${saved.kind}`);
  }

  /** A number of the parameters. @throws FlowcaseError FILE_DAMAGED */
  number(name: string): number {
    const value = this.#saved.parameters[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.damaged(`${name} is missing`);
    return value;
  }

  /** @throws FlowcaseError FILE_DAMAGED */
  truth(name: string): boolean {
    const value = this.#saved.parameters[name];
    if (typeof value !== 'boolean') throw this.damaged(`${name} is missing`);
    return value;
  }

  /** A text out of a list. @throws FlowcaseError FILE_DAMAGED */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.#saved.parameters[name];
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw this.damaged(`${name} is none of ${allowed.join(', ')}`);
    return found;
  }

  /** Finite float64 of this length. @throws FlowcaseError FILE_DAMAGED */
  floats(name: string, length: number): Float64Array {
    const values: SavedArray | undefined = this.#saved.arrays[name];
    if (!(values instanceof Float64Array) || values.length !== length) throw this.damaged(`${name} has not ${length} numbers`);
    if (!values.every(Number.isFinite)) throw this.damaged(`${name} holds what is no number`);
    return values.slice();
  }

  damaged(how: string): FlowcaseError {
    return new FlowcaseError('FILE_DAMAGED', `This saved ${this.#what} cannot be read: ${how}. Train it again.`, {
      kind: this.#saved.kind,
    });
  }
}
