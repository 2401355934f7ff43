/** What the kernels use of WebAssembly: Node has it, but TypeScript declares it with the browser's library only. */
declare namespace WebAssembly {
  class Memory<B extends ArrayBufferLike = SharedArrayBuffer> {
    constructor(limits: {
      readonly initial: number;
      readonly maximum: number;
      readonly shared: B extends SharedArrayBuffer ? true : false;
    });
    readonly buffer: B;
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    readonly [Symbol.toStringTag]: 'WebAssembly.Module';
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory | Memory<ArrayBuffer>>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
