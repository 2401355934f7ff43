/** What is used of ml-cart, which brings no types (https://github.com/mljs/decision-tree-cart). */
declare module 'ml-cart' {
  export interface DecisionTreeOptions {
    /** Nodes of fewer rows stay leaves. */
    readonly minNumSamples?: number;
    readonly maxDepth?: number;
    /** Splits that gain less are not made. */
    readonly gainThreshold?: number;
  }

  export class DecisionTreeClassifier {
    constructor(options?: DecisionTreeOptions);
    train(rows: readonly (readonly number[])[], classes: readonly number[]): void;
    predict(rows: readonly (readonly number[])[]): number[];
  }
}
