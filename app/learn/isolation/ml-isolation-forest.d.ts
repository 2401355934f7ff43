/** What is used of ml-isolation-forest, which brings no types (https://github.com/mljs/isolation-forest). */
declare module 'ml-isolation-forest' {
  export class IsolationForest {
    constructor(options?: { readonly nEstimators?: number });
    train(rows: readonly (readonly number[])[]): void;
    predict(rows: readonly (readonly number[])[]): number[];
  }
}
