/** What the benchmark uses of it; the library brings no types. */
declare module 'ml-isolation-forest' {
  export class IsolationForest {
    constructor(options?: { readonly nEstimators?: number });
    train(rows: readonly (readonly number[])[]): void;
    predict(rows: readonly (readonly number[])[]): number[];
  }
}
