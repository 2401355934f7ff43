/** What may be asked of any generator. */
export interface GeneratorOptions {
  /** Records, planted ones among them. */
  readonly rows: number;
  readonly seed: number;
  /** Of the first day, microseconds since 1970 UTC; the generator's own Monday unless told. */
  readonly start?: number | undefined;
  readonly days?: number | undefined;
  /** Names out of `Generator.scenarios`, or `all`; `Generator.usual` unless told. */
  readonly scenarios?: readonly string[] | undefined;
  /** One of `Generator.layouts`; the first unless told. */
  readonly layout?: string | undefined;
}

/** What is true of a generated log, to compare findings with: plain data for a JSON file beside it. */
export interface GeneratedTruth {
  readonly kind: string;
  readonly seed: number;
  readonly rows: number;
  /** Microseconds since 1970 UTC. */
  readonly start: number;
  readonly end: number;
  readonly incidents: readonly unknown[];
}

/** Takes the blocks of a log in order. They are its to keep; the next one waits for it. */
export type BlockWriter = (block: Uint8Array) => void | Promise<void>;

/** A kind of log that `flowcase generate` writes. */
export interface Generator {
  readonly kind: string;
  readonly title: string;
  /** Incidents that can be planted. */
  readonly scenarios: readonly string[];
  /** Those of them that are planted unless told otherwise. */
  readonly usual: readonly string[];
  /** Shapes the log can be written in, in a word each; empty where there is but one. */
  readonly layouts: readonly string[];
  /** The same options give the same bytes. @throws FlowcaseError INVALID_INPUT for a scenario or layout it does not have */
  generate(options: GeneratorOptions, write: BlockWriter): Promise<GeneratedTruth>;
}
