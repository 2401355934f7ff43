import type { Schema } from './encode.ts';

/** The parts of an OpenAPI 3.1 document that the API's has. */

export type Json = Readonly<Record<string, unknown>>;
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly Json[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Json; readonly example?: unknown }>>;
  };
  readonly responses: Readonly<Record<string, Json>>;
  readonly 'x-scope'?: string;
  /** What a job ends with. */
  readonly 'x-result'?: Json;
}
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Json;
  readonly example?: unknown;
  readonly style?: string;
  readonly explode?: boolean;
}
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: Json & { readonly title: string; readonly version: string };
  readonly servers: readonly Json[];
  readonly security: readonly Json[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly [name: string]: unknown };
}

export const ref = (name: string): { readonly $ref: string } => ({ $ref: `#/components/schemas/${name}` });

const problem = { $ref: '#/components/responses/Problem' };

/** Answers that tell of an error, by status. */
export const problemsOf = (...codes: readonly number[]): Readonly<Record<string, Json>> =>
  Object.fromEntries(codes.map((code) => [String(code), problem]));
