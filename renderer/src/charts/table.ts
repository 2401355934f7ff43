/** The table behind a chart: exact values, drawn by ChartFrame. */
export interface ChartTable {
  readonly head: readonly { readonly title: string; readonly right?: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

/** What hovers over a chart: a small table with exact values. */
export interface Tip {
  readonly title: string;
  readonly rows: readonly (readonly [label: string, value: string])[];
}
