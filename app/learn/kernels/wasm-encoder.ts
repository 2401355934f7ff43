/** Where the kernels of learning have always found it. */
export * from '../../shared/wasm-encoder.ts';
